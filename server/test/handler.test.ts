import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import {
  json,
  loadFunction,
  machineClaims,
  modern,
  personClaims,
  post,
  RESOURCE,
  request,
  type TestFunction,
} from "./function.ts";

let fn: TestFunction;
beforeAll(async () => {
  fn = await loadFunction();
});
afterAll(() => fn.remove());
afterEach(() => void fn.takeLog());

const add = (args: unknown = { a: 2, b: 3 }) => request("tools/call", { name: "add", arguments: args });

describe("the initialize era", () => {
  it.each(["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"])("negotiates %s", async (protocolVersion) => {
    const params = { protocolVersion, capabilities: {}, clientInfo: { name: "test", version: "1" } };
    const answer = await fn.invoke(post(request("initialize", params)));
    expect(json(answer).result).toMatchObject({ protocolVersion, capabilities: { tools: { listChanged: false } } });
    expect(answer.headers).not.toHaveProperty("mcp-session-id");
  });

  it("offers its newest revision to a client that asks for another", async () => {
    const params = { protocolVersion: "1999-01-01", capabilities: {}, clientInfo: { name: "test", version: "1" } };
    expect(json(await fn.invoke(post(request("initialize", params)))).result?.protocolVersion).toBe("2025-11-25");
  });

  it.each([undefined, {}, { protocolVersion: 1 }, { protocolVersion: "2025-11-25" }])(
    "answers -32602 to initialize with %j",
    async (params) => {
      expect(json(await fn.invoke(post(request("initialize", params)))).error).toMatchObject({ code: -32602 });
    },
  );

  it("answers a call without initialize, as JSON", async () => {
    const answer = await fn.invoke(post(add()));
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["Content-Type"]).toBe("application/json");
    expect(json(answer).result).toMatchObject({ structuredContent: { result: 5 } });
  });

  it("does not add what only 2026-07-28 knows", async () => {
    const { result } = json(await fn.invoke(post(request("tools/list"))));
    expect(Object.keys(result ?? {})).toEqual(["tools"]);
  });

  it.each([
    ["a notification", { jsonrpc: "2.0", method: "notifications/initialized" }],
    ["a client's answer", { jsonrpc: "2.0", id: 9, result: {} }],
    ["a batch of notifications", [{ jsonrpc: "2.0", method: "notifications/initialized" }]],
  ])("answers 202 to %s", async (_name, body) => {
    expect(await fn.invoke(post(body))).toMatchObject({ statusCode: 202, body: "" });
  });

  describe("batches", () => {
    it("answers every request of one, in any order", async () => {
      const list = request("tools/list", undefined, "list");
      const answer = await fn.invoke(post([add(), request("ping", undefined, "ping"), list, request("none", {}, 4)]));
      const byId = Object.groupBy(JSON.parse(answer.body), ({ id }: { id: string }) => id);
      expect(byId).toMatchObject({
        1: [{ result: { structuredContent: { result: 5 } } }],
        ping: [{ result: {} }],
        list: [{ result: { tools: expect.any(Array) } }],
        4: [{ error: { code: -32601 } }],
      });
      expect(fn.takeLog()).toMatchObject([{ tool: "add", outcome: "rejected" }]);
    });

    it.each([
      ["in a revision without batches", [add()], { "MCP-Protocol-Version": "2025-06-18" }],
      ["with initialize in it", [request("initialize", {})], {}],
      ["with the same id twice", [add(), add()], {}],
      ["of more than 100", Array.from({ length: 101 }, (_, id) => request("ping", undefined, id)), {}],
      ["of nothing", [], {}],
      ["with something else in it", [add(), 7], {}],
    ])("refuses one %s", async (_name, batch, headers) => {
      const answer = await fn.invoke(post(batch, { headers }));
      expect(answer.statusCode).toBe(400);
      expect(json(answer).error).toMatchObject({ code: -32600 });
    });
  });
});

