/**
 * Callbacks of hosted clients, which cannot use loopback. Sources, read 2026-09 to 2026-11: claude.com/docs/connectors/building/authentication,
 * developers.openai.com/plugins/build/auth (a path per connector where the server sends no `iss`), code.visualstudio.com's
 * MCP guide, cursor.com/docs/mcp, and the clients' own metadata documents.
 */
export const hostedRedirects: readonly string[] = [
  "https://claude.ai/api/mcp/auth_callback",
  "https://claude.com/api/mcp/auth_callback",
  "https://chatgpt.com/connector_platform_oauth_redirect",
  "https://chatgpt.com/connector/oauth/*",
  "https://vscode.dev/redirect",
  "https://insiders.vscode.dev/redirect",
  "https://www.cursor.com/agents/mcp/oauth/callback",
  "https://www.cursor.com/bot/mcp/oauth/callback",
];

/**
 * Metadata documents of clients whose hosts answer some cloud addresses with a challenge page instead (claude.ai does, seen
 * 2026-09-02). Used only when the fetch itself fails; `read` is the day the copy was published as such.
 */
export const knownDocuments: readonly {
  readonly read: string;
  readonly document: { readonly client_id: string; readonly [name: string]: unknown };
}[] = [
  {
    read: "2026-09-29",
    document: {
      client_id: "https://claude.ai/oauth/mcp-oauth-client-metadata",
      client_name: "Claude",
      redirect_uris: ["https://claude.ai/api/mcp/auth_callback"],
      token_endpoint_auth_method: "none",
    },
  },
  {
    read: "2026-10-01",
    document: {
      client_id: "https://claude.ai/oauth/claude-code-client-metadata",
      client_name: "Claude Code",
      redirect_uris: ["http://localhost/callback", "http://127.0.0.1/callback"],
      token_endpoint_auth_method: "none",
    },
  },
  {
    read: "2026-09-08",
    document: {
      client_id: "https://vscode.dev/oauth/client-metadata.json",
      client_name: "Visual Studio Code",
      redirect_uris: ["http://127.0.0.1:33418/", "https://vscode.dev/redirect"],
      token_endpoint_auth_method: "none",
    },
  },
  {
    read: "2026-09-08",
    document: {
      client_id: "https://chatgpt.com/oauth/client.json",
      client_name: "ChatGPT",
      redirect_uris: ["https://chatgpt.com/connector_platform_oauth_redirect"],
      token_endpoint_auth_method: "private_key_jwt",
    },
  },
];
