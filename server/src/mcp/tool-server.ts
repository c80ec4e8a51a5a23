import {
  LATEST_PROTOCOL_VERSION,
  type Result,
  Server,
  type ServerContext,
  SUPPORTED_PROTOCOL_VERSIONS,
} from "@modelcontextprotocol/server";
import * as z from "zod";
import type { Files } from "../files/files.ts";
import type { Tool } from "../tools/tool.ts";
import type { Caller } from "./identity.ts";
import { code } from "./rejection.ts";
import { callTool } from "./tool-call.ts";

/** What one HTTP request brings along; a server lives for one request, so nothing of a caller can outlive it. */
export interface Session {
  readonly era: Era;
  /** Of the request; undefined for a batch. */
  readonly method: string | undefined;
  /** What `method` is about: `params.name`, where there is one. */
  readonly target: string | undefined;
  readonly caller: Caller;
  readonly resource: string;
  readonly files: Files;
  /** Aborts at the deadline of the call. */
  readonly signal: AbortSignal;
  /** Whether the client can read an event stream; without, progress is not sent. */
  readonly streams: boolean;
  readonly observer: Observer;
}

export type Era = "initialize" | "2026-07-28";

/** What happens inside, for the audit line. */
export interface Observer {
  tool(name: string, outcome: "ok" | "tool_error" | "scope_denied" | "timeout" | "failed"): void;
  /** The protocol refused the message. */
  rejected(): void;
  failure(error: unknown): void;
}

/** Of a name that comes back in an error. */
const MAX_NAME = 64;

/** Clients may keep the tool list this long; it changes with a release or with the caller's groups. */
const LIST_TTL_MS = 5 * 60 * 1000;

const callParams = z.object({
  name: z.string(),
  arguments: z.record(z.string(), z.unknown()).default({}),
});
const initializeParams = z.object({
  protocolVersion: z.string(),
  capabilities: z.looseObject({}),
  clientInfo: z.looseObject({ name: z.string(), version: z.string() }),
});
const listParams = z
  .object({ cursor: z.undefined("tools/list has one page: leave cursor out.").optional() })
  .default({});

/** An error that the SDK sends as a JSON-RPC error, because it has a code. */
class ProtocolFailure extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The SDK's low-level server with the tools on it.
 *
 * Each `setRequestHandler` of a method of the specification builds that era's whole set of wire schemas, the largest part
 * of a cold start. The few methods of a tool server are therefore answered by the fallback handler, and their parameters
 * checked here. Only for those: with a fallback, the SDK would no longer answer "method not found" itself.
 */
export function toolServer(tools: readonly Tool[], info: { readonly name: string; readonly version: string }) {
  return (session: Session): Server => {
    const server = new Server(info, { capabilities: { tools: { listChanged: false } } });
    const methods: Record<string, (params: unknown, context: ServerContext) => Result | Promise<Result>> = {
      "tools/list": (params) => {
        check(listParams, params, "tools/list");
        return listTools(tools, session);
      },
      "tools/call": (params, context) => {
        const call = check(callParams, params, "tools/call");
        const tool = tools.find((candidate) => candidate.name === call.name);
        if (tool === undefined) {
          const names = listed(tools, session).map((candidate) => candidate.name);
          const unknown = JSON.stringify(call.name.slice(0, MAX_NAME));
          throw new ProtocolFailure(code.invalidParams, `There is no tool ${unknown}. Yours are: ${names.join(", ")}.`);
        }
        return callTool(tool, call.arguments, session, context);
      },
    };
    if (session.era === "initialize") {
      methods.initialize = (params) => {
        const { protocolVersion } = check(initializeParams, params, "initialize");
        return {
          protocolVersion: SUPPORTED_PROTOCOL_VERSIONS.includes(protocolVersion)
            ? protocolVersion
            : LATEST_PROTOCOL_VERSION,
          capabilities: server.getCapabilities(),
          serverInfo: info,
        };
      };
      methods.ping = () => ({});
    }
    const { method } = session;
    if (method !== undefined && Object.hasOwn(methods, method)) {
      server.removeRequestHandler(method);
      server.fallbackRequestHandler = async (request, context) => {
        try {
          const answer = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
          if (answer === undefined) throw new ProtocolFailure(code.methodNotFound, "Method not found");
          return await answer(request.params, context);
        } catch (error) {
          session.observer.rejected();
          throw error;
        }
      };
    }
    return server;
  };
}

function listed(tools: readonly Tool[], { caller }: Session): readonly Tool[] {
  return tools.filter((tool) => caller.scopes.has(tool.scope));
}

function listTools(tools: readonly Tool[], session: Session): Result {
  return {
    tools: listed(tools, session).map(({ name, title, description, inputSchema, outputSchema, annotations }) => ({
      name,
      title,
      description,
      inputSchema,
      outputSchema,
      annotations,
    })),
    // The list depends on the caller's scopes, so no cache may share it. (MCP 2026-07-28, caching)
    ...(session.era === "2026-07-28" && { ttlMs: LIST_TTL_MS, cacheScope: "private" }),
  };
}

function check<Schema extends z.ZodType>(schema: Schema, params: unknown, method: string): z.output<Schema> {
  const parsed = schema.safeParse(params);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = ["params", ...(issue?.path ?? [])].join(".");
  throw new ProtocolFailure(code.invalidParams, `Invalid ${method} request: ${where}: ${issue?.message}`.slice(0, 300));
}
