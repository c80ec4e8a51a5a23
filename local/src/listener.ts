import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** The port is taken or not allowed; whoever starts the stack should offer another one. */
export class PortError extends Error {
  override name = "PortError";
  readonly port: number;
  readonly code: string;

  constructor(port: number, code: string) {
    super(code === "EADDRINUSE" ? `Port ${port} is in use.` : `Port ${port} cannot be used (${code}).`);
    this.port = port;
    this.code = code;
  }
}

export type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface Listener {
  port: number;
  /** Serves from now on; before, every request is answered with 503. */
  serve: (serve: Serve) => void;
  close: () => Promise<void>;
}

export interface ListenOptions {
  /** 0 for any free port. */
  port: number;
  /** Milliseconds for a whole request to arrive; 0 for no limit. */
  requestTimeoutMs: number;
  onError: (error: unknown) => void;
}

/** CloudFront's limit for a request without its body: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const HEADER_BYTES = 20_480;
const HEADER_COUNT = 200;
const HEADERS_TIMEOUT_MS = 10_000;

/** Opens a listener on 127.0.0.1, where nothing but this machine reaches it. @throws PortError */
export async function listen({ port, requestTimeoutMs, onError }: ListenOptions): Promise<Listener> {
  let serve: Serve = async (_, response) => {
    response.writeHead(503, { "Retry-After": "1" }).end();
  };
  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES,
      requestTimeout: requestTimeoutMs,
      headersTimeout: HEADERS_TIMEOUT_MS,
      keepAliveTimeout: 60_000,
      connectionsCheckingInterval: 5_000,
    },
    (request, response) => {
      // A client that goes away ends its own exchange, nothing else.
      request.on("error", () => {});
      response.on("error", () => {});
      if (!isLocal(request.headers.host))
        return void response.writeHead(403, { Connection: "close" }).end(FOREIGN_HOST);
      serve(request, response).catch((error: unknown) => {
        if (!response.destroyed) onError(error);
        if (response.headersSent) response.destroy();
        else response.writeHead(500, { Connection: "close" }).end();
      });
    },
  );
  server.maxHeadersCount = HEADER_COUNT;

  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(new PortError(port, error.code ?? error.message)));
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  const actual = typeof address === "object" && address !== null ? address.port : port;

  /** A page of another origin reaches this port under its own name when it rebinds its DNS; the Host header tells. */
  function isLocal(host: string | undefined): boolean {
    return ["127.0.0.1", "localhost", "[::1]"].some((name) => host?.toLowerCase() === `${name}:${actual}`);
  }

  let closed: Promise<void> | undefined;
  return {
    port: actual,
    serve: (next) => {
      serve = next;
    },
    close: () => {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closed;
    },
  };
}

const FOREIGN_HOST = "This server answers only to 127.0.0.1 and localhost.\n";
