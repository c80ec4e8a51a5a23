/** One statement of an IAM policy. */
export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: Principal;
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly Condition?: Condition;
}

type Principal = "*" | Readonly<Record<string, string | readonly string[]>>;
type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** Something that code may do: IAM actions on the resources with these ARNs. */
export interface Grant {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** What narrows it where the ARN cannot. @default none */
  readonly condition?: Condition;
}

interface StatementProps extends Partial<Grant> {
  readonly actions: readonly string[];
  readonly principal?: Principal;
}

export const allow = (props: StatementProps): Statement => statement("Allow", props);
export const deny = (props: StatementProps): Statement => statement("Deny", props);

function statement(effect: "Allow" | "Deny", { principal, actions, resources, condition }: StatementProps): Statement {
  return {
    Effect: effect,
    ...(principal && { Principal: principal }),
    Action: actions,
    ...(resources && { Resource: resources }),
    ...(condition && { Condition: condition }),
  };
}

/** The policy as the JSON string that AWS takes; a plan shows its difference line by line. */
export function policy(...statements: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** The trust policy of a role that one AWS service assumes. */
export function trust(service: string, condition?: Condition): string {
  return policy(
    allow({ principal: { Service: service }, actions: ["sts:AssumeRole"], ...(condition && { condition }) }),
  );
}