describe("2026-07-28", () => {
  it("answers a call with its result type and name", async () => {
    const { result } = json(await fn.invoke(modern("tools/call", { name: "add", arguments: { a: 2, b: 3 } })));
    expect(result).toMatchObject({ resultType: "complete", structuredContent: { result: 5 } });
    expect(result?._meta).toMatchObject({ "io.modelcontextprotocol/serverInfo": { name: "remote-mcp-server" } });
  });

  it("lists for this caller only, and says for how long", async () => {
    const { result } = json(await fn.invoke(modern("tools/list")));
    expect(result).toMatchObject({ cacheScope: "private", ttlMs: 300_000, resultType: "complete" });
  });

  it("discovers", async () => {
    const { result } = json(await fn.invoke(modern("server/discover")));
    expect(result).toMatchObject({
      supportedVersions: ["2026-07-28"],
      capabilities: { tools: { listChanged: false } },
    });
  });

  it.each(["initialize", "ping", "logging/setLevel", "nothing/here", "constructor"])(
    "answers 404 and -32601 to %s",
    async (method) => {
      const answer = await fn.invoke(modern(method));
      expect(answer.statusCode).toBe(404);
      expect(json(answer).error).toMatchObject({ code: -32601 });
    },
  );

  it("answers 404 and -32601 to subscriptions/listen, at once", async () => {
    const answer = await fn.invoke(modern("subscriptions/listen", { notifications: { toolsListChanged: true } }));
    expect(answer.statusCode).toBe(404);
    expect(json(answer).error).toMatchObject({ code: -32601 });
  });

  it.each<[string, Record<string, string>, number]>([
    ["another method in the header", { "Mcp-Method": "tools/list" }, -32020],
    ["another tool in the header", { "Mcp-Name": "multiply" }, -32020],
    ["another version in the header", { "MCP-Protocol-Version": "2025-11-25" }, -32020],
  ])("answers 400 to %s", async (_name, headers, expected) => {
    const answer = await fn.invoke(modern("tools/call", { name: "add", arguments: { a: 1, b: 1 } }, { headers }));
    expect(answer.statusCode).toBe(400);
    expect(json(answer).error).toMatchObject({ code: expected });
  });
});

describe("tools and scopes", () => {
  const saveFile = request("tools/call", { name: "save_file", arguments: { key: "a", content: "b" } });
  const names = async (claims: unknown) =>
    toolNames(json(await fn.invoke(post(request("tools/list"), { claims }))).result);
  const toolNames = (result: Record<string, unknown> | undefined) =>
    JSON.parse(JSON.stringify(result)).tools.map(({ name }: { name: string }) => name);

  it("lists what the caller may call, always in the same order", async () => {
    expect(await names(personClaims)).toEqual(["list_files", "read_file", "add", "multiply"]);
    expect(await names(machineClaims)).toEqual(["list_files", "read_file", "save_file", "add", "multiply"]);
  });

  it.each([
    ["a token without it", personClaims],
    ["a person's token with it, outside the group", { ...personClaims, scope: `${RESOURCE}/read ${RESOURCE}/write` }],
  ])("names the scope that a call lacks: %s", async (_name, claims) => {
    const answer = await fn.invoke(post(saveFile, { claims }));
    expect(answer.statusCode).toBe(200);
    const { result } = json(answer);
    expect(result).toMatchObject({
      isError: true,
      content: [{ type: "text", text: expect.stringContaining(`${RESOURCE}/write`) }],
      _meta: {
        "mcp/www_authenticate": [
          `Bearer error="insufficient_scope", scope="${RESOURCE}/write", resource_metadata="https://mcp.test.example/.well-known/oauth-protected-resource/mcp"`,
        ],
      },
    });
    expect(fn.takeLog()).toMatchObject([{ outcome: "scope_denied", tool: "save_file" }]);
  });

  it("says which tools there are when asked for another", async () => {
    const { error } = json(await fn.invoke(post(request("tools/call", { name: "nothing" }))));
    expect(error).toMatchObject({ code: -32602, message: expect.stringMatching(/"nothing".*list_files, read_file/) });
  });

  it.each(["constructor", "__proto__", "toString", ""])("has no tool %j", async (name) => {
    expect(json(await fn.invoke(post(request("tools/call", { name })))).error).toMatchObject({ code: -32602 });
  });

  it.each([[{}], [{ a: "1", b: 2 }], [{ a: 1, b: null }], [{ a: 1, b: 2, c: 3 }]])(
    "explains wrong arguments as a tool error: %j",
    async (args) => {
      const { result } = json(await fn.invoke(post(add(args))));
      expect(result).toMatchObject({ isError: true, content: [{ text: expect.stringMatching(/^Invalid arguments/) }] });
    },
  );

  it("refuses a number that no double can hold", async () => {
    const body = JSON.stringify(add({ a: 7, b: 1 })).replace("7", "1e400");
    expect(json(await fn.invoke(post(body))).result).toMatchObject({ isError: true });
  });

  it.each([[null], [[]], ["text"], [7]])("answers -32602 to arguments that are no object: %j", async (args) => {
    expect(json(await fn.invoke(post(add(args)))).error).toMatchObject({ code: -32602 });
  });
});

