import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { environment, everyFlag, type Json, ownDomain, synthesized } from "./stacks.ts";
import { adapted, PROVIDER_VERSION, unprotected } from "./terraform/adapt.ts";
import { terraform, workspace, write } from "./terraform/terraform.ts";

const LIMIT_MS = 300_000;

/** Terraform looks in its plugin folders, then asks the registry; where neither has the provider, nothing can be proven. */
const probe = workspace({
  terraform: { required_providers: { aws: { source: "hashicorp/aws", version: PROVIDER_VERSION } } },
});
const found = terraform(probe, "init", "-input=false");
if (found.status !== 0)
  process.stderr.write(
    `NOT TESTED: terraform validate and terraform test. Terraform or hashicorp/aws ${PROVIDER_VERSION} is not on this machine:\n${found.output}\n`,
  );

const dev = environment("dev");

(found.status === 0 ? describe : describe.skip)(
  "Terraform with the AWS provider 5.100.0, after the listed adaptations",
  () => {
    for (const [name, of] of Object.entries({ dev, prod: environment("prod") }))
      it(
        `validates ${name}, and plans and applies it with made-up answers of AWS`,
        () => {
          const stack = adapted(synthesized(of));
          const folder = initialized(stack);
          expect(diagnostics(folder)).toEqual([]);

          const tests = mocked(stack);
          write(folder, { "cdk.tf.json": JSON.stringify(unprotected(stack), null, 2), "mock.tftest.hcl": tests });
          expect(terraform(folder, "test").output).toContain("Success! 2 passed, 0 failed.");
        },
        LIMIT_MS,
      );

    for (const [name, of] of Object.entries({ "every flag": everyFlag, "a domain of its own": ownDomain }))
      it(
        `validates an environment with ${name}`,
        () => {
          expect(diagnostics(initialized(adapted(synthesized(of))))).toEqual([]);
        },
        LIMIT_MS,
      );

    it(
      "notices what the provider refuses",
      () => {
        const stack = adapted(synthesized(dev));
        one(stack, "aws_vpc").cidr_block = "10.0.0.0/99";
        expect(diagnostics(initialized(stack)).join()).toContain("10.0.0.0/99");
      },
      LIMIT_MS,
    );
  },
);

function initialized(stack: Json): string {
  const folder = workspace(stack);
  expect(terraform(folder, "init", "-input=false")).toMatchObject({ status: 0 });
  return folder;
}

function diagnostics(folder: string): string[] {
  const { output } = terraform(folder, "validate", "-json");
  return JSON.parse(output).diagnostics.map(({ summary, detail }: Json) => `${summary}: ${detail}`);
}

/** The test file, with this stack's addresses in the places of the capitals. */
function mocked(stack: Json): string {
  stack.output.deployment_id = { value: `\${${address(stack, "aws_api_gateway_deployment")}.id}` };
  const addresses = {
    DOMAIN: address(stack, "aws_cognito_user_pool_domain"),
    DOCUMENT: address(stack, "aws_api_gateway_integration_response", /protected-resource-mcp-document_integration/),
    CHALLENGE: address(stack, "aws_api_gateway_gateway_response", /unauthorized/),
    FUNCTION: address(stack, "aws_lambda_function"),
    DEPLOYMENT: address(stack, "aws_api_gateway_deployment"),
  };
  return Object.entries(addresses).reduce(
    (text, [placeholder, found]) => text.replaceAll(new RegExp(`\\b${placeholder}\\.`, "g"), `${found}.`),
    readFileSync(join(import.meta.dirname, "terraform/mock.tftest.hcl"), "utf8"),
  );
}

function address(stack: Json, type: string, name = /./): string {
  const names = Object.keys(stack.resource[type]).filter((each) => name.test(each));
  expect(names).toHaveLength(1);
  return `${type}.${names[0]}`;
}

const one = (stack: Json, type: string): Json => stack.resource[type][address(stack, type).slice(type.length + 1)];
