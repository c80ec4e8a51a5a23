import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { send } from "./support/http.ts";
import { type Change, ref } from "./support/small-stack.ts";
import { startSmall } from "./support/start-small.ts";

const folder = mkdtempSync(join(tmpdir(), "local-stack-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (change?: Change, resource?: string) => startSmall(change, { folder, resource });

/** Starts the changed small stack, gives the status of a call to it, and ends it. */
async function statusAfter(change: Change, path = "/stream", headers: [string, string][] = []): Promise<number> {
  const stack = await start(change);
  try {
    return (await send(stack.url + path, { method: "POST", headers, body: "" })).status;
  } finally {
    await stack.close();
  }
}

describe("a wrong wire fails here as it would on AWS", () => {
  it("500 without a permission for the API, for its alias, or for the path", async () => {
    expect(await statusAfter(() => {})).toBe(200);
    expect(await statusAfter((all) => delete all.aws_lambda_permission?.streaming)).toBe(500);
    expect(await statusAfter(({ aws_lambda_permission: all }) => delete all?.streaming?.qualifier)).toBe(500);
    expect(
      await statusAfter(({ aws_lambda_permission: all }) =>
        Object.assign(all?.streaming ?? {}, {
          source_arn: "arn:aws:execute-api:ap-northeast-1:000000000000:*/live/GET/*",
        }),
      ),
    ).toBe(500);
  });

  it("500 when the reserved concurrency is used up", async () => {
    expect(
      await statusAfter(({ aws_lambda_function: all }) =>
        Object.assign(all?.streaming ?? {}, { reserved_concurrent_executions: 0 }),
      ),
    ).toBe(500);
  });

  it("500 for the call that is one too many for the reserved concurrency", async () => {
    const stack = await start(({ aws_lambda_function: all }) =>
      Object.assign(all?.streaming ?? {}, { reserved_concurrent_executions: 1 }),
    );
    const call = () => send(`${stack.url}/stream?do=large&after=200`, { method: "POST", body: "" });
    const statuses = (await Promise.all([call(), call()])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 500]);
    expect(stack.invocations()["small-streaming"]).toBe(1);
    await stack.close();
  });

  it("502 when the function cannot start, or has a callback handler", async () => {
    for (const handler of ["broken.handler", "missing.handler", "index.missing", "callback.handler"])
      expect(
        await statusAfter(({ aws_lambda_function: all }) => Object.assign(all?.streaming ?? {}, { handler })),
      ).toBe(502);
  });

  it("502 when the function is not ready within Lambda's 10 s", async () => {
    const slow: Change = ({ aws_lambda_function: all }) =>
      Object.assign(all?.streaming ?? {}, { handler: "slow.handler", timeout: 30 });
    expect(await statusAfter(slow)).toBe(502);
  });

  it("504 when the integration's time ends before the function's", async () => {
    const slow: Change = ({ aws_api_gateway_integration: all }) =>
      Object.assign(all?.stream ?? {}, { timeout_milliseconds: 300 });
    expect(await statusAfter(slow, "/stream?do=sleep")).toBe(504);
  });

  it("504 of CloudFront when the origin's first byte is late", async () => {
    const slow: Change = ({ aws_cloudfront_distribution: all }) => {
      const [origin] = Array.isArray(all?.host?.origin) ? all.host.origin : [];
      Object.assign(origin ?? {}, { custom_origin_config: { origin_read_timeout: 0.3 } });
    };
    expect(await statusAfter(slow, "/stream?do=sleep")).toBe(504);
  });
});

it("serves an API whose stage is mapped to a domain of one's own", async () => {
  const stack = await start((all) => {
    delete all.aws_cloudfront_distribution;
    Object.assign(all.aws_api_gateway_rest_api?.api ?? {}, { disable_execute_api_endpoint: true });
    all.aws_api_gateway_domain_name = { own: { domain_name: "mcp.example.com" } };
    all.aws_api_gateway_base_path_mapping = {
      root: {
        domain_name: ref("aws_api_gateway_domain_name.own.domain_name"),
        api_id: ref("aws_api_gateway_rest_api.api.id"),
        stage_name: ref("aws_api_gateway_stage.stage.stage_name"),
      },
    };
  }, "https://mcp.example.com/stream");
  expect(stack.resource).toBe(`${stack.url}/stream`);
  const { event } = JSON.parse((await send(stack.resource, { method: "POST", body: "" })).text);
  expect(event.headers).toMatchObject({ Host: "mcp.example.com" });
  expect(event.headers).not.toHaveProperty("Via");
  await stack.close();
});

it("throttles a method by burst and rate", async () => {
  const stack = await start((all) => {
    all.aws_api_gateway_method_settings = {
      all: {
        rest_api_id: ref("aws_api_gateway_rest_api.api.id"),
        stage_name: "live",
        method_path: "*/*",
        settings: { throttling_burst_limit: 2, throttling_rate_limit: 0.001 },
      },
      own: {
        rest_api_id: ref("aws_api_gateway_rest_api.api.id"),
        stage_name: "live",
        method_path: "buffered~1{name}/GET",
        settings: { throttling_burst_limit: 1, throttling_rate_limit: 0.001 },
      },
    };
  });
  const statuses = async (path: string) => {
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push((await send(stack.url + path)).status);
    return answers;
  };
  expect(await statuses("/document")).toEqual([200, 200, 429]);
  expect(await statuses("/buffered/x")).toEqual([200, 429, 429]);
  await stack.close();
});

it("answers with the API's own gateway responses", async () => {
  const api = { rest_api_id: ref("aws_api_gateway_rest_api.api.id") };
  const stack = await start((all) => {
    all.aws_api_gateway_gateway_response = {
      unauthorized: {
        ...api,
        response_type: "UNAUTHORIZED",
        status_code: "401",
        response_parameters: { "gatewayresponse.header.WWW-Authenticate": `'Bearer a="b", c="d"'` },
        response_templates: { "application/json": '{"id":"$context.requestId","m":$context.error.messageString}' },
      },
      failure: { ...api, response_type: "INTEGRATION_FAILURE" },
      four: { ...api, response_type: "DEFAULT_4XX", response_parameters: { "gatewayresponse.header.X-All": "'4'" } },
      five: { ...api, response_type: "DEFAULT_5XX", status_code: "599" },
    };
  });
  const answer = await send(`${stack.url}/secured`, { method: "POST", body: "" });
  expect(answer.headers["www-authenticate"]).toBe('Bearer a="b", c="d"');
  expect(JSON.parse(answer.text)).toEqual({ id: answer.headers["x-amzn-requestid"], m: "Unauthorized" });
  // No response of its own: the default's header, and its own status, because the default has none.
  expect(await send(`${stack.url}/nothing`)).toMatchObject({ status: 403, headers: { "x-all": "4" } });
  // A status on a default overrides even a type with its own response.
  expect((await send(`${stack.url}/stream?do=throw`, { method: "POST", body: "" })).status).toBe(599);
  await stack.close();
});
