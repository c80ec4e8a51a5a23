import { createServer } from "node:http";
import { type FetchHandler, fetchListener } from "./fetch-listener.ts";

/** Serves a handler on a free loopback port: for tests that use the real SDK clients. */
export async function serveOnLoopback(handler: FetchHandler): Promise<{ url: string; close(): Promise<void> }> {
  const errors: string[] = [];
  const server = createServer(fetchListener(handler, (message) => errors.push(message)));
  // Longer than any test: a connection that the server drops while a client picks it up again breaks that client's call.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The test server has no port.");
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      if (errors.length > 0) throw new Error(errors.join("\n"));
    },
  };
}
