import { randomBytes } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import { auth, type OAuthClientProvider } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { OAuthClientInformationMixed, OAuthTokens } from "@modelcontextprotocol/sdk/shared/auth.js";
import { z } from "zod";

export interface TryLogin {
  /** Open it in a browser. */
  readonly url: string;
  close(): void;
}

/**
 * A small client with a page, for the login of a server whose URL is all it knows: discovery, registration, PKCE and the
 * tokens are the MCP SDK's work. Opening its URL begins a new login; at the end the page shows what a tool answered.
 */
export async function openTryLogin(resource: string): Promise<TryLogin> {
  let session: Session | undefined;
  const serve: RequestListener = async (request, response) => {
    const answer = (status: number, text: string) =>
      response
        .writeHead(status, { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" })
        .end(text);
    try {
      const at = new URL(request.url ?? "/", url);
      if (at.pathname === "/") {
        session = newSession(`${url}callback`);
        await auth(session.provider, { serverUrl: resource });
        response.writeHead(302, { Location: session.opened()?.href, "Cache-Control": "no-store" }).end();
      } else if (at.pathname === "/callback" && session && at.searchParams.get("state") === session.state) {
        const authorizationCode = at.searchParams.get("code");
        if (authorizationCode === null) return answer(200, `No login: ${at.searchParams.get("error")}.\n`);
        await auth(session.provider, { serverUrl: resource, authorizationCode });
        return answer(200, await report(resource, session.provider));
      } else answer(404, `Begin at ${url}\n`);
    } catch (error) {
      answer(500, `That did not work: ${error instanceof Error ? error.message : error}\nBegin again at ${url}\n`);
    }
  };
  const server = createServer(serve);
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const url = `http://127.0.0.1:${port}/`;
  // It must not keep the command alive, nor outlive it.
  server.unref();
  return {
    url,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

interface Session {
  readonly provider: OAuthClientProvider;
  readonly state: string;
  opened(): URL | undefined;
}

/** What the SDK asks an application to remember. */
function newSession(redirectUrl: string): Session {
  const state = randomBytes(16).toString("base64url");
  let client: OAuthClientInformationMixed | undefined;
  let tokens: OAuthTokens | undefined;
  let verifier = "";
  let opened: URL | undefined;
  return {
    state,
    opened: () => opened,
    provider: {
      redirectUrl,
      clientMetadata: {
        client_name: "npm start",
        redirect_uris: [redirectUrl],
        token_endpoint_auth_method: "none",
      },
      state: () => state,
      clientInformation: () => client,
      saveClientInformation: (given) => {
        client = given;
      },
      tokens: () => tokens,
      saveTokens: (given) => {
        tokens = given;
      },
      codeVerifier: () => verifier,
      saveCodeVerifier: (given) => {
        verifier = given;
      },
      redirectToAuthorization: (authorizationUrl) => {
        opened = authorizationUrl;
      },
    },
  };
}

async function report(resource: string, authProvider: OAuthClientProvider): Promise<string> {
  const client = new Client({ name: "npm-start", version: "1" });
  await client.connect(new StreamableHTTPClientTransport(new URL(resource), { authProvider }));
  const { tools } = await client.listTools();
  const sum = await client.callTool({ name: "add", arguments: { a: 2, b: 3 } });
  await client.close();
  const scope = (await authProvider.tokens())?.scope ?? "";
  return [
    "You are logged in.",
    "",
    `scopes  ${scope}`,
    `tools   ${tools.map(({ name }) => name).join(", ")}`,
    `add 2 3 ${JSON.stringify(sum.structuredContent)}`,
    "",
  ].join("\n");
}
