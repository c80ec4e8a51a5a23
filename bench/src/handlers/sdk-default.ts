import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import * as z from "zod";

/** The SDK's handler as its README shows it, behind the shortest adapter for API Gateway. One tool, no checks of its own. */
const mcp = createMcpHandler(() => {
  const server = new McpServer({ name: "bench", version: "1.0.0" });
  server.registerTool(
    "add",
    {
      title: "Add two numbers",
      description: "Adds a and b and returns the sum.",
      inputSchema: z.object({ a: z.number(), b: z.number() }),
      outputSchema: z.object({ result: z.number() }),
    },
    ({ a, b }) => {
      const structuredContent = { result: a + b };
      return { content: [{ type: "text", text: JSON.stringify(structuredContent) }], structuredContent };
    },
  );
  return server;
});

export const handler = async (event: { httpMethod: string; headers: Record<string, string>; body: string }) => {
  const request = new Request("https://bench.example/mcp", {
    method: event.httpMethod,
    headers: event.headers,
    body: event.body,
  });
  const response = await mcp.fetch(request);
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
};
