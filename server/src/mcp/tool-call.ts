import type { Result, ServerContext } from "@modelcontextprotocol/server";
import { type Tool, ToolError, type ToolResult } from "../tools/tool.ts";
import { MAX_RESULT_BYTES, MIN_RESULT_ROOM } from "./limits.ts";
import type { Session } from "./session.ts";

/**
 * Runs one tool for one caller. Whatever goes wrong is a tool error with a sentence that the model can act on; what went
 * wrong inside is only for the log.
 */
export async function callTool(
  tool: Tool,
  args: Readonly<Record<string, unknown>>,
  session: Session,
  context: ServerContext,
): Promise<Result> {
  const { caller, signal, observer, files, budget } = session;
  if (!caller.scopes.has(tool.scope)) {
    observer.tool(tool.name, "scope_denied");
    return scopeError(tool, session);
  }
  try {
    if (budget.left < MIN_RESULT_ROOM) {
      throw new ToolError(`${tool.name} was not run: the batch's other results fill the reply. Send this call alone.`);
    }
    // The calls of a batch before this one may have used up the time.
    signal.throwIfAborted();
    const running = tool.call(args, { signal, files, report: progressOf(session, context) });
    const result = await Promise.race([running, aborted(signal)]);
    const size = Buffer.byteLength(JSON.stringify(result));
    if (size > MAX_RESULT_BYTES) {
      throw new ToolError(
        `The result has ${size} bytes, more than the ${MAX_RESULT_BYTES} that can be sent. Ask for less.`,
      );
    }
    if (!budget.take(size)) {
      throw new ToolError(
        `The result has ${size} bytes, and the batch's other results leave ${budget.left}. Send this call alone.`,
      );
    }
    observer.tool(tool.name, "ok");
    return { ...result };
  } catch (error) {
    if (error instanceof ToolError) {
      observer.tool(tool.name, "tool_error");
      return toolError(error.message);
    }
    if (signal.aborted) {
      observer.tool(tool.name, "timeout");
      return toolError(`${tool.name} did not finish in time and was stopped. Ask for less at once, or try again.`);
    }
    observer.tool(tool.name, "failed");
    observer.failure(error);
    return toolError(`${tool.name} failed for a reason inside the server. Try again later; the operator's log has it.`);
  }
}

/** Ends the wait for tools that do not listen to the signal. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Progress goes only to clients that asked for it. (MCP, progress) */
function progressOf({ streams }: Session, { mcpReq }: ServerContext) {
  const progressToken = mcpReq._meta?.progressToken;
  if (!streams || progressToken === undefined) return async () => {};
  return async (progress: number, total?: number, message?: string) => {
    await mcpReq.notify({
      method: "notifications/progress",
      params: {
        progressToken,
        progress,
        ...(total !== undefined && { total }),
        ...(message !== undefined && { message }),
      },
    });
  };
}

function toolError(text: string): Result & ToolResult {
  return { content: [{ type: "text", text }], isError: true };
}

/**
 * API Gateway renames a `WWW-Authenticate` header that a function sets, so the challenge for a step-up goes into `_meta`,
 * where clients that know it look. (MCP Apps, `mcp/www_authenticate`; RFC 6750 section 3.1)
 */
function scopeError(tool: Tool, { resource, caller }: Session): Result {
  const scope = `${resource}/${tool.scope}`;
  const group = caller.kind === "person" && tool.scope === "write" ? ' and membership of the group "write"' : "";
  const metadata = new URL(resource);
  metadata.pathname = `/.well-known/oauth-protected-resource${metadata.pathname}`;
  return {
    ...toolError(`${tool.name} needs the scope ${scope}${group}. Log in again and allow it, or ask the operator.`),
    _meta: {
      "mcp/www_authenticate": [
        `Bearer error="insufficient_scope", scope="${scope}", resource_metadata="${metadata.href}"`,
      ],
    },
  };
}
