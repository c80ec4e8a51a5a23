import { once } from "node:events";
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, request, type ServerResponse } from "node:http";

/**
 * The suite sends no Authorization header, so it calls this: a reverse proxy that adds the token and changes nothing else.
 * As reverse proxies do, it presents its own host and origin to the server behind as the server's; foreign ones pass
 * unchanged, because the server is to refuse them.
 *
 * @returns where it listens, on an ephemeral loopback port
 */
export async function startTokenProxy(upstream: URL, token: string): Promise<{ url: URL; close(): void }> {
  const server = createServer((incoming, outgoing) => {
    const forwarded = request(
      {
        host: upstream.hostname,
        port: upstream.port,
        method: incoming.method,
        path: incoming.url,
        headers: headersFor(incoming),
        // No agent: a stream that the suite leaves must not keep a pooled connection busy.
        agent: false,
      },
      (answer) => relay(answer, outgoing),
    );
    forwarded.on("error", (error) => outgoing.writeHead(502).end(error.message));
    // When the suite gives up on a stream, so does the proxy.
    outgoing.on("close", () => forwarded.destroy());
    incoming.pipe(forwarded);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port.");
  const own = new Set(["127.0.0.1", "localhost"].map((name) => `${name}:${address.port}`));

  function headersFor({ headers }: IncomingMessage): OutgoingHttpHeaders {
    const { host, origin } = headers;
    return {
      ...headers,
      authorization: `Bearer ${token}`,
      ...(host !== undefined && own.has(host) && { host: upstream.host }),
      ...(origin !== undefined && own.has(origin.replace("http://", "")) && { origin: upstream.origin }),
    };
  }

  return {
    url: new URL(upstream.pathname, `http://127.0.0.1:${address.port}`),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function relay(answer: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
  outgoing.flushHeaders();
  answer.pipe(outgoing);
}
