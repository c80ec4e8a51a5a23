import { listen } from "../listener.ts";
import { serveWeb, type WebHandler } from "../web-handler.ts";

/** Serves a handler on a free loopback port, as the stack does: for tests that use the real SDK clients. */
export async function serveOnLoopback(handler: WebHandler): Promise<{ url: string; close(): Promise<void> }> {
  const errors: unknown[] = [];
  const listener = await listen({ port: 0, requestTimeoutMs: 0, onError: (error) => errors.push(error) });
  const url = `http://127.0.0.1:${listener.port}`;
  listener.serve((request, response) => serveWeb(handler, url, request, response));
  return {
    url,
    async close() {
      await listener.close();
      if (errors.length > 0) throw new AggregateError(errors, "The handler failed.");
    },
  };
}
