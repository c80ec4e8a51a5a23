import { describe, expect, it } from "@jest/globals";
import { strings } from "./promises/promise.ts";
import { environment, type Json, synthesized } from "./stacks.ts";

const dev = synthesized(environment("dev"));
const prod = synthesized(environment("prod"));

const addresses = (stack: Json): string[] =>
  Object.entries<Json>(stack.resource).flatMap(([type, named]) => Object.keys(named).map((name) => `${type}.${name}`));

describe("addresses", () => {
  // A changed address is a resource destroyed and made anew. Where one of these must move, `moveFromId` in the source
  // goes with the change (see from-the-original-terraform.md), and this list afterwards.
  const stateful = [
    "aws_api_gateway_rest_api.api_4F59AA66",
    "aws_cloudfront_distribution.host_distribution_0B705797",
    "aws_cognito_resource_server.identity_resource_340A1051",
    "aws_cognito_user_group.identity_write_4C04B83F",
    "aws_cognito_user_pool.identity_pool_7520E6BB",
    "aws_cognito_user_pool_client.identity_browser_E6C59C42",
    "aws_cognito_user_pool_client.machine_client_080830DD",
    "aws_cognito_user_pool_domain.identity_domain_E9826CC7",
    "aws_lambda_alias.mcp_alias_2DCB6E75",
    "aws_lambda_alias.oauth_alias_706EF675",
    "aws_lambda_function.mcp_function_42F6B5BB",
    "aws_lambda_function.oauth_function_048468BC",
    "aws_s3_bucket.files_bucket_EAD9DE72",
    "aws_secretsmanager_secret.machine_secret_1B4BC5AA",
    "aws_ssm_parameter.sealing_parameter_63339776",
    "aws_vpc.network_vpc_4E8F0223",
  ];
  for (const [name, stack] of Object.entries({ dev, prod }))
    it(`of what holds state in ${name} stay what they are`, () => {
      const types = new Set(stateful.map((address) => address.split(".")[0]));
      expect(
        addresses(stack)
          .filter((address) => types.has(address.split(".")[0] ?? ""))
          .sort(),
      ).toEqual(stateful);
    });
});

describe("prod and dev", () => {
  it("consist of the same resources, but for what observability adds", () => {
    const here = new Set(addresses(dev));
    const added = addresses(prod).filter((address) => !here.has(address));
    expect(added.filter((address) => !/\.(alarms|dashboard)_/.test(address))).toEqual([]);
    expect(addresses(dev).filter((address) => !addresses(prod).includes(address))).toEqual([]);
  });

  it("differ in the values that config.ts gives them, and in no other", () => {
    const mayDiffer = [
      /aws_subnet\..*\.cidr_block$/,
      /aws_vpc\..*\.cidr_block$/,
      /\.(memory_size|timeout|timeout_milliseconds|origin_read_timeout|reserved_concurrent_executions)$/,
      /aws_api_gateway_method_settings\.stage_settings-mcp-POST_.*\.throttling_(burst|rate)_limit$/,
      /\.retention_in_days$/,
      /\.(deletion_protection|prevent_destroy|force_destroy|recovery_window_in_days)$/,
      // A hash of the API's configuration, of which the time limit is part.
      /aws_api_gateway_deployment\..*\.triggers\.configuration$/,
    ];
    const flat = (stack: Json): Map<string, string> =>
      new Map(
        leaves(stack.resource)
          .filter(({ path }) => !/\.(alarms|dashboard)_/.test(path))
          .map(({ path, text }) => [path, text]),
      );
    const inDev = flat(dev);
    const inProd = flat(prod);
    const differing = [...new Set([...inDev.keys(), ...inProd.keys()])].filter(
      (path) => inDev.get(path) !== inProd.get(path)?.replaceAll(/\bprod\b/g, "dev"),
    );
    expect(differing.filter((path) => !mayDiffer.some((pattern) => pattern.test(path)))).toEqual([]);
    expect(differing.length).toBeGreaterThan(mayDiffer.length);
  });
});

/** Every value below as text, with the path to it. */
function leaves(value: Json): { path: string; text: string }[] {
  return strings(JSON.parse(JSON.stringify(value, (_, item) => (typeof item === "object" ? item : String(item)))));
}
