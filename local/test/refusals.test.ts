import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { PortError, startStack } from "../src/stack.ts";
import { type Change, ref, smallStack } from "./support/small-stack.ts";
import { startSmall } from "./support/start-small.ts";

const folder = mkdtempSync(join(tmpdir(), "local-stack-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (change?: Change) => startSmall(change, { folder });

describe("a stack is refused with a sentence", () => {
  const set =
    (type: string, name: string, values: object): Change =>
    (all) => {
      Object.assign(all[type]?.[name] ?? {}, values);
    };
  it.each<[string, Change, RegExp]>([
    [
      "a method without integration",
      (all) => delete all.aws_api_gateway_integration?.stream,
      /aws_api_gateway_method\.stream has no integration/,
    ],
    [
      "a deployment of another API",
      set("aws_api_gateway_deployment", "deployment", { rest_api_id: "other" }),
      /aws_api_gateway_deployment\.deployment belongs to the API other, not to small/,
    ],
    [
      "a stream mode with a buffered URI",
      set("aws_api_gateway_integration", "stream", { response_transfer_mode: "BUFFERED" }),
      /is not the URI of a BUFFERED/,
    ],
    [
      "an edge-optimized API",
      set("aws_api_gateway_rest_api", "api", { endpoint_configuration: { types: ["EDGE"] } }),
      /aws_api_gateway_rest_api\.api/,
    ],
    [
      "a Lambda authorizer",
      set("aws_api_gateway_authorizer", "pool", { type: "TOKEN" }),
      /aws_api_gateway_authorizer\.pool/,
    ],
    [
      "a template with directives",
      set("aws_api_gateway_integration_response", "document", {
        response_templates: { "application/json": "#set($a = 1)" },
      }),
      /uses "#set/,
    ],
    [
      "a template that reads the input",
      set("aws_api_gateway_integration_response", "document", {
        response_templates: { "application/json": "$input.body" },
      }),
      /uses "\$i/,
    ],
    [
      "an unknown context variable",
      set("aws_api_gateway_stage", "stage", { access_log_settings: { destination_arn: "x", format: "$context.nope" } }),
      /\$context\.nope/,
    ],
    [
      "a header that the method response lacks",
      set("aws_api_gateway_integration_response", "document", {
        response_parameters: { "method.response.header.X": "'1'" },
      }),
      /does not declare/,
    ],
    [
      "an origin that drops Authorization",
      (all) => {
        const behavior = all.aws_cloudfront_distribution?.host?.default_cache_behavior;
        if (behavior && typeof behavior === "object" && !Array.isArray(behavior))
          delete behavior.origin_request_policy_id;
      },
      /AllViewerExceptHostHeader/,
    ],
    [
      "settings of a method that does not exist",
      (all) => {
        const on = { rest_api_id: ref("aws_api_gateway_rest_api.api.id"), stage_name: "live" };
        all.aws_api_gateway_method_settings = { typo: { ...on, method_path: "straem/POST", settings: {} } };
      },
      /"straem\/POST", which is no method/,
    ],
    [
      "two methods on one resource",
      (all) => {
        const twice = all.aws_api_gateway_method?.stream ?? {};
        all.aws_api_gateway_method = { ...all.aws_api_gateway_method, twice };
      },
      /POST \/stream has two methods/,
    ],
    [
      "a CloudFront origin that is closed",
      set("aws_api_gateway_rest_api", "api", { disable_execute_api_endpoint: true }),
      /disable_execute_api_endpoint closes/,
    ],
    [
      "another runtime",
      set("aws_lambda_function", "streaming", { runtime: "nodejs22.x" }),
      /cannot run aws_lambda_function\.streaming/,
    ],
    [
      "an alias of nothing",
      set("aws_lambda_alias", "streaming", { function_name: "other" }),
      /alias of other, which does not exist/,
    ],
  ])("%s", async (_, change, message) => {
    await expect(start(change)).rejects.toThrow(message);
  });

  it("a deployment package that is missing", async () => {
    const options = { stack: smallStack(), port: 0, stateDir: folder, filesDir: folder };
    await expect(
      startStack({ ...options, zips: { streaming: "/nowhere.zip", buffered: "/nowhere.zip" } }),
    ).rejects.toThrow("The deployment package /nowhere.zip cannot be read");
  });
});

it("says which port is in use, and leaves nothing open", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const address = other.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  const options = { stack: smallStack(), zips: {}, port, stateDir: folder, filesDir: folder };
  await expect(startStack(options)).rejects.toEqual(new PortError(port, "EADDRINUSE"));
  await new Promise((resolve) => other.close(resolve));
});
