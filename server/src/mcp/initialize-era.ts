import {
  isJSONRPCErrorResponse,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type JSONRPCRequest,
  type Server,
  SUPPORTED_PROTOCOL_VERSIONS,
  type Transport,
  type TransportSendOptions,
} from "@modelcontextprotocol/server";
import { eventStream } from "./event-stream.ts";
import { MAX_BATCH } from "./limits.ts";
import { code, Rejection } from "./rejection.ts";
import type { Call, Reply } from "./reply.ts";

/** The revisions that know batches; later ones took them out again. (MCP 2025-06-18, changelog) */
const BATCH_VERSIONS: readonly (string | undefined)[] = ["2025-03-26", "2024-11-05", "2024-10-07"];
/** A request without the header is taken for this revision. (MCP 2025-06-18, transports) */
const DEFAULT_VERSION = "2025-03-26";

/**
 * Serves one POST of the revisions before 2026-07-28, without sessions: JSON, or an event stream from the first
 * notification on.
 *
 * @param body classified by the SDK as this era's, so each element is a valid JSON-RPC message
 * @throws Rejection 400
 */
export async function serveInitializeEra(call: Call, body: unknown, connect: () => Server): Promise<Reply> {
  const messages: readonly unknown[] = Array.isArray(body) ? body : [body];
  const requests = messages.filter((message) => isJSONRPCRequest(message));
  checkVersion(call, Array.isArray(body), requests);
  // Notifications and answers change nothing in a server without sessions. (MCP transports: 202 without a body)
  if (requests.length === 0) return { status: 202, headers: {}, body: "" };

  const exchange = new Exchange(requests, Array.isArray(body));
  await connect().connect(exchange);
  exchange.next();
  return exchange.reply;
}

function checkVersion(call: Call, isBatch: boolean, requests: readonly JSONRPCRequest[]): void {
  const version = call.headers["mcp-protocol-version"];
  const initializes = requests.some((request) => request.method === "initialize");
  if (version !== undefined && !initializes && !SUPPORTED_PROTOCOL_VERSIONS.includes(version)) {
    const known = SUPPORTED_PROTOCOL_VERSIONS.join(", ");
    throw new Rejection(400, code.transport, `Unsupported MCP-Protocol-Version. Known are ${known} and 2026-07-28.`);
  }
  if (!isBatch) return;
  if (!BATCH_VERSIONS.includes(version ?? DEFAULT_VERSION)) {
    throw new Rejection(
      400,
      code.invalidRequest,
      "This protocol version has no batches. Send one message per request.",
    );
  }
  if (requests.length > MAX_BATCH) {
    throw new Rejection(400, code.invalidRequest, `The batch has more than ${MAX_BATCH} requests. Send smaller ones.`);
  }
  if (initializes)
    throw new Rejection(400, code.invalidRequest, "initialize must not be part of a batch. Send it alone.");
  if (new Set(requests.map((request) => request.id)).size < requests.length) {
    throw new Rejection(400, code.invalidRequest, "Two requests of the batch have the same id. Give each its own.");
  }
}

/**
 * The SDK's view of one POST: it ends when every request has its answer. The requests of a batch are handled one after the
 * other, so that no batch needs more memory than a single call and its reply. (100 files of 1 MiB at once end the process)
 */
class Exchange implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: <T extends JSONRPCMessage>(message: T) => void;
  readonly reply: Promise<Reply>;
  readonly #resolve: (reply: Reply) => void;
  readonly #isBatch: boolean;
  readonly #queue: JSONRPCRequest[];
  #current: JSONRPCRequest | undefined;
  readonly #answers: JSONRPCMessage[] = [];
  #stream: ReturnType<typeof eventStream> | undefined;

  /** @param requests at least one */
  constructor(requests: readonly JSONRPCRequest[], isBatch: boolean) {
    const { promise, resolve } = Promise.withResolvers<Reply>();
    this.reply = promise;
    this.#resolve = resolve;
    this.#isBatch = isBatch;
    this.#queue = [...requests];
  }

  next(): void {
    this.#current = this.#queue.shift();
    if (this.#current) this.onmessage?.(this.#current);
  }

  async start(): Promise<void> {}

  async close(): Promise<void> {
    this.onclose?.();
  }

  async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    if (isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)) return this.#answer(message);
    if (isJSONRPCRequest(message)) {
      throw new Error("A server without sessions cannot ask the client: the answer would reach another process.");
    }
    // What belongs to no request would need the stream that only sessions have.
    if (options?.relatedRequestId === undefined) return;
    this.#open().send(message);
  }

  #open(): ReturnType<typeof eventStream> {
    if (this.#stream === undefined) {
      this.#stream = eventStream();
      this.#resolve(this.#stream.reply);
    }
    return this.#stream;
  }

  async #answer(message: JSONRPCMessage & { id?: string | number | undefined }): Promise<void> {
    if (message.id === undefined || message.id !== this.#current?.id) return;
    if (this.#stream === undefined) this.#answers.push(message);
    else this.#stream.send(message);
    if (this.#queue.length > 0) return this.next();
    if (this.#stream === undefined) {
      const body = JSON.stringify(this.#isBatch ? this.#answers : this.#answers[0]);
      this.#resolve({ status: 200, headers: { "Content-Type": "application/json" }, body });
    } else {
      this.#stream.end();
    }
    // Not closed: nothing is left to clean up, and the SDK would make an error object of it for nobody.
  }
}
