export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
export type Principal = "*" | Readonly<Record<string, string | readonly string[]>>;

/** One statement of an IAM policy, and the reason for it. */
export interface Statement {
  /** Shown in the console, so a person finds the reason here: letters and digits. */
  readonly sid: string;
  /** Why the grant is needed, and what narrows it. */
  readonly why: string;
  /** @default "Allow" */
  readonly effect?: "Allow" | "Deny";
  /** Of a resource or trust policy. */
  readonly principal?: Principal;
  readonly actions: readonly string[];
  readonly resources?: readonly string[];
  readonly condition?: Condition;
}

/** The policy as the JSON string that AWS takes. */
export function policyDocument(statements: readonly Statement[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map(({ sid, effect = "Allow", principal, actions, resources, condition }) => ({
      Sid: sid,
      Effect: effect,
      ...(principal && { Principal: principal }),
      Action: actions,
      ...(resources && { Resource: resources }),
      ...(condition && { Condition: condition }),
    })),
  });
}
