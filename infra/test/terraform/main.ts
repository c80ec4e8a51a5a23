import { readFileSync } from "node:fs";
import { join } from "node:path";
import { environment, everyFlag, type Json, ownDomain, synthesized } from "../stacks.ts";
import { adaptations, adapted, PROVIDER_VERSION, unprotected } from "./adapt.ts";
import { terraform, workspace, write } from "./terraform.ts";

const HELP = `usage: node bin/run.mjs infra/test/terraform/main.ts

Proves the stacks with Terraform itself and hashicorp/aws ${PROVIDER_VERSION}: \`validate\` for dev, prod, an environment with every
flag and one with a domain; \`terraform test\` (plan, apply, plan again with made-up answers of AWS) for dev and prod.

Exit code: 0 proven, 1 something is wrong, 77 Terraform or that provider cannot be had on this machine.
The provider is looked for where Terraform looks (plugin folders, mirrors, the registry).
`;

const SKIPPED = 77;

/** Proves one thing, or throws the sentence that says what is wrong. */
type Proof = () => unknown;

const dev = environment("dev");
const prod = environment("prod");

const proofs: Readonly<Record<string, Proof>> = {
  "dev is valid, plans, applies, and plans no second deployment": () => applies(adapted(synthesized(dev))),
  "prod is valid, plans, applies, and plans no second deployment": () => applies(adapted(synthesized(prod))),
  "an environment with every flag is valid": () => valid(adapted(synthesized(everyFlag))),
  "an environment with a domain of its own is valid": () => valid(adapted(synthesized(ownDomain))),
  "a wrong value is noticed": () => {
    const stack = adapted(synthesized(dev));
    one(stack, "aws_vpc").cidr_block = "10.0.0.0/99";
    if (!diagnostics(initialized(stack)).join().includes("10.0.0.0/99"))
      throw new Error("The provider took 10.0.0.0/99 for a CIDR.");
  },
};

function valid(stack: Json): string {
  const folder = initialized(stack);
  const found = diagnostics(folder);
  if (found.length > 0) throw new Error(found.join("\n"));
  return folder;
}

function applies(stack: Json): void {
  stack.output.deployment_id = { value: `\${${address(stack, "aws_api_gateway_deployment")}.id}` };
  const folder = valid(stack);
  write(folder, { "cdk.tf.json": JSON.stringify(unprotected(stack), null, 2), "mock.tftest.hcl": tests(stack) });
  const { output } = terraform(folder, "test");
  if (!output.includes("Success! 2 passed, 0 failed.")) throw new Error(output);
}

function initialized(stack: Json): string {
  const folder = workspace(stack);
  const { status, output } = terraform(folder, "init", "-input=false");
  if (status !== 0) throw new Error(output);
  return folder;
}

function diagnostics(folder: string): string[] {
  const { output } = terraform(folder, "validate", "-json");
  return JSON.parse(output).diagnostics.map(({ summary, detail }: Json) => `${summary}: ${detail}`);
}

/** The test file, with this stack's addresses in the places of the capitals. */
function tests(stack: Json): string {
  const addresses = {
    DOMAIN: address(stack, "aws_cognito_user_pool_domain"),
    DOCUMENT: address(stack, "aws_api_gateway_integration_response", /protected-resource-mcp-document_integration/),
    CHALLENGE: address(stack, "aws_api_gateway_gateway_response", /unauthorized/),
    FUNCTION: address(stack, "aws_lambda_function", /^mcp/),
    DEPLOYMENT: address(stack, "aws_api_gateway_deployment"),
  };
  return Object.entries(addresses).reduce(
    (text, [placeholder, found]) => text.replaceAll(new RegExp(`\\b${placeholder}\\.`, "g"), `${found}.`),
    readFileSync(join(import.meta.dirname, "mock.tftest.hcl"), "utf8"),
  );
}

function address(stack: Json, type: string, name = /./): string {
  const names = Object.keys(stack.resource[type]).filter((each) => name.test(each));
  if (names.length !== 1)
    throw new Error(`Expected one ${type} whose name matches ${name}, found ${names.join(", ")}.`);
  return `${type}.${names[0]}`;
}

const one = (stack: Json, type: string): Json => stack.resource[type][address(stack, type).slice(type.length + 1)];

function main(): number {
  const probe = workspace({
    terraform: { required_providers: { aws: { source: "hashicorp/aws", version: PROVIDER_VERSION } } },
  });
  const found = terraform(probe, "init", "-input=false");
  if (found.status !== 0) {
    process.stderr.write(`${found.output}\n`);
    process.stdout.write(
      `NOT PROVEN: Terraform with hashicorp/aws ${PROVIDER_VERSION} cannot be had on this machine.\n`,
    );
    return SKIPPED;
  }
  process.stdout.write(`hashicorp/aws ${PROVIDER_VERSION}, after ${adaptations.length} adaptations:\n`);
  for (const { why } of adaptations) process.stdout.write(`  - ${why}\n`);

  let wrong = 0;
  for (const [sentence, prove] of Object.entries(proofs)) {
    const start = performance.now();
    const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
    try {
      prove();
      process.stdout.write(`✓ ${sentence} (${seconds()})\n`);
    } catch (error) {
      wrong++;
      process.stdout.write(`✗ ${sentence} (${seconds()})\n${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  process.stdout.write(`${Object.keys(proofs).length - wrong} passed, ${wrong} failed\n`);
  return wrong === 0 ? 0 : 1;
}

if (process.argv.slice(2).some((argument) => ["-h", "--help"].includes(argument))) process.stdout.write(HELP);
else process.exitCode = main();
