import { z } from "zod";
import type { FunctionKey } from "../release/release.ts";
import { type FunctionResponse, readResponse } from "./function-response.ts";
import { type GatewayRequest, gatewayEvent, type MachineIdentity } from "./gateway-event.ts";

/** Calls one version directly, past the gateway. */
export type Invoke = (event: unknown) => Promise<Uint8Array>;

export interface ProbeFacts {
  /** The MCP endpoint's public URL. */
  readonly mcpUrl: string;
  readonly machine: MachineIdentity;
  /** The tools the release was built with. */
  readonly tools: readonly string[];
}

/** What a new version must do before an alias may point at it; returns one line for the operator. */
export const probes: Readonly<Record<FunctionKey, (invoke: Invoke, facts: ProbeFacts) => Promise<string>>> = {
  mcp: probeMcp,
  oauth: probeOauth,
};

/** The oldest of the `initialize` era's versions that every client of that era can be offered. */
const PROTOCOL = "2025-06-18";
/** Reads from the bucket through the VPC, changes nothing. */
const READ_ONLY_CALL = { name: "list_files", arguments: { limit: 1 } };

const answer = z.object({
  result: z.record(z.string(), z.unknown()).optional(),
  error: z.object({ code: z.number(), message: z.string() }).optional(),
});
const initialized = z.object({ serverInfo: z.object({ name: z.string(), version: z.string() }) });
const listed = z.object({ tools: z.array(z.object({ name: z.string() })) });
const called = z.object({ isError: z.boolean().default(false), content: z.unknown() });

async function probeMcp(invoke: Invoke, { mcpUrl, machine, tools }: ProbeFacts): Promise<string> {
  const ask = async (method: string, params: unknown) => {
    const response = await send(invoke, {
      method: "POST",
      url: mcpUrl,
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json, text/event-stream",
        ...(method !== "initialize" && { "MCP-Protocol-Version": PROTOCOL }),
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      identity: machine,
    });
    const { result, error } = answer.safeParse(json(response)).data ?? {};
    if (error) throw new Error(`${method} answered the error ${error.code}: ${error.message}`);
    if (response.status !== 200 || !result)
      throw new Error(`${method} answered ${response.status} ${response.body.slice(0, 200)}`);
    return result;
  };
  const { serverInfo } = initialized.parse(
    await ask("initialize", {
      protocolVersion: PROTOCOL,
      capabilities: {},
      clientInfo: { name: "update-lambda", version: "1.0.0" },
    }),
  );
  const names = listed.parse(await ask("tools/list", {})).tools.map(({ name }) => name);
  const missing = tools.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Error(`tools/list lacks ${missing.join(", ")}, which the release was built with`);
  const { isError, content } = called.parse(await ask("tools/call", READ_ONLY_CALL));
  if (isError) throw new Error(`tools/call ${READ_ONLY_CALL.name} failed: ${JSON.stringify(content).slice(0, 200)}`);
  return `${serverInfo.name} ${serverInfo.version} lists ${names.length} tools and answers ${READ_ONLY_CALL.name}`;
}

const registration = z.object({ client_id: z.string().min(1) });

/** Registration keeps nothing (the client id is the sealed registration itself), and needs the function's key to work. */
async function probeOauth(invoke: Invoke, { mcpUrl }: ProbeFacts): Promise<string> {
  const response = await send(invoke, {
    method: "POST",
    url: new URL("/register", mcpUrl).href,
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({
      client_name: "update-lambda",
      redirect_uris: ["http://127.0.0.1/callback"],
      token_endpoint_auth_method: "none",
    }),
  });
  if (response.status !== 201 || !registration.safeParse(json(response)).success) {
    const hint = response.status >= 500 ? " Has its sealing secret been written? npm run -s rotate-key -- --help" : "";
    throw new Error(
      `POST /register answered ${response.status} ${response.body.slice(0, 200)}, expected 201 with a client_id.${hint}`,
    );
  }
  return "registers a client";
}

async function send(invoke: Invoke, request: GatewayRequest): Promise<FunctionResponse> {
  return readResponse(await invoke(gatewayEvent(request)));
}

function json({ body }: FunctionResponse): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
