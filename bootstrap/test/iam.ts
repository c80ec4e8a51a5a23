import type { Statement } from "./stack.ts";

/** One call of one API on one resource. */
export interface Call {
  readonly action: string;
  /** `*` for calls that know no resource. */
  readonly resource: string;
  /** Condition keys that the call has. */
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * Whether policies allow a call, by IAM's rules: a Deny that matches wins, else an Allow must match; a condition whose key
 * the call does not have fails, but with `...IfExists`, `ForAllValues:` and the negated operators.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function allows(statements: readonly Statement[], call: Call): boolean {
  const matching = statements.filter(
    ({ Action, Resource = ["*"], Condition = {} }) =>
      Action.some((pattern) => like(pattern, call.action, "i")) &&
      Resource.some((pattern) => like(pattern, call.resource)) &&
      Object.entries(Condition).every(([operator, keys]) =>
        Object.entries(keys).every(([key, wanted]) => holds(operator, [wanted].flat(), call.context?.[key])),
      ),
  );
  return matching.some(({ Effect }) => Effect === "Allow") && !matching.some(({ Effect }) => Effect === "Deny");
}

function holds(operator: string, wanted: readonly string[], value: string | undefined): boolean {
  switch (operator) {
    case "StringEquals":
      return value !== undefined && wanted.includes(value);
    case "StringEqualsIfExists":
    case "ForAllValues:StringEquals":
      return value === undefined || wanted.includes(value);
    case "StringLike":
      return value !== undefined && wanted.some((pattern) => like(pattern, value));
    case "ArnNotLike":
      return value === undefined || !wanted.some((pattern) => like(pattern, value));
    case "Bool":
      return value !== undefined && wanted.includes(value);
    default:
      throw new Error(`These tests do not know the condition operator ${operator}: teach bootstrap/test/iam.ts.`);
  }
}

const compiled = new Map<string, RegExp>();

/** `*` and `?` as in policies. */
function like(pattern: string, text: string, flags = ""): boolean {
  const key = `${flags}/${pattern}`;
  let expression = compiled.get(key);
  if (!expression) {
    const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
    expression = new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, flags);
    compiled.set(key, expression);
  }
  return expression.test(text);
}
