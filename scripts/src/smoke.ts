import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { z } from "zod";
import { type MachineCredentials, requestMachineToken } from "./machine-token.ts";

/** One thing the smoke test did, in the order a client does it. */
export interface SmokeStep {
  readonly name: string;
  /** What came back, in one line a person can read. */
  readonly detail: string;
  /** Milliseconds from sending to having the whole answer. */
  readonly milliseconds: number;
}

/** Thrown by {@link smoke}: says which step failed and what it met. */
export class SmokeFailure extends Error {
  readonly step: string;
  constructor(step: string, cause: unknown) {
    super(`${step}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.step = step;
  }
}

const protectedResource = z.object({
  resource: z.url(),
  authorization_servers: z.array(z.url()).min(1),
  scopes_supported: z.array(z.string()),
});
const authorizationServer = z.object({ issuer: z.url(), token_endpoint: z.url() });

/**
 * Does the main job against a server of which only the URL of its MCP endpoint is known: finds the login from the
 * refusal (RFC 9728, RFC 8414), gets a machine token, and calls the tools with the official SDK's client.
 * Changes nothing on the server. Throws {@link SmokeFailure}.
 *
 * @param endpoint the URL a user pastes, `https://<host>/mcp`
 * @param credentials the machine client's, from the environment's secret
 */
export async function smoke(
  endpoint: string,
  credentials: MachineCredentials,
  onStep: (step: SmokeStep) => void = () => {},
): Promise<SmokeStep[]> {
  const steps: SmokeStep[] = [];
  async function step<T>(name: string, run: () => Promise<T>, describe: (value: T) => string): Promise<T> {
    const start = performance.now();
    try {
      const value = await run();
      const done = { name, detail: describe(value), milliseconds: performance.now() - start };
      steps.push(done);
      onStep(done);
      return value;
    } catch (error) {
      throw new SmokeFailure(name, error);
    }
  }

  const metadataUrl = await step(
    "call without a token",
    () => challenge(endpoint),
    (url) => `401, WWW-Authenticate names ${url}`,
  );
  const metadata = await step(
    "protected resource metadata",
    async () => {
      const document = protectedResource.parse(await getJson(metadataUrl));
      if (document.resource !== endpoint) throw new Error(`it describes ${document.resource}, not ${endpoint}`);
      return document;
    },
    (document) => `authorization server ${document.authorization_servers[0]}`,
  );
  const server = await step(
    "authorization server metadata",
    async () => {
      const issuer = metadata.authorization_servers[0] ?? "";
      const document = authorizationServer.parse(
        await getJson(new URL("/.well-known/oauth-authorization-server", issuer).href),
      );
      if (document.issuer !== issuer)
        throw new Error(`its issuer is ${document.issuer}, expected ${issuer} (RFC 8414)`);
      return document;
    },
    (document) => `token endpoint ${document.token_endpoint}`,
  );
  const token = await step(
    "client_credentials token",
    () => requestMachineToken(server.token_endpoint, credentials),
    (value) => `good for ${value.expiresIn} s, scope ${value.scope ?? "as granted"}`,
  );

  const client = new Client({ name: "smoke", version: "1.0.0" });
  const transport = new StreamableHTTPClientTransport(new URL(endpoint), {
    requestInit: { headers: { Authorization: `Bearer ${token.accessToken}` } },
  });
  await step(
    "initialize",
    // The SDK declares `sessionId` without `| undefined`, which exactOptionalPropertyTypes tells apart.
    () => client.connect(transport as Parameters<typeof client.connect>[0]),
    () =>
      `${client.getServerVersion()?.name} ${client.getServerVersion()?.version}, protocol ${transport.protocolVersion}`,
  );
  try {
    await step(
      "tools/list",
      () => client.listTools(),
      ({ tools }) => tools.map((tool) => tool.name).join(", "),
    );
    const call = (name: string, args: Record<string, unknown>, describe = abbreviate) =>
      step(
        `tools/call ${name}`,
        async () => {
          const result = await client.callTool({ name, arguments: args });
          if (result.isError) throw new Error(JSON.stringify(result.content));
          return result.structuredContent ?? result.content;
        },
        describe,
      );
    await call("list_files", { limit: 5 }, (page) => keysOf(page).join(", "));
    await call("add", { a: 2, b: 3 });
    await call("multiply", { a: 6, b: 7 });
  } finally {
    await client.close();
  }
  return steps;
}

/** Sends one call without a token and returns the metadata URL of its challenge (RFC 9728 section 5.1). */
async function challenge(endpoint: string): Promise<string> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json, text/event-stream" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
  });
  await response.body?.cancel();
  if (response.status !== 401) throw new Error(`expected 401, got ${response.status}`);
  const header = response.headers.get("www-authenticate") ?? "";
  const url = /resource_metadata="([^"]+)"/.exec(header)?.[1];
  if (url === undefined) throw new Error(`the 401 has no resource_metadata in WWW-Authenticate ("${header}")`);
  return url;
}

async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}

function abbreviate(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}

const fileList = z.object({ files: z.array(z.object({ key: z.string() })) });

function keysOf(page: unknown): string[] {
  const keys = fileList.parse(page).files.map((file) => file.key);
  return keys.length === 0 ? ["no files yet"] : keys;
}
