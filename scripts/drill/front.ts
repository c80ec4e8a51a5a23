import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { InvokeWithResponseStreamCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { readResponse } from "../src/deploy/function-response.ts";
import { gatewayEvent } from "../src/deploy/gateway-event.ts";
import { MACHINE } from "./environment.ts";

const TOKEN = "a-token-of-the-drill";

/**
 * What stands between a client and the alias `live`, as far as the smoke test meets it: the challenge, the documents, the
 * token endpoint, and the call of the alias. The gateway's own behaviour is proven by the local stack and the emulator suite.
 */
export class Front {
  readonly #server: Server;
  #lambda: LambdaClient | undefined;
  /** Milliseconds that every MCP call waits, so that a drill can act in the middle of a smoke test. */
  delay = 0;
  /** Called at each MCP call. */
  onCall: () => void = () => {};

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", (request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(502);
        response.end(JSON.stringify({ message: String(error) }));
      });
    });
  }

  static async start(): Promise<Front> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Front(server);
  }

  get origin(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  }

  serve(lambda: LambdaClient): void {
    this.#lambda = lambda;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const { origin } = this;
    const json = (status: number, value: unknown, headers = {}) =>
      response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(value));
    if (request.url === "/.well-known/oauth-protected-resource/mcp") {
      json(200, {
        resource: `${origin}/mcp`,
        authorization_servers: [origin],
        scopes_supported: [`${origin}/mcp/read`],
      });
    } else if (request.url === "/.well-known/oauth-authorization-server") {
      json(200, { issuer: origin, token_endpoint: `${origin}/token` });
    } else if (request.url === "/token") {
      json(200, { access_token: TOKEN, expires_in: 3600 });
    } else if (request.url !== "/mcp" || request.method !== "POST") {
      json(405, { message: "POST /mcp" });
    } else if (request.headers.authorization !== `Bearer ${TOKEN}`) {
      const challenge = `Bearer resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"`;
      json(401, { message: "Unauthorized" }, { "WWW-Authenticate": challenge });
    } else {
      this.onCall();
      await new Promise((resolve) => setTimeout(resolve, this.delay));
      const answer = readResponse(await this.#invoke(request, body));
      response.writeHead(answer.status, answer.headers).end(answer.body);
    }
  }

  async #invoke(request: IncomingMessage, body: string): Promise<Uint8Array> {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const url = `${this.origin}/mcp`;
    const identity = { clientId: MACHINE.client_id, scope: `${url}/read ${url}/write` };
    const event = gatewayEvent({ method: "POST", url, headers, body, identity });
    const { EventStream } = (await this.#lambda?.send(
      new InvokeWithResponseStreamCommand({
        FunctionName: "remote-mcp-dev-mcp",
        Qualifier: "live",
        Payload: Buffer.from(JSON.stringify({ ...event, requestContext: { ...event.requestContext, apiId: "drill" } })),
      }),
    )) ?? { EventStream: undefined };
    const chunks: Uint8Array[] = [];
    for await (const { PayloadChunk } of EventStream ?? [])
      if (PayloadChunk?.Payload) chunks.push(PayloadChunk.Payload);
    return Buffer.concat(chunks);
  }
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}
