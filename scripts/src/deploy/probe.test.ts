import { describe, expect, it } from "@jest/globals";
import { readResponse } from "./function-response.ts";
import { probes } from "./probe.ts";

const facts = {
  mcpUrl: "https://d1.cloudfront.net/mcp",
  machine: { clientId: "machine", scope: "https://d1.cloudfront.net/mcp/read" },
  tools: ["list_files"],
};
const results: Record<string, unknown> = {
  initialize: {
    protocolVersion: "2025-06-18",
    capabilities: {},
    serverInfo: { name: "remote-mcp-server", version: "0.1.0" },
  },
  "tools/list": { tools: [{ name: "list_files" }, { name: "added_since" }] },
  "tools/call": { content: [], structuredContent: { files: [] } },
};

/** A function version that answers as Lambda streams it: prelude, eight NUL bytes, body. */
function version(change: Record<string, unknown> = {}, status = 200) {
  const events: {
    headers: Record<string, string>;
    requestContext: { authorizer?: { claims: object } };
    body: string;
  }[] = [];
  const invoke = async (event: unknown) => {
    const received = event as (typeof events)[number];
    events.push(received);
    const { method } = JSON.parse(received.body) as { method: string };
    const answer = {
      jsonrpc: "2.0",
      id: 1,
      ...(method in change ? (change[method] as object) : { result: results[method] }),
    };
    return Buffer.concat([
      Buffer.from(JSON.stringify({ statusCode: status, headers: {} })),
      Buffer.alloc(8),
      Buffer.from(JSON.stringify(answer)),
    ]);
  };
  return { invoke, events };
}

describe("the direct call of a new MCP version", () => {
  it("initializes, lists the release's tools and makes one read-only call", async () => {
    const { invoke } = version();
    expect(await probes.mcp(invoke, facts)).toBe("remote-mcp-server 0.1.0 lists 2 tools and answers list_files");
  });

  it("comes with the claims the gateway would have read from the machine client's token", async () => {
    const { invoke, events } = version();
    await probes.mcp(invoke, facts);
    expect(events).toHaveLength(3);
    for (const { requestContext, headers } of events) {
      expect(requestContext.authorizer?.claims).toMatchObject({
        token_use: "access",
        client_id: "machine",
        scope: facts.machine.scope,
      });
      expect(requestContext.authorizer?.claims).not.toHaveProperty("aud");
      expect(headers.Host).toBe("d1.cloudfront.net");
    }
  });

  it.each([
    [
      "lacks a tool",
      version({ "tools/list": { result: { tools: [{ name: "add" }] } } }),
      "tools/list lacks list_files",
    ],
    [
      "answers an error",
      version({ initialize: { error: { code: -32603, message: "Internal" } } }),
      "initialize answered the error -32603: Internal",
    ],
    [
      "cannot reach its bucket",
      version({ "tools/call": { result: { isError: true, content: "timed out" } } }),
      'list_files failed: "timed out"',
    ],
    ["answers another status", version({}, 403), "initialize answered 403"],
  ])("fails when the version %s", async (_what, { invoke }, message) => {
    await expect(probes.mcp(invoke, facts)).rejects.toThrow(message);
  });

  it("fails when the version answers no HTTP response at all", async () => {
    await expect(probes.mcp(async () => Buffer.from("null"), facts)).rejects.toThrow(
      "it answered no HTTP response: null",
    );
  });
});

describe("the direct call of a new OAuth version", () => {
  const answering = (statusCode: number, body: object) => async () =>
    Buffer.from(JSON.stringify({ statusCode, body: JSON.stringify(body) }));

  it("registers a client, which keeps nothing", async () => {
    expect(await probes.oauth(answering(201, { client_id: "sealed" }), facts)).toBe("registers a client");
  });

  it("fails where the sealing secret was never written", async () => {
    await expect(probes.oauth(answering(500, { error: "server_error" }), facts)).rejects.toThrow(
      "POST /register answered 500",
    );
  });
});

describe("a function's answer", () => {
  it("is read streamed and buffered, in plain text and base64", () => {
    const streamed = Buffer.concat([
      Buffer.from('{"statusCode":200,"headers":{"X-A":"1"}}'),
      Buffer.alloc(8),
      Buffer.from("hello"),
    ]);
    expect(readResponse(streamed)).toEqual({ status: 200, headers: { "x-a": "1" }, body: "hello" });
    const buffered = {
      statusCode: 404,
      headers: {},
      body: Buffer.from("hello").toString("base64"),
      isBase64Encoded: true,
    };
    expect(readResponse(Buffer.from(JSON.stringify(buffered)))).toEqual({ status: 404, headers: {}, body: "hello" });
  });
});
