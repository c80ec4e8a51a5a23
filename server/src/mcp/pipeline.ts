import { classifyInboundRequest, type Server, TRACEPARENT_META_KEY } from "@modelcontextprotocol/server";
import * as z from "zod";
import type { Files } from "../files/files.ts";
import { Audit, type WriteLine } from "./audit.ts";
import type { Config } from "./config.ts";
import { identify } from "./identity.ts";
import { serveInitializeEra } from "./initialize-era.ts";
import { DEADLINE_MARGIN_MS } from "./limits.ts";
import { serveModernEra } from "./modern-era.ts";
import { code, Rejection } from "./rejection.ts";
import type { Call, Reply } from "./reply.ts";
import { readBody } from "./request.ts";
import { ResultBudget } from "./result-budget.ts";
import type { Era, Session } from "./session.ts";

export interface Parts {
  readonly config: Config;
  readonly files: Files;
  /** A server for one request. */
  readonly connect: (session: Session) => Server;
  readonly write: WriteLine;
}

/** Browser clients need these on every answer; there are no cookies, so any origin may read what it may ask for. */
const common = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers": "*, Authorization",
  "Access-Control-Expose-Headers": "WWW-Authenticate, MCP-Protocol-Version, Mcp-Session-Id",
  "Cache-Control": "no-store",
};

/** request -> identity -> tool -> result -> response. Never throws. */
export async function answer(call: Call, parts: Parts): Promise<Reply> {
  const { config, write } = parts;
  const audit = new Audit(call.id, { environment: config.environment, logLevel: config.logLevel, write });
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), call.timeLeft - DEADLINE_MARGIN_MS);
  const reply = await serve(call, parts, audit, deadline.signal);
  const end = (bytesOut: number) => {
    clearTimeout(timer);
    audit.end(reply.status, Buffer.byteLength(call.body), bytesOut);
  };
  const headers = { ...common, ...reply.headers };
  if (typeof reply.body !== "string") return { ...reply, headers, body: counted(reply.body, end) };
  end(Buffer.byteLength(reply.body));
  return { ...reply, headers };
}

async function serve(call: Call, parts: Parts, audit: Audit, signal: AbortSignal): Promise<Reply> {
  const { config, files } = parts;
  let id: string | number | null = null;
  try {
    const caller = identify(call.claims, config);
    audit.caller(caller);
    const body = readBody(call, config.allowedOrigins);
    const message = describe(body);
    id = message.id;
    const era = eraOf(call, body);
    audit.request(era, message.method, message.traceparent ?? call.headers.traceparent);
    const streams = readsStreams(call.headers.accept);
    const { method, target } = message;
    const session: Session = {
      era,
      method,
      target,
      caller,
      resource: config.resource,
      files,
      budget: new ResultBudget(),
      signal,
      streams,
      observer: audit,
    };
    const connect = () => parts.connect(session);
    const onerror = (error: Error) => audit.log("debug", "protocol", { error: error.message });
    if (era === "initialize") return await serveInitializeEra(call, body, connect);
    return await serveModernEra(call, body, { method, connect, onerror });
  } catch (error) {
    if (error instanceof Rejection) return error.reply(id);
    audit.failure(error);
    return new Rejection(500, code.internalError, "The server failed. Try again later.").reply(id);
  }
}

/** What the SDK's classifier rejects is answered by the SDK's handler of the newer era. */
function eraOf({ method, headers }: Call, body: unknown): Era {
  const version = headers["mcp-protocol-version"];
  const route = classifyInboundRequest({
    httpMethod: method,
    body,
    ...(version !== undefined && { protocolVersionHeader: version }),
  });
  return route.kind === "legacy" ? "initialize" : "2026-07-28";
}

/** Wrong types count as absent: whether the message is valid is for the protocol to say. */
const envelope = z.object({
  id: z.union([z.string(), z.number()]).nullable().catch(null),
  method: z.string().optional().catch(undefined),
  params: z
    .object({
      name: z.string().optional().catch(undefined),
      _meta: z
        .object({ [TRACEPARENT_META_KEY]: z.unknown() })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** What can be said about a body before the protocol has looked at it. */
function describe(body: unknown) {
  const { id = null, method, params } = envelope.safeParse(body).data ?? {};
  return { id, method, target: params?.name, traceparent: params?._meta?.[TRACEPARENT_META_KEY] };
}

/** Clients that accept anything, or say nothing, can read what they ask for. (RFC 9110 section 12.5.1) */
function readsStreams(accept: string | undefined): boolean {
  return accept === undefined || /\*\/\*|text\/(\*|event-stream)/i.test(accept);
}

type Chunks = AsyncIterable<string | Uint8Array>;

async function* counted(chunks: Chunks, end: (bytes: number) => void): Chunks {
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      bytes += typeof chunk === "string" ? Buffer.byteLength(chunk) : chunk.length;
      yield chunk;
    }
  } finally {
    end(bytes);
  }
}
