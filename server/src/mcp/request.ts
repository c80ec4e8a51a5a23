import { isJsonContentType } from "@modelcontextprotocol/server";
import { MAX_BODY_BYTES, sizeProblem } from "./limits.ts";
import { code, Rejection } from "./rejection.ts";
import type { Call } from "./reply.ts";

/**
 * The checks that need no protocol, cheapest first.
 *
 * @returns the body as JSON
 * @throws Rejection 403, 405, 413, 415, 400
 */
export function readBody(call: Call, allowedOrigins: readonly string[]): unknown {
  // Browsers say where a request comes from; everybody else says nothing. (MCP transports, "Security Warning")
  const origin = call.headers.origin;
  if (origin !== undefined && !allowedOrigins.includes(origin)) {
    throw new Rejection(
      403,
      code.transport,
      "This origin may not call the server. The operator lists it in allowedOrigins.",
    );
  }
  // The gateway answers other methods itself; this is for whoever invokes the function directly.
  if (call.method !== "POST") {
    throw new Rejection(405, code.transport, "Send MCP messages by POST.", { Allow: "POST, OPTIONS" });
  }
  if (!isJsonContentType(call.headers["content-type"] ?? null)) {
    throw new Rejection(415, code.transport, "Set Content-Type: application/json and send the message as JSON.");
  }
  if (Buffer.byteLength(call.body) > MAX_BODY_BYTES) {
    throw new Rejection(413, code.transport, `The body is larger than ${MAX_BODY_BYTES} bytes. Send a smaller one.`);
  }
  const body = parse(call.body);
  const problem = sizeProblem(body);
  if (problem !== undefined) throw new Rejection(400, code.invalidRequest, problem);
  return body;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Rejection(400, code.parseError, "The body is not valid JSON. Send one JSON-RPC message as JSON (UTF-8).");
  }
}
