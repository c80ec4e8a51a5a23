/** The `tools/call` of both eras, as API Gateway hands them to a function (REST proxy event, version 1.0). */
export const RESOURCE = "https://bench.example/mcp";
const MACHINE = "benchmachine";

/** Environment of the functions; the hand-written one reads the same. */
export const environment = {
  RESOURCE,
  MACHINE_CLIENT_IDS: MACHINE,
  BUCKET_NAME: "bench-files",
  ALLOWED_ORIGINS: "",
  ENVIRONMENT: "dev",
  LOG_LEVEL: "info",
};

const MODERN = "2026-07-28";

function event(headers: Readonly<Record<string, string>>, params: Readonly<Record<string, unknown>>) {
  return {
    httpMethod: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json, text/event-stream", ...headers },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params }),
    isBase64Encoded: false,
    requestContext: {
      authorizer: {
        claims: { token_use: "access", sub: MACHINE, client_id: MACHINE, scope: `${RESOURCE}/read` },
      },
    },
  };
}

const add = { name: "add", arguments: { a: 2, b: 3 } };

export const calls = {
  initialize: event({ "MCP-Protocol-Version": "2025-11-25" }, add),
  [MODERN]: event(
    { "MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/call", "Mcp-Name": "add" },
    {
      ...add,
      _meta: {
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientInfo": { name: "bench", version: "1.0.0" },
        "io.modelcontextprotocol/clientCapabilities": {},
      },
    },
  ),
} as const;

export type Era = keyof typeof calls;
