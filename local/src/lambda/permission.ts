import * as z from "zod";
import { UnsupportedStackError } from "../terraform/errors.ts";
import type { Resources } from "../terraform/resources.ts";

/** Who calls a function: an AWS service on behalf of one of its resources. */
export interface Caller {
  principal: string;
  sourceArn: string;
}

const schema = z.object({
  action: z.enum(["lambda:InvokeFunction", "lambda:*"]),
  function_name: z.string(),
  qualifier: z.string().nullish(),
  principal: z.string(),
  source_arn: z.string().nullish(),
  source_account: z.string().nullish(),
});

/**
 * Gives the function's resource policies as one question: may this caller invoke `<name>:<qualifier>`?
 * A permission counts only for the very qualifier that it names, as on AWS.
 */
export function permissions(
  resources: Resources,
): (name: string, qualifier: string | undefined, caller: Caller) => boolean {
  const granted = resources.ofType("aws_lambda_permission").map(({ address, values }) => {
    const parsed = schema.safeParse(values);
    if (!parsed.success) throw new UnsupportedStackError(`${address}: ${z.prettifyError(parsed.error)}`);
    const { function_name, qualifier, principal, source_arn } = parsed.data;
    // `function_name` takes a name or an ARN, qualified or not.
    const arn = /^arn:aws:lambda:[^:]+:\d+:function:([^:]+)(?::(.+))?$/.exec(function_name);
    return {
      name: arn?.[1] ?? function_name,
      qualifier: qualifier ?? arn?.[2],
      principal,
      source: source_arn ? wildcard(source_arn) : /^/,
    };
  });
  return (name, qualifier, caller) =>
    granted.some(
      (one) =>
        one.name === name &&
        one.qualifier === qualifier &&
        one.principal === caller.principal &&
        one.source.test(caller.sourceArn),
    );
}

/** ArnLike as IAM matches it: `*` any characters, `?` one. */
function wildcard(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`);
}