describe("what goes around a call", () => {
  it("answers the schedule that keeps the function active at once, and logs nothing", async () => {
    expect(await fn.invoke({ keepActive: true })).toMatchObject({ statusCode: 200, body: "" });
    expect(fn.takeLog()).toEqual([]);
  });

  it("answers 400 to an event that is not the gateway's", async () => {
    expect((await fn.invoke({ Records: [] })).statusCode).toBe(400);
  });

  it("takes a body in base64", async () => {
    const event = post(add());
    const encoded = { ...event, body: Buffer.from(event.body).toString("base64"), isBase64Encoded: true };
    expect(json(await fn.invoke(encoded)).result).toMatchObject({ structuredContent: { result: 5 } });
  });

  it("writes one audit line a call, with its metric and its trace, and no arguments", async () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const params = { name: "add", arguments: { a: 123454321, b: 1 }, _meta: { traceparent } };
    await fn.invoke(post(request("tools/call", params), { claims: personClaims }), { awsRequestId: "aws-id" });
    const log = fn.takeLog();
    expect(log).toMatchObject([
      {
        event: "call",
        requestId: "aws-id",
        caller: "person",
        subject: "3f1c0c1e-person",
        client: "browser-client",
        era: "initialize",
        method: "tools/call",
        tool: "add",
        outcome: "ok",
        status: 200,
        traceparent,
        Duration: expect.any(Number),
        bytesIn: expect.any(Number),
        bytesOut: expect.any(Number),
        _aws: { CloudWatchMetrics: [{ Dimensions: [["environment", "era", "outcome"]] }] },
      },
    ]);
    expect(JSON.stringify(log)).not.toContain("123454321");
  });

  it("cannot be made to write a line of somebody else's choice", async () => {
    const forged = 'x"}\n{"event":"call","subject":"admin"}\u2028';
    await fn.invoke(post(request(forged, { name: forged, _meta: { traceparent: forged } })));
    await fn.invoke(post(request("tools/call", { name: forged })));
    await fn.invoke(post(add(), { claims: { ...personClaims, sub: forged } }));
    expect(fn.takeLog()).toHaveLength(3);
  });

  it("keeps two callers apart whose requests take turns in one process", async () => {
    const scopes = [personClaims, machineClaims];
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const claims = scopes[i % 2];
        // The same id for both, as every client begins with it.
        const list = await fn.invoke(
          i % 4 < 2 ? post(request("tools/list"), { claims }) : modern("tools/list", {}, { claims }),
        );
        const sum = await fn.invoke(post(add({ a: i, b: 0 }), { claims }));
        return { i, writes: list.body.includes("save_file"), sum: json(sum).result?.structuredContent };
      }),
    );
    for (const { i, writes, sum } of answers) {
      expect(writes).toBe(i % 2 === 1);
      expect(sum).toEqual({ result: i });
    }
    const calls = fn.takeLog().filter(({ method }) => method === "tools/call");
    expect(calls.filter(({ subject }) => subject === "3f1c0c1e-person")).toHaveLength(20);
  });
});
