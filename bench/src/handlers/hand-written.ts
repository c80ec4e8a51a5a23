/**
 * What a good engineer would write who knows that only one tool is ever called and wants no dependency: the same duties
 * as the product's function (token claims, limits, both eras, argument checks, one audit line), none of its breadth.
 */
const RESOURCE = process.env.RESOURCE ?? "";
const MACHINES = (process.env.MACHINE_CLIENT_IDS ?? "").split(",");
const MAX_BODY = 2 * 1024 * 1024;
const MODERN = "2026-07-28";
const VERSIONS = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];
const info = { name: "bench", version: "1.0.0" };
const capabilities = { tools: { listChanged: false } };
const number = { type: "number" };
const tools = [
  {
    name: "add",
    description: "Adds a and b and returns the sum.",
    inputSchema: { type: "object", properties: { a: number, b: number }, required: ["a", "b"] },
  },
];

interface ProxyEvent {
  readonly httpMethod: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly requestContext?: { readonly authorizer?: { readonly claims?: Readonly<Record<string, unknown>> } };
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const handler = async (event: ProxyEvent, context: { awsRequestId?: string } = {}) => {
  const started = performance.now();
  const [statusCode, answer, tool] = serve(event);
  const body = answer === undefined ? "" : JSON.stringify(answer);
  const duration = performance.now() - started;
  const { sub } = event.requestContext?.authorizer?.claims ?? {};
  process.stdout.write(
    `${JSON.stringify({ time: new Date().toISOString(), id: context.awsRequestId, sub, tool, statusCode, duration })}\n`,
  );
  return { statusCode, headers: { "Content-Type": "application/json" }, body };
};

function serve({ httpMethod, headers, body, requestContext }: ProxyEvent): [number, Fields?, string?] {
  const claims = requestContext?.authorizer?.claims;
  if (claims === undefined || !allowed(claims)) return [403, failure(null, -32000, "Wrong token")];
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  if (httpMethod !== "POST") return [405, failure(null, -32000, "Use POST")];
  if (!lower["content-type"]?.startsWith("application/json")) return [415, failure(null, -32000, "Send JSON")];
  if (body === null || Buffer.byteLength(body) > MAX_BODY) return [413, failure(null, -32000, "Too large")];
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    return [400, failure(null, -32700, "Not JSON")];
  }
  if (!isFields(message) || typeof message.method !== "string") return [400, failure(null, -32600, "Not JSON-RPC")];
  if (message.id === undefined) return [202];
  const params = isFields(message.params) ? message.params : {};
  const meta = isFields(params._meta) ? params._meta : {};
  const modern = meta["io.modelcontextprotocol/protocolVersion"] === MODERN;
  if (modern && (lower["mcp-protocol-version"] !== MODERN || lower["mcp-method"] !== message.method)) {
    return [400, failure(message.id, -32020, "Headers and body disagree")];
  }
  return call(message.id, message.method, params, modern);
}

function call(id: unknown, method: string, params: Fields, modern: boolean): [number, Fields, string?] {
  const era = modern ? { resultType: "complete", _meta: { "io.modelcontextprotocol/serverInfo": info } } : undefined;
  const success = (result: Fields): Fields => ({ jsonrpc: "2.0", id, result: { ...result, ...era } });
  if (method === "tools/call") {
    if (params.name !== "add") return [200, failure(id, -32602, "Unknown tool")];
    const { a, b } = isFields(params.arguments) ? params.arguments : {};
    if (typeof a !== "number" || typeof b !== "number") {
      return [200, success({ content: [{ type: "text", text: "a and b must be numbers" }], isError: true }), "add"];
    }
    const structuredContent = { result: a + b };
    const text = JSON.stringify(structuredContent);
    return [200, success({ content: [{ type: "text", text }], structuredContent }), "add"];
  }
  if (method === "tools/list") return [200, success({ tools })];
  if (method === "server/discover" && modern) return [200, success({ supportedVersions: [MODERN], capabilities })];
  if (method === "ping" && !modern) return [200, success({})];
  if (method === "initialize" && !modern) {
    const asked = String(params.protocolVersion);
    return [
      200,
      success({ protocolVersion: VERSIONS.includes(asked) ? asked : VERSIONS[0], capabilities, serverInfo: info }),
    ];
  }
  return [modern ? 404 : 200, failure(id, -32601, "Method not found")];
}

function allowed(claims: Fields): boolean {
  const machine = typeof claims.client_id === "string" && MACHINES.includes(claims.client_id);
  const audience = claims.aud === undefined ? machine : claims.aud === RESOURCE;
  const scopes = typeof claims.scope === "string" ? claims.scope.split(" ") : [];
  return claims.token_use === "access" && audience && scopes.includes(`${RESOURCE}/read`);
}

function failure(id: unknown, code: number, message: string): Fields {
  return { jsonrpc: "2.0", id, error: { code, message } };
}
