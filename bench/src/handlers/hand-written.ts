/**
 * What a good engineer would write who knows that only one tool is ever called and wants no dependency: the same duties
 * as the product's function (token claims, origin, limits, both eras, argument checks, an audit line that is the metric),
 * none of its breadth.
 */
const RESOURCE = process.env.RESOURCE ?? "";
const MACHINES = (process.env.MACHINE_CLIENT_IDS ?? "").split(",");
const ORIGINS = [RESOURCE.replace(/\/mcp$/, ""), ...(process.env.ALLOWED_ORIGINS ?? "").split(",")];
const MAX_BODY = 2 * 1024 * 1024;
const MAX_DEPTH = 32;
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

const METRIC = [
  {
    Namespace: "bench",
    Dimensions: [["environment", "era", "outcome"]],
    Metrics: [{ Name: "Duration", Unit: "Milliseconds" }],
  },
];

interface Served {
  readonly status: number;
  readonly answer?: Fields | undefined;
  readonly method?: string | undefined;
  readonly tool?: string | undefined;
  readonly era?: "initialize" | "2026-07-28" | undefined;
}

export const handler = async (event: ProxyEvent, context: { awsRequestId?: string } = {}) => {
  const started = performance.now();
  const { status, answer, method, tool, era = "none" } = serve(event);
  const body = answer === undefined ? "" : JSON.stringify(answer);
  const { sub, client_id } = event.requestContext?.authorizer?.claims ?? {};
  const line = {
    timestamp: new Date().toISOString(),
    level: "info",
    requestId: context.awsRequestId,
    event: "call",
    subject: sub,
    client: client_id,
    method,
    tool,
    status,
    bytesIn: event.body === null ? 0 : Buffer.byteLength(event.body),
    bytesOut: Buffer.byteLength(body),
    environment: "dev",
    era,
    outcome: status < 400 ? "ok" : "rejected",
    Duration: performance.now() - started,
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: METRIC },
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
  return { statusCode: status, headers: { "Content-Type": "application/json" }, body };
};

function serve({ httpMethod, headers, body, requestContext }: ProxyEvent): Served {
  const claims = requestContext?.authorizer?.claims;
  if (claims === undefined || !allowed(claims)) return refusal(403, null, -32000, "Wrong token");
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  if (lower.origin !== undefined && !ORIGINS.includes(lower.origin)) return refusal(403, null, -32000, "Wrong origin");
  if (httpMethod !== "POST") return refusal(405, null, -32000, "Use POST");
  if (!lower["content-type"]?.startsWith("application/json")) return refusal(415, null, -32000, "Send JSON");
  if (body === null || Buffer.byteLength(body) > MAX_BODY) return refusal(413, null, -32000, "Too large");
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    return refusal(400, null, -32700, "Not JSON");
  }
  if (!isFields(message) || typeof message.method !== "string") return refusal(400, null, -32600, "Not JSON-RPC");
  if (depthOf(message) > MAX_DEPTH) return refusal(400, null, -32600, "Too deep");
  const { id, method } = message;
  if (id === undefined) return { status: 202, method };
  const params = isFields(message.params) ? message.params : {};
  const meta = isFields(params._meta) ? params._meta : {};
  const modern = meta["io.modelcontextprotocol/protocolVersion"] === MODERN;
  if (modern && (lower["mcp-protocol-version"] !== MODERN || lower["mcp-method"] !== method)) {
    return refusal(400, id, -32020, "Headers and body disagree");
  }
  return { ...call(id, method, params, modern), method, era: modern ? MODERN : "initialize" };
}

function call(id: unknown, method: string, params: Fields, modern: boolean): Served {
  const era = modern ? { resultType: "complete", _meta: { "io.modelcontextprotocol/serverInfo": info } } : undefined;
  const success = (result: Fields, tool?: string): Served => ({
    status: 200,
    answer: { jsonrpc: "2.0", id, result: { ...result, ...era } },
    tool,
  });
  if (method === "tools/call") {
    if (params.name !== "add") return refusal(200, id, -32602, "Unknown tool");
    const { a, b } = isFields(params.arguments) ? params.arguments : {};
    if (typeof a !== "number" || typeof b !== "number") {
      return success({ content: [{ type: "text", text: "a and b must be numbers" }], isError: true }, "add");
    }
    const structuredContent = { result: a + b };
    return success({ content: [{ type: "text", text: JSON.stringify(structuredContent) }], structuredContent }, "add");
  }
  if (method === "tools/list") return success({ tools });
  if (method === "server/discover" && modern) return success({ supportedVersions: [MODERN], capabilities });
  if (method === "ping" && !modern) return success({});
  if (method === "initialize" && !modern) {
    const asked = String(params.protocolVersion);
    const protocolVersion = VERSIONS.includes(asked) ? asked : VERSIONS[0];
    return success({ protocolVersion, capabilities, serverInfo: info });
  }
  return refusal(modern ? 404 : 200, id, -32601, "Method not found");
}

function depthOf(value: unknown, depth = 0): number {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return depth;
  return Math.max(depth + 1, ...Object.values(value).map((child) => depthOf(child, depth + 1)));
}

function allowed(claims: Fields): boolean {
  const machine = typeof claims.client_id === "string" && MACHINES.includes(claims.client_id);
  const audience = claims.aud === undefined ? machine : claims.aud === RESOURCE;
  const scopes = typeof claims.scope === "string" ? claims.scope.split(" ") : [];
  return claims.token_use === "access" && audience && scopes.includes(`${RESOURCE}/read`);
}

function refusal(status: number, id: unknown, code: number, message: string): Served {
  return { status, answer: { jsonrpc: "2.0", id, error: { code, message } } };
}
