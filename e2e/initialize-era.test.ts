import { describe, expect, it } from "@jest/globals";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { readTarget } from "./support/target.ts";
import { machineToken } from "./support/tokens.ts";

/** The official 1.x client, made to ask for one revision: it always asks for its newest by itself. */
async function connect(version: string) {
  const requested: string[] = [];
  const transport = new StreamableHTTPClientTransport(new URL(readTarget().resource), {
    requestInit: { headers: { Authorization: `Bearer ${await machineToken()}` } },
    fetch: (url, init) => {
      const body = String(init?.body ?? "");
      requested.push(new Headers(init?.headers).get("mcp-protocol-version") ?? "");
      if (!body.includes('"method":"initialize"')) return fetch(url, init);
      const message = JSON.parse(body);
      message.params.protocolVersion = version;
      return fetch(url, { ...init, body: JSON.stringify(message) });
    },
  });
  const client = new Client({ name: "e2e", version: "1.0.0" });
  await client.connect(transport as Parameters<typeof client.connect>[0]);
  return { client, transport, requested };
}

describe.each(["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"])("the SDK's 1.x client at %s", (version) => {
  it("connects, lists and calls", async () => {
    const { client, transport, requested } = await connect(version);
    try {
      expect(transport.protocolVersion).toBe(version);
      expect(transport.sessionId).toBeUndefined();
      expect(client.getServerVersion()).toMatchObject({ name: "remote-mcp-server" });
      expect(client.getServerCapabilities()).toEqual({ tools: expect.not.objectContaining({ listChanged: true }) });
      const { tools } = await client.listTools();
      expect(tools.map((tool) => tool.name)).toEqual(expect.arrayContaining(["list_files", "add", "multiply"]));
      // The client checks every structured result against the tool's outputSchema itself.
      await expect(client.callTool({ name: "add", arguments: { a: 40, b: 2 } })).resolves.toMatchObject({
        structuredContent: { result: 42 },
      });
      const listed = await client.callTool({ name: "list_files", arguments: { limit: 2 } });
      expect(listed.isError).not.toBe(true);
      await client.ping();
      expect(requested.at(-1)).toBe(version);
    } finally {
      await client.close();
    }
  });
});

it("offers its newest revision to a client that asks for one it does not know", async () => {
  const { client, transport } = await connect("2077-01-01");
  expect(transport.protocolVersion).toBe("2025-11-25");
  await client.close();
});
