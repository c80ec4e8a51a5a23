import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { Readable } from "node:stream";

/** A web-standard handler. `target` is the request target as it came over the wire, where `..` is not yet resolved away. */
export type FetchHandler = (request: Request, target: string) => Promise<Response>;

/** Lets Node's HTTP server call a web-standard handler; a failure of the handler becomes a 500 and a line for the operator. */
export function fetchListener(handler: FetchHandler, warn: (message: string) => void): RequestListener {
  return async (message, reply) => {
    const target = message.url ?? "";
    try {
      // A proxy's absolute form is not for us, and `Request` knows no TRACE.
      if (!target.startsWith("/") || message.method === "TRACE")
        return await send(new Response(null, { status: 400 }), reply);
      await send(await handler(toRequest(message, target), target), reply);
    } catch (error) {
      warn(`${message.method} ${target.split("?")[0]} failed: ${error instanceof Error ? error.stack : error}`);
      if (reply.headersSent) reply.destroy();
      else reply.writeHead(500, { connection: "close" }).end();
    }
  };
}

function toRequest(message: IncomingMessage, target: string): Request {
  const headers = new Headers();
  for (let i = 0; i < message.rawHeaders.length; i += 2)
    headers.append(message.rawHeaders[i] ?? "", message.rawHeaders[i + 1] ?? "");
  const { method = "GET" } = message;
  // The Host header decides nothing: handlers know their own origin.
  return new Request(`http://127.0.0.1${target}`, {
    method,
    headers,
    body: method === "GET" || method === "HEAD" ? null : Readable.toWeb(message),
    duplex: "half",
  });
}

async function send(response: Response, reply: ServerResponse): Promise<void> {
  for (const [name, value] of response.headers) reply.appendHeader(name, value);
  reply.writeHead(response.status);
  for await (const part of response.body ?? []) {
    if (reply.destroyed) return;
    if (!reply.write(part)) await drained(reply);
  }
  reply.end();
}

/** Resolves when the reply takes more, or nobody reads it any longer. */
function drained(reply: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      reply.off("drain", go).off("close", go);
      resolve();
    };
    reply.on("drain", go).on("close", go);
  });
}
