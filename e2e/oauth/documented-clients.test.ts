import { describe, expect, it } from "@jest/globals";
import { call, send, toolCall } from "../support/http.ts";
import {
  asPage,
  authorizeUrl,
  Browser,
  describeWithPeople,
  exchange,
  logIn,
  newVerifier,
  origin,
  postJson,
  refresh,
  resource,
  type Tokens,
} from "./support.ts";

/**
 * What clients are documented to send: redirect URIs, registration bodies, metadata documents, the order of their probes.
 * Sources as in server/src/oauth/known-clients.ts; VS Code's body as its metadata document, Cursor's URIs from its forum
 * (2026-07-08), Claude Code's behaviour from anthropics/claude-code issues 37747, 52871 and its release notes.
 */
interface DocumentedClient {
  readonly name: string;
  /** Sent to /register; without one the client has a metadata document. */
  readonly body?: Record<string, unknown>;
  /** URL of its metadata document. */
  readonly document?: string;
  readonly redirectUris: readonly string[];
  /** Beyond an ordinary request. */
  readonly changes?: Record<string, string>;
}

const clients: readonly DocumentedClient[] = [
  {
    name: "Claude Code by its document, on any port of both loopback names, with the scope it adds by itself",
    document: "https://claude.ai/oauth/claude-code-client-metadata",
    redirectUris: ["http://localhost:54545/callback", "http://127.0.0.1:61234/callback", "http://localhost/callback"],
    changes: { scope: `${resource}/read ${resource}/write offline_access`, resource: `${origin}/` },
  },
  {
    name: "Claude Code by registration",
    body: {
      client_name: "Claude Code (remote-mcp-server)",
      redirect_uris: ["http://localhost:54545/callback"],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    },
    redirectUris: ["http://localhost:54545/callback", "http://localhost:54546/callback"],
  },
  {
    name: "claude.ai by its document",
    document: "https://claude.ai/oauth/mcp-oauth-client-metadata",
    redirectUris: ["https://claude.ai/api/mcp/auth_callback"],
  },
  {
    name: "claude.ai by registration",
    body: {
      client_name: "Claude",
      client_uri: "https://claude.ai",
      redirect_uris: ["https://claude.ai/api/mcp/auth_callback"],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "client_secret_post",
    },
    redirectUris: ["https://claude.ai/api/mcp/auth_callback"],
  },
  {
    name: "VS Code by its document",
    document: "https://vscode.dev/oauth/client-metadata.json",
    redirectUris: ["http://127.0.0.1:33418/", "http://127.0.0.1:52777/", "https://vscode.dev/redirect"],
  },
  {
    name: "VS Code by registration",
    body: {
      client_name: "Visual Studio Code",
      client_uri: "https://vscode.dev/product",
      redirect_uris: [
        "https://insiders.vscode.dev/redirect",
        "https://vscode.dev/redirect",
        "http://127.0.0.1/",
        "http://127.0.0.1:33418/",
        "http://127.0.0.1:33418",
      ],
      grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
      application_type: "native",
    },
    redirectUris: ["http://127.0.0.1:33418", "http://127.0.0.1:41000/", "https://insiders.vscode.dev/redirect"],
  },
  {
    name: "Cursor by registration, from before and after it moved to loopback",
    body: {
      client_name: "Cursor",
      redirect_uris: [
        "cursor://anysphere.cursor-mcp/oauth/callback",
        "https://www.cursor.com/agents/mcp/oauth/callback",
        "http://localhost:8787/callback",
      ],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    },
    redirectUris: [
      "cursor://anysphere.cursor-mcp/oauth/callback",
      "https://www.cursor.com/agents/mcp/oauth/callback",
      "http://localhost:8787/callback",
    ],
  },
  {
    name: "ChatGPT by its document",
    document: "https://chatgpt.com/oauth/client.json",
    redirectUris: ["https://chatgpt.com/connector_platform_oauth_redirect"],
  },
  {
    name: "ChatGPT by registration, with a redirect URI of the connector",
    body: {
      client_name: "ChatGPT",
      redirect_uris: ["https://chatgpt.com/connector/oauth/Q3kFh2Zr_8a-"],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    },
    redirectUris: ["https://chatgpt.com/connector/oauth/Q3kFh2Zr_8a-"],
  },
  {
    name: "Gemini CLI by registration",
    body: {
      client_name: "Gemini CLI (remote-mcp-server)",
      redirect_uris: ["http://localhost:7777/oauth/callback"],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
      code_challenge_method: ["S256"],
    },
    redirectUris: ["http://localhost:49321/oauth/callback"],
  },
];

describeWithPeople.each(clients)("$name", ({ body, document, redirectUris, changes }) => {
  let registered: Promise<{ client_id: string; client_secret?: string }> | undefined;
  const register = async () => {
    if (document !== undefined) return { client_id: document };
    const answer = await postJson("/register", body);
    expect(answer.status).toBe(201);
    return answer.json as { client_id: string; client_secret?: string };
  };
  const client = () => (registered ??= register());

  it.each(redirectUris)("logs in, refreshes its tokens and calls a tool, over %s", async (redirect_uri) => {
    const { client_id, client_secret } = await client();
    const verifier = newVerifier();
    const secret = client_secret === undefined ? {} : { client_secret };
    const back = await logIn(authorizeUrl(client_id, verifier, { redirect_uri, ...changes }));
    expect(back.href.startsWith(`${new URL(redirect_uri).href}?`)).toBe(true);
    expect(back.searchParams.get("iss")).toBe(origin);

    const code = back.searchParams.get("code") ?? "";
    const { resource: named = resource } = changes ?? {};
    const answer = await exchange(client_id, code, verifier, { redirect_uri, resource: named, ...secret });
    expect(answer.status).toBe(200);
    const { refresh_token } = answer.json as Tokens;
    const { access_token } = (await refresh(client_id, refresh_token, { resource: named, ...secret })).json as Tokens;
    const called = await call(access_token, toolCall("multiply", { a: 6, b: 7 }));
    expect([called.status, called.text]).toEqual([200, expect.stringContaining('"result":42')]);
  });

  it("is named on the consent page, with what is known about the name", async () => {
    const { client_id } = await client();
    const [redirect_uri = ""] = redirectUris;
    const page = asPage(await new Browser(origin).open(authorizeUrl(client_id, newVerifier(), { redirect_uri })));
    const host = document && new URL(document).hostname;
    const known = redirect_uri.startsWith("https:")
      ? `An app of ${host} (confirmed`
      : `The name belongs to ${host}, but any`;
    expect(page.html).toContain(host ? known : "Nobody has checked it");
  });
});

describe("probes", () => {
  it("find the login in the order of MCP 2025-11-25, authorization: challenge, resource metadata, server metadata", async () => {
    const challenged = await send("/mcp", { method: "POST" });
    const [, metadata = ""] = /resource_metadata="([^"]+)"/.exec(challenged.headers["www-authenticate"] ?? "") ?? [];
    const described = (await send(new URL(metadata).pathname)).json as {
      authorization_servers: string[];
      resource: string;
    };
    expect([described.authorization_servers, described.resource]).toEqual([[origin], resource]);
    const server = (await send("/.well-known/oauth-authorization-server")).json as { issuer: string };
    expect(server.issuer).toBe(described.authorization_servers[0]);
  });

  it("of paths that do not exist are answered with 404, not with the gateway's 403", async () => {
    for (const path of [
      "/.well-known/oauth-authorization-server/other",
      "/mcp/.well-known/openid-configuration",
      "/sse",
    ])
      expect((await send(path, { headers: { Authorization: "Bearer x" } })).status).toBe(404);
  });
});
