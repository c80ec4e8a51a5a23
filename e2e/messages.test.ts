import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { call, mcpHeaders, toolCall } from "./support/http.ts";
import { readTarget } from "./support/target.ts";
import { machineToken } from "./support/tokens.ts";

const listTools = { jsonrpc: "2.0", id: 1, method: "tools/list" };

describe("bodies that are not one JSON-RPC message", () => {
  it.each<[string, string | Buffer]>([
    ["nothing", ""],
    ["half a document", '{"jsonrpc":"2.0","id":1'],
    ["not JSON", "hello"],
    ["not UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
  ])("400 and -32700: %s", async (_name, body) => {
    const answer = await call(await machineToken(), body);
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ jsonrpc: "2.0", id: null, error: { code: -32700 } });
  });

  it.each([
    "null",
    "1",
    '"text"',
    "true",
    "[]",
    "{}",
    '{"jsonrpc":"1.0","id":1,"method":"ping"}',
    '{"jsonrpc":"2.0","id":{},"method":"ping"}',
  ])("400 and -32600: %s", async (body) => {
    const answer = await call(await machineToken(), body);
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ error: { code: -32600 } });
  });

  it("400: a document nested deeper than any message", async () => {
    const deep = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${"[".repeat(5_000)}${"]".repeat(5_000)}}`;
    const answer = await call(await machineToken(), deep);
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(/deep|nest/i);
  });

  it("413: a body over the limit, with a sentence that names the limit", async () => {
    const answer = await call(await machineToken(), toolCall("add", { a: 1, b: 2, padding: "x".repeat(5_000_000) }));
    expect(answer.status).toBe(413);
    expect(answer.json).toMatchObject({ error: { message: expect.stringMatching(/\d/) } });
  });

  it("413 from the gateway: a body over its 10 MB", async () => {
    const answer = await call(await machineToken(), "x".repeat(10 * 1024 * 1024 + 1));
    expect(answer.status).toBe(413);
  });
});

describe("headers as real clients send them", () => {
  it.each<[string, Record<string, string>]>([
    ["both types", { Accept: "application/json, text/event-stream" }],
    ["JSON only", { Accept: "application/json" }],
    ["anything", { Accept: "*/*" }],
    ["with weights", { Accept: "text/event-stream;q=0.5, application/json;q=0.9" }],
    ["upper case", { Accept: "APPLICATION/JSON, TEXT/EVENT-STREAM" }],
  ])("200 JSON: Accept with %s", async (_name, headers) => {
    const answer = await call(await machineToken(), listTools, headers);
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toMatch(/^application\/json/);
  });

  it.each(["application/json; charset=utf-8", "application/json;charset=UTF-8", "APPLICATION/JSON"])(
    "200: Content-Type %s",
    async (type) => {
      expect((await call(await machineToken(), listTools, { "Content-Type": type })).status).toBe(200);
    },
  );

  it.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "text/json, application/json"])(
    "415: Content-Type %s",
    async (type) => {
      expect((await call(await machineToken(), listTools, { "Content-Type": type })).status).toBe(415);
    },
  );

  it("400: a protocol version in the header that the server does not speak", async () => {
    const answer = await call(await machineToken(), listTools, { "MCP-Protocol-Version": "1999-01-01" });
    expect(answer.status).toBe(400);
  });

  it("200: a session id and a Last-Event-ID of an older server are ignored", async () => {
    const headers = { "Mcp-Session-Id": "left-over", "Last-Event-ID": "7" };
    const answer = await call(await machineToken(), listTools, headers);
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty("mcp-session-id");
  });
});

describe("methods", () => {
  it("202 without a body: a notification", async () => {
    const answer = await call(await machineToken(), { jsonrpc: "2.0", method: "notifications/initialized" });
    expect(answer.status).toBe(202);
    expect(answer.text).toBe("");
  });

  it("-32601: an unknown method", async () => {
    const answer = await call(await machineToken(), { jsonrpc: "2.0", id: 1, method: "nothing/here" });
    expect(answer.json).toMatchObject({ id: 1, error: { code: -32601 } });
  });

  it("404 and -32601, at once: subscriptions/listen", async () => {
    const meta = {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientInfo": { name: "e2e", version: "1" },
      "io.modelcontextprotocol/clientCapabilities": {},
    };
    const answer = await call(
      await machineToken(),
      { jsonrpc: "2.0", id: 1, method: "subscriptions/listen", params: { notifications: {}, _meta: meta } },
      { ...mcpHeaders, "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "subscriptions/listen" },
    );
    expect(answer.status).toBe(404);
    expect(answer.json).toMatchObject({ error: { code: -32601 } });
  });

  it("answers a batch of the 2025-03-26 revision, and refuses an oversized one", async () => {
    const two = await call(await machineToken(), [listTools, { ...listTools, id: 2 }], {
      "MCP-Protocol-Version": "2025-03-26",
    });
    expect(two.status).toBe(200);
    expect(two.json).toHaveLength(2);
    const many = Array.from({ length: 101 }, (_, id) => ({ ...listTools, id }));
    expect((await call(await machineToken(), many)).status).toBe(400);
  });

  const { local } = readTarget();
  const hereIt = local === undefined ? it.skip : it;
  hereIt("200: a batch that reads 1 MiB a hundred times gets what fits, and the next call works", async () => {
    const length = 1024 * 1024;
    writeFileSync(join(local?.filesDir ?? "", "one-mebibyte.txt"), "x".repeat(length));
    const read = {
      method: "tools/call",
      params: { name: "read_file", arguments: { key: "one-mebibyte.txt", length } },
    };
    const batch = Array.from({ length: 100 }, (_, id) => ({ jsonrpc: "2.0", id, ...read }));
    const answer = await call(await machineToken(), batch, { "MCP-Protocol-Version": "2025-03-26" });
    expect(answer.status).toBe(200);
    const results = (answer.json as { result: { isError?: boolean; content: { text: string }[] } }[]).map(
      ({ result }) => (result.isError ? result.content[0]?.text : "a file"),
    );
    expect(results.slice(0, 2)).toEqual(["a file", "a file"]);
    expect(results.slice(2)).toEqual(Array(98).fill(expect.stringContaining("Send this call alone")));
    expect((await call(await machineToken(), toolCall("add", { a: 2, b: 3 }))).status).toBe(200);
  });
});

describe("tools", () => {
  it("says what was wrong: unknown tool, missing and wrong arguments", async () => {
    const unknown = await call(await machineToken(), toolCall("nothing"));
    expect(unknown.json).toMatchObject({ error: { code: -32602, message: expect.stringContaining("list_files") } });
    for (const args of [{}, { a: "1", b: 2 }, { a: 1 }, { a: 1, b: null }]) {
      const answer = await call(await machineToken(), toolCall("add", args));
      expect(answer.status).toBe(200);
      expect(answer.json).toMatchObject({ result: { isError: true } });
      expect(answer.text).toMatch(/\b(a|b)\b/);
    }
  });

  it("adds and multiplies", async () => {
    const add = await call(await machineToken(), toolCall("add", { a: 2, b: 3 }));
    expect(add.json).toMatchObject({ result: { structuredContent: { result: 5 } } });
    const multiply = await call(await machineToken(), toolCall("multiply", { a: 6, b: -7 }));
    expect(multiply.json).toMatchObject({ result: { structuredContent: { result: -42 } } });
  });

  it("lists real files, page by page, each once", async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const answer = await call(
        await machineToken(),
        toolCall("list_files", { prefix: "page-", limit: 10, ...(cursor && { cursor }) }),
      );
      const page = (answer.json as ListedPage).result.structuredContent;
      expect(page.files.length).toBeLessThanOrEqual(10);
      seen.push(...page.files.map((file) => file.key));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    const expected = Array.from({ length: 25 }, (_, i) => `page-${String(i).padStart(2, "0")}.txt`);
    if (readTarget().local !== undefined) expect(seen).toEqual(expected);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it("never names the bucket", async () => {
    const answer = await call(await machineToken(), toolCall("list_files"));
    expect(answer.text).not.toMatch(/bucket|arn:aws|amazonaws/i);
  });
});

interface ListedPage {
  result: { structuredContent: { files: { key: string }[]; nextCursor?: string } };
}
