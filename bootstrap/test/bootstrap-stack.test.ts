import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { environments } from "../../infra/src/config.ts";
import { problems } from "../../infra/test/schema/check.ts";
import { readSchema } from "../../infra/test/schema/schema.ts";
import { synthesized as service } from "../../infra/test/stacks.ts";
import { environment, type Json, synthesized } from "./stack.ts";
import { tfeProblems } from "./tfe-schema.ts";

const root = join(import.meta.dirname, "..", "..");
const outdir = mkdtempSync(join(tmpdir(), "bootstrap-"));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

const stack = synthesized();
const onlyAws = ({ resource, ...rest }: Json): Json => ({
  ...rest,
  resource: Object.fromEntries(Object.entries(resource).filter(([type]) => type.startsWith("aws_"))),
});

describe("the providers' schemas", () => {
  const schema = readSchema();

  it("find nothing to object to", () => {
    expect(problems(onlyAws(stack), schema)).toEqual([]);
    expect(tfeProblems(stack)).toEqual([]);
  });
  it.each<[string, (resource: Json) => void, string]>([
    ["an unknown attribute of AWS", (r) => (first(r.aws_iam_role).color = "red"), "color is unknown"],
    ["a missing attribute of AWS", (r) => delete first(r.aws_iam_policy).policy, "policy is required"],
    ["an unknown attribute of tfe", (r) => (first(r.tfe_workspace).branch = "main"), "branch is unknown"],
    ["a missing attribute of tfe", (r) => delete first(r.tfe_variable).category, "category is required"],
    ["a wrong type of tfe", (r) => (first(r.tfe_workspace).auto_apply = "yes"), "auto_apply must be a boolean"],
  ])("notice %s", (_, breakIt, sentence) => {
    const copy = structuredClone(stack);
    breakIt(copy.resource);
    expect([...problems(onlyAws(copy), schema), ...tfeProblems(copy)]).toEqual([expect.stringContaining(sentence)]);
  });
});

const first = (ofType: Json): Json => Object.values(ofType)[0];

describe("the bootstrap stack", () => {
  it("is synthesized with the others, the same bytes in any process and time zone", () => {
    const read = (folder: string, TZ: string) => {
      const env = { ...process.env, CDKTF_OUTDIR: join(outdir, folder), TZ };
      execFileSync(process.execPath, [join(root, "infra", "src", "main.ts")], { cwd: tmpdir(), env });
      return readFileSync(join(outdir, folder, "stacks", "bootstrap", "cdk.tf.json"), "utf8");
    };
    const text = read("one", "UTC");
    expect(read("two", "Asia/Tokyo")).toBe(text);
    expect(JSON.parse(text).resource).toEqual(stack.resource);
    expect(text).not.toContain(root);
  });

  it("keeps the addresses of what must not be made anew", () => {
    const stateful = [
      "aws_api_gateway_account",
      "aws_iam_openid_connect_provider",
      "aws_iam_role",
      "aws_s3_bucket",
      "tfe_project",
      "tfe_workspace",
    ];
    expect(stateful.flatMap((type) => Object.keys(stack.resource[type]).map((id) => `${type}.${id}`)).sort()).toEqual([
      "aws_api_gateway_account.gateway-logging_account_E4A01C1F",
      "aws_iam_openid_connect_provider.github_created_CFFC8E30",
      "aws_iam_openid_connect_provider.hcp_created_3C071A93",
      "aws_iam_role.dev-apply_role_850478F7",
      "aws_iam_role.dev-github_role_5FDF8283",
      "aws_iam_role.dev-plan_role_CEA95438",
      "aws_iam_role.gateway-logging_role_EE501B36",
      "aws_iam_role.prod-apply_role_6542D8EA",
      "aws_iam_role.prod-github_role_1C24C95B",
      "aws_iam_role.prod-plan_role_3F55BA08",
      "aws_s3_bucket.dev-artifacts_bucket_77CEC4B0",
      "aws_s3_bucket.prod-artifacts_bucket_7F96D159",
      "tfe_project.project",
      "tfe_workspace.dev-workspace_D96709BF",
      "tfe_workspace.prod-workspace_A9372579",
    ]);
  });

  it("names each environment, role and policy once", () => {
    for (const type of ["aws_iam_role", "aws_iam_policy", "aws_s3_bucket", "tfe_workspace"]) {
      const names = Object.values<Json>(stack.resource[type]).map(({ name, bucket }) => name ?? bucket);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it("asks for what a person decides, and has a sample for each", () => {
    const sample = readFileSync(join(root, ".auto.tfvars.sample"), "utf8");
    const set = [...sample.matchAll(/^(\w+) *=/gm)].map(([, name]) => name);
    expect(set.sort()).toEqual(Object.keys(stack.variable).sort());
  });

  it("has the outputs of the original system, and says for each what it is for", () => {
    expect(Object.keys(stack.output)).toEqual(
      expect.arrayContaining([
        "hcp_terraform_oidc_provider_status",
        "hcp_terraform_oidc_provider_arn",
        "github_actions_oidc_provider_status",
        "github_actions_oidc_provider_arn",
        "dev_plan_role_arn",
        "dev_apply_role_arn",
        "dev_github_role_arn",
        "dev_workspace_id",
        "prod_plan_role_arn",
        "prod_apply_role_arn",
        "prod_github_role_arn",
        "prod_workspace_id",
      ]),
    );
    expect(Object.values<Json>(stack.output).filter(({ description }) => !description)).toEqual([]);
  });

  it("runs the Terraform that the repository names", () => {
    const version = readFileSync(join(root, ".terraform-version"), "utf8").trim();
    expect(Object.values<Json>(stack.resource.tfe_workspace).map((each) => each.terraform_version)).toEqual([
      version,
      version,
    ]);
  });

  it("leaves no variable of a service stack without a value", () => {
    const needed = environments.flatMap((each) =>
      Object.entries<Json>(service(each).variable ?? {})
        .filter(([, variable]) => variable.default === undefined)
        .map(([name]) => name),
    );
    const set = Object.values<Json>(stack.resource.tfe_variable).map(({ key }) => key);
    expect(needed.filter((name) => !set.includes(name))).toEqual([]);
  });

  it("refuses environments of several regions", () => {
    expect(() => synthesized([environment("dev"), { ...environment("prod"), region: "eu-west-1" }])).toThrow(
      "one region",
    );
  });
});
