import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { PortError, startStack } from "../src/stack.ts";
import { send } from "./support/http.ts";
import { ref, smallStack } from "./support/small-stack.ts";
import { startSmall } from "./support/start-small.ts";

const folder = mkdtempSync(join(tmpdir(), "local-stack-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Change = NonNullable<Parameters<typeof smallStack>[0]>;
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

it("lets a function that answers too late come to its end, and uses its process again", async () => {
  const stack = await start((all) => {
    Object.assign(all.aws_api_gateway_integration?.stream ?? {}, { timeout_milliseconds: 1500 });
    Object.assign(all.aws_lambda_function?.streaming ?? {}, { timeout: 10 });
  });
  const post = (query: string) => send(`${stack.url}/stream?${query}`, { method: "POST", body: "" });
  const { pid } = JSON.parse((await post("do=echo")).text);
  expect((await post("do=large&after=1600")).status).toBe(504);
  const reports = () => stack.logLines().filter(({ event }) => event === "report").length;
  for (let i = 0; i < 500 && reports() < 2; i++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(JSON.parse((await post("do=echo")).text)).toMatchObject({ pid, runs: 3 });
  await stack.close();
});

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

describe("no process is left", () => {
  it("after close, which may be called again", async () => {
    const stack = await start();
    const { pid } = JSON.parse((await send(`${stack.url}/stream`, { method: "POST", body: "" })).text);
    const begin = performance.now();
    await Promise.all([stack.close(), stack.close()]);
    expect(performance.now() - begin).toBeLessThan(2000);
    expect(alive(pid)).toBe(false);
    await expect(send(`${stack.url}/document`)).rejects.toThrow("ECONNREFUSED");
  });

  it.each(["echo", "spin"])("after the stack was killed while a function was about to %s", async (does) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "support", "run-small.ts"), does], {
      stdio: ["ignore", "pipe", "inherit"],
      // What a killed stack leaves behind goes with the test's folder.
      env: { ...process.env, TMPDIR: folder },
    });
    const pid = await new Promise<number>((resolve) => child.stdout.once("data", (line) => resolve(Number(line))));
    expect(alive(pid)).toBe(true);
    child.kill("SIGKILL");
    for (let i = 0; i < 200 && alive(pid); i++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(alive(pid)).toBe(false);
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
