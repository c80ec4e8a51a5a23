import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { unzipSync } from "fflate";
import * as z from "zod";
import { build, type Source } from "../build.ts";

export const RESOURCE = "https://mcp.test.example/mcp";
export const MACHINE = "machine-client";
export const MODERN = "2026-07-28";

const answer = z.object({ statusCode: z.number(), headers: z.record(z.string(), z.string()), body: z.string() });
export type Answer = z.infer<typeof answer>;

export interface TestFunction {
  invoke(event: unknown, context?: object): Promise<Answer>;
  /** What it wrote to its log since the last time, line by line. */
  takeLog(): Record<string, unknown>[];
  remove(): void;
}

/** Builds the zip, unpacks it as Lambda does and loads its handler; without `awslambda`, so its answers are buffered. */
export async function loadFunction(source?: Source): Promise<TestFunction> {
  const { zip } = await build(source);
  const folder = mkdtempSync(join(tmpdir(), "mcp-function-"));
  for (const [name, contents] of Object.entries(unzipSync(readFileSync(zip))))
    writeFileSync(join(folder, name), contents);
  Object.assign(process.env, {
    RESOURCE,
    MACHINE_CLIENT_IDS: MACHINE,
    BUCKET_NAME: "secret-bucket-name",
    ALLOWED_ORIGINS: "https://app.example",
    ENVIRONMENT: "dev",
    LOG_LEVEL: "error",
  });
  const lines: string[] = [];
  const original = process.stdout.write;
  process.stdout.write = (chunk: string | Uint8Array) => {
    lines.push(String(chunk));
    return true;
  };
  const { handler } = await import(pathToFileURL(join(folder, "index.mjs")).href);
  return {
    async invoke(event, context = {}) {
      return answer.parse(await handler(event, context));
    },
    takeLog: () => lines.splice(0).map((line) => JSON.parse(line)),
    remove() {
      process.stdout.write = original;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Claims = Readonly<Record<string, unknown>>;

export const machineClaims: Claims = {
  token_use: "access",
  sub: MACHINE,
  client_id: MACHINE,
  scope: `${RESOURCE}/read ${RESOURCE}/write`,
};

export const personClaims: Claims = {
  token_use: "access",
  sub: "3f1c0c1e-person",
  client_id: "browser-client",
  aud: RESOURCE,
  scope: `${RESOURCE}/read`,
};

/** A POST as API Gateway hands it over; a body that is not a string is sent as JSON. */
export function post(
  body: unknown,
  { headers = {}, claims = machineClaims }: { headers?: Readonly<Record<string, string>>; claims?: unknown } = {},
) {
  return {
    httpMethod: "POST",
    path: "/mcp",
    headers: { "Content-Type": "application/json", Accept: "application/json, text/event-stream", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: { requestId: "gateway-id", authorizer: { claims } },
  };
}

export const request = (method: string, params?: unknown, id: string | number = 1) => ({
  jsonrpc: "2.0",
  id,
  method,
  ...(params !== undefined && { params }),
});

/** The same request in revision 2026-07-28: with its envelope and headers. */
export function modern(
  method: string,
  params: Readonly<Record<string, unknown>> = {},
  { headers = {}, claims = machineClaims }: { headers?: Readonly<Record<string, string>>; claims?: unknown } = {},
) {
  const _meta = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  return post(request(method, { ...params, _meta }), {
    claims,
    headers: {
      "MCP-Protocol-Version": MODERN,
      "Mcp-Method": method,
      ...(typeof params.name === "string" && { "Mcp-Name": params.name }),
      ...headers,
    },
  });
}

/** The body of an answer as JSON. */
export function json(answer: Answer): { result?: Record<string, unknown>; error?: { code: number; message: string } } {
  return JSON.parse(answer.body);
}
