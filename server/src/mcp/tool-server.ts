import {
  LATEST_PROTOCOL_VERSION,
  type Result,
  Server,
  type ServerContext,
  SUPPORTED_PROTOCOL_VERSIONS,
} from "@modelcontextprotocol/server";
import * as z from "zod";
import type { Tool } from "../tools/tool.ts";
import { code } from "./rejection.ts";
import type { Session } from "./session.ts";
import { callTool } from "./tool-call.ts";

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
 * checked here. In 2026-07-28 only where the request is one of those: with a fallback, the SDK would answer unknown methods
 * with its status 200 and not 404.
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
    const { era, method, observer } = session;
    if (era === "initialize" || (method !== undefined && Object.hasOwn(methods, method))) {
      for (const own of Object.keys(methods)) server.removeRequestHandler(own);
      server.fallbackRequestHandler = async (request, context) => {
        try {
          const answer = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
          if (answer === undefined) throw new ProtocolFailure(code.methodNotFound, "Method not found");
          return await answer(request.params, context);
        } catch (error) {
          observer.rejected();
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
