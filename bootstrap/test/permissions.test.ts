import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { environments } from "../../infra/src/config.ts";
import { everyFlag, ownDomain, synthesized as service } from "../../infra/test/stacks.ts";
import { allows, type Call } from "./iam.ts";
import { promises } from "./promises.ts";
import { callsFor } from "./provider-calls.ts";
import { boundaryStatements, environment, type Json, roleStatements, type Statement, synthesized } from "./stack.ts";

const plain = synthesized();
const full = synthesized([
  environment("dev", { domain: true }),
  environment("prod", { waf: true, cloudtrail: true, flowLogs: true }),
]);

const cases = [
  ...environments.map((each) => ({ title: each.name, name: each.name, stack: service(each), bootstrap: plain })),
  { title: "prod with every flag", name: "prod", stack: service(everyFlag), bootstrap: full },
  { title: "dev with its own domain", name: "dev", stack: service(ownDomain), bootstrap: full },
] as const;

const resources = (stack: Json): [type: string, id: string][] =>
  Object.entries<Json>(stack.resource).flatMap(([type, named]) =>
    Object.keys(named).map((id): [string, string] => [type, id]),
  );

const sentence = ({ action, resource }: Call) => `${action} on ${resource}`;
const refused = (statements: readonly Statement[], calls: readonly Call[]) =>
  [...new Set(calls.filter((call) => !allows(statements, call)).map(sentence))].sort();
const allowed = (statements: readonly Statement[], calls: readonly Call[]) =>
  [...new Set(calls.filter((call) => allows(statements, call)).map(sentence))].sort();

const writesOf = (stack: Json) => resources(stack).flatMap(([type, id]) => callsFor(stack, type, id).writes);
const readsOf = (stack: Json) => resources(stack).flatMap(([type, id]) => callsFor(stack, type, id).reads);

describe.each(cases)("the roles of $title", ({ name, stack, bootstrap }) => {
  const plan = roleStatements(bootstrap, `remote-mcp-${name}-plan`);
  const apply = roleStatements(bootstrap, `remote-mcp-${name}-apply`);

  it("let the plan phase refresh every resource", () => {
    expect(refused(plan, readsOf(stack))).toEqual([]);
  });
  it("let the plan phase change nothing", () => {
    expect(allowed(plan, writesOf(stack))).toEqual([]);
    expect(plan.flatMap(({ Action }) => Action).filter((action) => !READ.test(action))).toEqual([]);
  });
  it("let the apply phase make, read, change and delete every resource", () => {
    expect(refused(apply, [...readsOf(stack), ...writesOf(stack)])).toEqual([]);
  });
  it("bound the stack's roles without taking what they need", () => {
    const boundary = boundaryStatements(bootstrap, `remote-mcp-${name}-boundary`);
    const needs = Object.values<Json>(stack.resource.aws_iam_role_policy)
      .flatMap(({ policy }): Statement[] => JSON.parse(policy).Statement)
      .flatMap(({ Action, Resource = [], Condition = {} }) => {
        const equal = Object.entries(Condition.StringEquals ?? {});
        const context = Object.fromEntries(equal.map(([key, value]) => [key, example(stack, String(value))]));
        return Action.flatMap((action) => Resource.map((arn) => ({ action, resource: example(stack, arn), context })));
      });
    expect(needs.length).toBeGreaterThan(5);
    expect(needs).toContainEqual(expect.objectContaining({ action: "kms:Decrypt" }));
    expect(refused(boundary, needs)).toEqual([]);
  });
});

const READ = /:(Describe|Get|List)\w+$|^apigateway:(GET|GetWebACL)$/;

/** An ARN of the service stack with a stand-in for each attribute that AWS makes. */
function example(stack: Json, arn: string): string {
  return arn.replaceAll(
    /\$\{(?:data\.)?(\w+)\.([\w-]+)\.(\w+)\}/g,
    (_, type: string, id: string, attribute: string) => {
      if (attribute === "account_id") return "123456789012";
      const { name, function_name, bucket_prefix } = stack.resource[type][id];
      const regional = (service: string, rest: string) => `arn:aws:${service}:ap-northeast-1:123456789012:${rest}`;
      if (attribute !== "arn") return stack.resource[type][id][attribute];
      switch (type) {
        case "aws_s3_bucket":
          return `arn:aws:s3:::${bucket_prefix}1`;
        case "aws_cloudwatch_log_group":
          return regional("logs", `log-group:${name}`);
        case "aws_ssm_parameter":
          return regional("ssm", `parameter${name}`);
        case "aws_lambda_alias":
          return regional("lambda", `function:${example(stack, function_name)}:${name}`);
        default:
          throw new Error(`A role names a resource of type ${type}: say in this test what its ARN is.`);
      }
    },
  );
}

