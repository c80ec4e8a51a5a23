import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { headerPairs } from "./gateway/request.ts";

/** A handler in web-standard types; `target` is the request target as it was sent, which a URL would normalize. */
export type WebHandler = (request: Request, target: string) => Promise<Response>;

/** Serves one request of node:http by a web-standard handler. */
export async function serveWeb(
  handler: WebHandler,
  origin: string,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = message.url ?? "/";
  // A proxy's absolute form is not for us, and `Request` knows no TRACE.
  const servable = target.startsWith("/") && message.method !== "TRACE";
  const answer = servable
    ? await handler(toRequest(message, origin + target), target)
    : new Response(null, { status: 400 });
  for (const [name, value] of answer.headers) response.appendHeader(name, value);
  response.writeHead(answer.status);
  for await (const chunk of answer.body ?? []) {
    if (response.destroyed) return;
    if (!response.write(chunk)) await drained(response);
  }
  response.end();
}

/** Resolves when more can be written, or when nobody reads any more. */
export function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve();
    response.once("drain", resolve);
    response.once("close", resolve);
  });
}

function toRequest(message: IncomingMessage, url: string): Request {
  const method = message.method ?? "GET";
  const headers = headerPairs(message.rawHeaders);
  if (method === "GET" || method === "HEAD") return new Request(url, { method, headers });
  return new Request(url, { method, headers, body: Readable.toWeb(message), duplex: "half" });
}
