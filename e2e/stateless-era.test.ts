import { describe, expect, it } from "@jest/globals";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { call } from "./support/http.ts";
import { readTarget } from "./support/target.ts";
import { machineToken } from "./support/tokens.ts";

const VERSION = "2026-07-28";

async function connect(mode: "auto" | { pin: string }) {
  const methods: string[] = [];
  const transport = new StreamableHTTPClientTransport(new URL(readTarget().resource), {
    requestInit: { headers: { Authorization: `Bearer ${await machineToken()}` } },
    fetch: (url, init) => {
      methods.push(JSON.parse(String(init?.body ?? "{}")).method);
      return fetch(url, init);
    },
  });
  const client = new Client({ name: "e2e", version: "1.0.0" }, { versionNegotiation: { mode } });
  await client.connect(transport);
  return { client, methods };
}

describe.each<[string, "auto" | { pin: string }]>([
  ["negotiating", "auto"],
  ["pinned", { pin: VERSION }],
])(`the SDK's 2.x client at ${VERSION}, %s`, (_name, mode) => {
  it("discovers, lists and calls without initialize", async () => {
    const { client, methods } = await connect(mode);
    try {
      const { tools } = await client.listTools();
      expect(tools.map((tool) => tool.name)).toEqual(expect.arrayContaining(["list_files", "add", "multiply"]));
      await expect(client.callTool({ name: "multiply", arguments: { a: 6, b: 7 } })).resolves.toMatchObject({
        structuredContent: { result: 42 },
      });
      expect(methods).toContain("server/discover");
      expect(methods).not.toContain("initialize");
    } finally {
      await client.close();
    }
  });
});

const meta = {
  "io.modelcontextprotocol/protocolVersion": VERSION,
  "io.modelcontextprotocol/clientInfo": { name: "e2e", version: "1.0.0" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

async function modern(method: string, params: Record<string, unknown> = {}, headers: Record<string, string> = {}) {
  return call(
    await machineToken(),
    { jsonrpc: "2.0", id: 1, method, params: { ...params, _meta: meta } },
    { "MCP-Protocol-Version": VERSION, "Mcp-Method": method, ...headers },
  );
}

describe("the wire at 2026-07-28", () => {
  it("marks every result with its type, and lists with how long they stay fresh", async () => {
    const { status, json } = await modern("tools/list");
    expect(status).toBe(200);
    expect(json).toMatchObject({
      result: { resultType: "complete", ttlMs: expect.any(Number), cacheScope: expect.any(String) },
    });
  });

  it("lists the tools in the same order every time", async () => {
    const [first, second] = await Promise.all([modern("tools/list"), modern("tools/list")]);
    expect(first?.text).toBe(second?.text);
  });

  it("400 and -32020: a header that disagrees with the body", async () => {
    const answer = await modern("tools/call", { name: "add", arguments: { a: 1, b: 2 } }, { "Mcp-Name": "multiply" });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ error: { code: -32020 } });
    const other = await modern("tools/list", {}, { "Mcp-Method": "tools/call" });
    expect(other.json).toMatchObject({ error: { code: -32020 } });
  });

  it("400 and -32022 with what it supports: another version", async () => {
    const answer = await call(
      await machineToken(),
      {
        jsonrpc: "2.0",
        id: 1,
        method: "tools/list",
        params: { _meta: { ...meta, "io.modelcontextprotocol/protocolVersion": "2077-01-01" } },
      },
      { "MCP-Protocol-Version": "2077-01-01", "Mcp-Method": "tools/list" },
    );
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({
      error: { code: -32022, data: { supported: expect.arrayContaining([VERSION]) } },
    });
  });

  it("404 and -32601: an unknown method", async () => {
    const answer = await modern("nothing/here");
    expect(answer.status).toBe(404);
    expect(answer.json).toMatchObject({ error: { code: -32601 } });
  });
});
