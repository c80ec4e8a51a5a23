import { UnsupportedStackError } from "../terraform/errors.ts";
import { assertKnown, type Context } from "./context.ts";

export type Template = (context: Context) => string;

const VARIABLE = /\$context\.(\w+(?:\.[\w:-]+)*)|\$\{context\.(\w+(?:\.[\w:-]+)*)\}/g;
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
const VELOCITY =
  /\$!?\{?[a-zA-Z]|#(?:\{?(?:set|if|elseif|else|end|foreach|macro|define|break|stop|evaluate|include|parse)\b|#|\*)/;

/**
 * Compiles a mapping template of the kind that the stack uses: text with `$context` variables. Anything else that Velocity
 * would act on is refused here, so that it cannot reach a caller as text.
 */
export function compileTemplate(text: string, where: string, { missing = "" } = {}): Template {
  const rest = text.replaceAll(VARIABLE, (_, bare: string | undefined, braced: string | undefined) => {
    assertKnown(bare ?? braced ?? "", where);
    return "";
  });
  const directive = VELOCITY.exec(rest)?.[0];
  if (directive !== undefined)
    throw new UnsupportedStackError(
      `${where} uses "${directive}…", and the local gateway evaluates only $context variables; write it without, or teach local/src/gateway/template.ts.`,
    );
  return (context) =>
    text.replaceAll(VARIABLE, (_, bare: string | undefined, braced: string | undefined) => {
      return context.get(bare ?? braced ?? "") ?? missing;
    });
}

/** Compiles the right side of a response parameter: a static value in single quotes, or a context variable. */
export function compileParameter(text: string, where: string): Template {
  const constant = /^'([^']*)'$/.exec(text)?.[1];
  if (constant !== undefined) return () => constant;
  const variable = /^context\.(.+)$/.exec(text)?.[1];
  if (variable === undefined)
    throw new UnsupportedStackError(`${where} is \`${text}\`; the local gateway knows 'static' values and context.*.`);
  assertKnown(variable, where);
  return (context) => context.get(variable) ?? "";
}

/** Compiles a map of response parameters; `prefix` is what stands before the header's name in its keys. */
export function compileHeaders(
  parameters: Record<string, string>,
  prefix: string,
  where: string,
): (context: Context) => [string, string][] {
  const compiled = Object.entries(parameters).map(([key, text]) => {
    if (!key.startsWith(prefix))
      throw new UnsupportedStackError(`${where}: the local gateway sets only ${prefix}*, not ${key}.`);
    return [key.slice(prefix.length), compileParameter(text, `${where} ${key}`)] as const;
  });
  return (context) => compiled.map(([name, value]) => [name, value(context)]);
}
