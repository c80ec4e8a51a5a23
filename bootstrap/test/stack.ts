import { App } from "cdktf";
import { BootstrapStack, type ServiceEnvironment } from "../src/index.ts";

// biome-ignore lint/suspicious/noExplicitAny: tests reach into JSON of known shape; a wrong path fails the test.
export type Json = any;

export const PROJECT = "secured-remote-mcp-server-on-aws";
export const REGION = "ap-northeast-1";
export const ACCOUNT = "123456789012";

const NONE = { waf: false, cloudtrail: false, flowLogs: false, domain: false };

export const environment = (
  name: "dev" | "prod",
  flags: Partial<ServiceEnvironment["flags"]> = {},
): ServiceEnvironment => ({
  name,
  region: REGION,
  prefix: `remote-mcp-${name}`,
  applyRoleName: `remote-mcp-${name}-apply`,
  boundaryName: `remote-mcp-${name}-boundary`,
  flags: { ...NONE, ...flags },
});

/** The stack as Terraform will read it. */
export function synthesized(
  environments: readonly ServiceEnvironment[] = [environment("dev"), environment("prod")],
): Json {
  const stack = new BootstrapStack(new App({ skipValidation: true }), { project: PROJECT, environments });
  return JSON.parse(JSON.stringify(stack.toTerraform()));
}

/** What the variables are in these tests. */
const VARIABLES: Record<string, string> = {
  organization: "acme",
  github_owner_name: "octo",
  repo_name: "mcp",
  operator_arn: `arn:aws:iam::${ACCOUNT}:role/operator`,
};

/** A string of the stack, with what a plan would put in the place of its references. */
export function resolve(stack: Json, text: string): string {
  return text.replaceAll(/\$\{([^{}]+)\}/g, (whole, reference: string) => {
    if (reference === "data.aws_caller_identity.account.account_id") return ACCOUNT;
    if (reference === "local.repository") return "octo@1/mcp@2";
    const variable = /^var\.(\w+)$/.exec(reference)?.[1];
    if (variable !== undefined) return VARIABLES[variable] ?? whole;
    const [type = "", name = "", attribute = ""] = reference.split(".");
    const resource = stack.resource[type]?.[name] ?? {};
    // AWS makes a bucket's name of the prefix.
    const configured =
      resource[attribute] ?? (type === "aws_s3_bucket" ? `${resource.bucket_prefix}20261122` : undefined);
    // What AWS makes stays as it is written.
    return typeof configured === "string" ? resolve(stack, configured) : whole;
  });
}

export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly Principal?: Json;
  readonly Condition?: Record<string, Record<string, string | readonly string[]>>;
}

export const statementsOf = (stack: Json, document: string): Statement[] =>
  JSON.parse(resolve(stack, document)).Statement;

/** Every statement of the managed policies that are attached to the role with this name. */
export function roleStatements(stack: Json, name: string): Statement[] {
  const { aws_iam_role: roles, aws_iam_role_policy_attachment: attachments, aws_iam_policy: policies } = stack.resource;
  const id = Object.keys(roles).find((key) => roles[key].name === name);
  if (id === undefined) throw new Error(`There is no role ${name}.`);
  return Object.values<Json>(attachments)
    .filter(({ role }) => role === `\${aws_iam_role.${id}.name}`)
    .flatMap(({ policy_arn }) => {
      const policy = /^\$\{aws_iam_policy\.(.+)\.arn\}$/.exec(policy_arn)?.[1];
      if (policy === undefined) throw new Error(`${name} has a policy that is not this stack's: ${policy_arn}`);
      return statementsOf(stack, policies[policy].policy);
    });
}

export function trustOf(stack: Json, name: string): Statement[] {
  const role = Object.values<Json>(stack.resource.aws_iam_role).find((each) => each.name === name);
  return JSON.parse(resolve(stack, role.assume_role_policy)).Statement;
}

export function boundaryStatements(stack: Json, name: string): Statement[] {
  const policy = Object.values<Json>(stack.resource.aws_iam_policy).find((each) => each.name === name);
  return statementsOf(stack, policy.policy);
}
