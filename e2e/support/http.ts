import { request } from "node:http";
import { request as secureRequest } from "node:https";
import { readTarget } from "./target.ts";

export interface Answer {
  readonly status: number;
  /** Lower-case names; a repeated header's values joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The text as JSON; undefined where it is none. */
  readonly json: unknown;
}

export interface Question {
  readonly method?: string;
  /** Header values; a list sends the header as often. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
}

/**
 * One request exactly as given: `fetch` would normalize paths and add headers of its own.
 * @param path from the host's root, "/mcp"
 */
export function send(path: string, { method = "GET", headers = {}, body }: Question = {}): Promise<Answer> {
  const host = new URL(readTarget().resource);
  const open = host.protocol === "https:" ? secureRequest : request;
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
    const message = open(
      { host: host.hostname, port: host.port, path, method, headers: { ...length, ...headers }, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          const flat = Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(", ")]);
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(flat),
            text,
            json: parseOrUndefined(text),
          });
        });
      },
    );
    message.on("error", reject);
    message.end(body);
  });
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The headers of a client that follows the specification of the initialize era. */
export const mcpHeaders = {
  "Content-Type": "application/json",
  Accept: "application/json, text/event-stream",
} as const;

/** POSTs one JSON-RPC message to the MCP endpoint; a string or Buffer goes as it is. */
export function call(token: string | undefined, message: unknown, headers: Question["headers"] = {}): Promise<Answer> {
  const body = typeof message === "string" || Buffer.isBuffer(message) ? message : JSON.stringify(message);
  const authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return send("/mcp", { method: "POST", headers: { ...mcpHeaders, ...authorization, ...headers }, body });
}

/** A tools/call as the initialize era sends it. */
export function toolCall(name: string, args: Record<string, unknown> = {}): Record<string, unknown> {
  return { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args } };
}
