import { KEEP_ALIVE_MS } from "./limits.ts";
import type { Reply } from "./reply.ts";

/** Neither caches nor proxies may hold events back. (MCP 2026-07-28, transports: X-Accel-Buffering) */
const headers = {
  "Content-Type": "text/event-stream",
  "Cache-Control": "no-cache, no-transform",
  "X-Accel-Buffering": "no",
};

/** A stream of server-sent events, with a comment now and then so that nobody on the way takes it for dead. */
export function eventStream(): { reply: Reply; send(message: object): void; end(): void } {
  const { readable, writable } = new TransformStream<string, string>(undefined, { highWaterMark: Infinity });
  const writer = writable.getWriter();
  // Nobody reads any more: there is nothing left to tell anybody.
  const write = (text: string) => void writer.write(text).catch(() => {});
  const keepAlive = setInterval(() => write(": keepalive\n\n"), KEEP_ALIVE_MS);
  keepAlive.unref();
  return {
    reply: { status: 200, headers, body: readable },
    send: (message) => write(`event: message\ndata: ${JSON.stringify(message)}\n\n`),
    end() {
      clearInterval(keepAlive);
      void writer.close().catch(() => {});
    },
  };
}
