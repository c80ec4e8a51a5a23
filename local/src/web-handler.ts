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
  const answer = await handler(toRequest(message, new URL(target, origin)), target);
  for (const [name, value] of answer.headers) response.appendHeader(name, value);
  response.writeHead(answer.status);
  for await (const chunk of answer.body ?? []) if (!response.write(chunk) && response.destroyed) break;
  response.end();
}

function toRequest(message: IncomingMessage, url: URL): Request {
  const method = message.method ?? "GET";
  const headers = headerPairs(message.rawHeaders);
  if (method === "GET" || method === "HEAD") return new Request(url, { method, headers });
  return new Request(url, { method, headers, body: Readable.toWeb(message), duplex: "half" });
}
