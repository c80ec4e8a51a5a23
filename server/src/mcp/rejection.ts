import type { Reply } from "./reply.ts";

/** JSON-RPC 2.0 section 5.1, and the code of the SDK's transports for what only HTTP knows. */
export const code = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  transport: -32000,
} as const;

/** A request that no tool gets to see. Thrown by the step that finds out, answered by the pipeline. */
export class Rejection extends Error {
  override readonly name = "Rejection";
  readonly status: number;
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  /** @param id of the request, where it could be read. (JSON-RPC 2.0 section 5) */
  reply(id: string | number | null): Reply {
    return {
      status: this.status,
      headers: { "Content-Type": "application/json", ...this.headers },
      body: JSON.stringify({ jsonrpc: "2.0", error: { code: this.code, message: this.message }, id }),
    };
  }
}
