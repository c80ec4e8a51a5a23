import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Loopback extends AsyncDisposable {
  readonly port: number;
  /** The next request's URL. */
  next(): Promise<URL>;
}

/** A client's listener on a port that the system chose, as RFC 8252, 7.3 describes it. */
export async function listenOnLoopback(): Promise<Loopback> {
  const arrived: URL[] = [];
  const waiting: ((url: URL) => void)[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    response.writeHead(200, { "Content-Type": "text/plain" }).end("You can close this tab.");
    // Browsers ask for an icon beside the page.
    if (url.pathname === "/favicon.ico") return;
    const resolve = waiting.shift();
    if (resolve) resolve(url);
    else arrived.push(url);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    next: () => {
      const url = arrived.shift();
      return url ? Promise.resolve(url) : new Promise((resolve) => waiting.push(resolve));
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
