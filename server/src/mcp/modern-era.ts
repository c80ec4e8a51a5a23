import { createMcpHandler, type Server } from "@modelcontextprotocol/server";
import { KEEP_ALIVE_MS } from "./limits.ts";
import { code, Rejection } from "./rejection.ts";
import type { Call, Reply } from "./reply.ts";

/**
 * Serves one POST of revision 2026-07-28: the SDK checks headers against body, version and envelope.
 *
 * @throws Rejection 404
 */
export async function serveModernEra(
  call: Call,
  body: unknown,
  { method, connect, onerror }: { method: string | undefined; connect: () => Server; onerror: (error: Error) => void },
): Promise<Reply> {
  // The SDK would open a stream that never ends, and nothing here ever changes while it runs.
  if (method === "subscriptions/listen") {
    throw new Rejection(404, code.methodNotFound, "This server has nothing to subscribe to: its lists do not change.");
  }
  // A handler per request: it holds nothing that is worth keeping, and so nothing that could be mixed up.
  const handler = createMcpHandler(connect, { legacy: "reject", keepAliveMs: KEEP_ALIVE_MS, onerror });
  const request = new Request("https://mcp.invalid/mcp", { method: "POST", headers: call.headers });
  const response = await handler.fetch(request, { parsedBody: body });
  const headers = Object.fromEntries(response.headers);
  const isStream = headers["content-type"] === "text/event-stream" && response.body !== null;
  return { status: response.status, headers, body: isStream ? response.body : await response.text() };
}