describe("no role of one environment reaches the other", () => {
  it("by its tags, with any flag", () => {
    expect(promises["no other environment's resource can be re-tagged"]?.(full)).toEqual([]);
  });

  const stacks = { dev: service(environments[0] ?? everyFlag), prod: service(environments[1] ?? everyFlag) };

  it.each([
    ["dev", "prod"],
    ["prod", "dev"],
  ] as const)("%s cannot change anything of %s", (mine, theirs) => {
    const apply = roleStatements(plain, `remote-mcp-${mine}-apply`);
    // Neither has a name or a tag: a resolver's setting only opens or closes it on failure.
    const unscoped = /^route53resolver:UpdateFirewallConfig on/;
    const writes = writesOf(stacks[theirs]);
    expect(writes.length).toBeGreaterThan(100);
    expect(allowed(apply, writes).filter((line) => !unscoped.test(line))).toEqual([]);
  });
  it.each([
    ["dev", "prod"],
    ["prod", "dev"],
  ] as const)("%s cannot release to %s", (mine, theirs) => {
    const release = roleStatements(plain, `remote-mcp-${mine}-github`);
    const { calls } = releaseCalls(theirs);
    expect(allowed(release, calls)).toEqual([]);
  });
});

describe("the role of GitHub's environment", () => {
  it.each(["dev", "prod"] as const)("may do what a release to %s does", (name) => {
    expect(refused(roleStatements(plain, `remote-mcp-${name}-github`), releaseCalls(name).calls)).toEqual([]);
  });
  it("may do whatever the delivery commands call", () => {
    const sources = ["deploy/lambda.ts", "release/upload.ts", "validate/secrets.ts"].map((file) =>
      readFileSync(join(import.meta.dirname, "../../scripts/src", file), "utf8"),
    );
    const commands = sources
      .flatMap((source) => [...source.matchAll(/new (\w+?)Command\(|paginate(\w+)\(/g)])
      .map(([, command, page]) => command ?? page ?? "");
    expect(commands.length).toBeGreaterThan(8);
    const covered = releaseCalls("prod").calls.map(({ action }) => action);
    const needed = commands.flatMap((command) => ACTIONS[command] ?? [`lambda:${command}`]);
    expect(needed.filter((action) => !covered.includes(action))).toEqual([]);
  });
  it("may not change what a function is, only what it runs", () => {
    const release = roleStatements(plain, "remote-mcp-prod-github");
    const fn = "arn:aws:lambda:ap-northeast-1:123456789012:function:remote-mcp-prod-mcp";
    const forbidden = ["UpdateFunctionConfiguration", "DeleteFunction", "AddPermission", "DeleteAlias"];
    const calls = forbidden.map((action) => ({ action: `lambda:${action}`, resource: fn }));
    expect(allowed(release, calls)).toEqual([]);
    expect(
      allowed(release, [
        { action: "s3:DeleteObject", resource: "arn:aws:s3:::remote-mcp-prod-artifacts-123456789012/a.zip" },
        { action: "s3:GetObject", resource: "arn:aws:s3:::remote-mcp-prod-files-1/a" },
        { action: "ssm:GetParameter", resource: "arn:aws:ssm:ap-northeast-1:123456789012:parameter/remote-mcp-prod/x" },
        { action: "iam:PassRole", resource: "arn:aws:iam::123456789012:role/remote-mcp-prod-mcp" },
      ]),
    ).toEqual([]);
  });
});

/** Actions of the SDK's commands that are not Lambda's of the same name. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  HeadBucket: ["s3:ListBucket"],
  PutObject: ["s3:PutObject"],
  // Lambda fetches the zip with the caller's right to read it.
  UpdateFunctionCode: ["lambda:UpdateFunctionCode", "s3:GetObject"],
  InvokeWithResponseStream: ["lambda:InvokeFunction"],
  // Everybody is told who they are.
  GetCallerIdentity: [],
};

function releaseCalls(name: "dev" | "prod"): { calls: Call[] } {
  const fn = `arn:aws:lambda:ap-northeast-1:123456789012:function:remote-mcp-${name}-mcp`;
  const artifacts = `arn:aws:s3:::remote-mcp-${name}-artifacts-123456789012`;
  const on = (resource: string, ...actions: string[]) => actions.map((action) => ({ action, resource }));
  return {
    calls: [
      ...on(`${artifacts}/mcp/0a1b.zip`, "s3:PutObject", "s3:GetObject"),
      ...on(artifacts, "s3:ListBucket"),
      ...on(fn, "lambda:UpdateFunctionCode", "lambda:PublishVersion", "lambda:GetFunction", "lambda:TagResource"),
      ...on(`${fn}:live`, "lambda:GetAlias", "lambda:UpdateAlias", "lambda:InvokeFunction"),
      ...on(`${fn}:7`, "lambda:InvokeFunction", "lambda:GetFunctionConfiguration", "lambda:DeleteFunction"),
      ...on(fn, "lambda:ListVersionsByFunction"),
      ...on(
        `arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:remote-mcp-${name}/machine-client-AbCdEf`,
        "secretsmanager:GetSecretValue",
      ),
    ],
  };
}
