import type { IncomingMessage } from "node:http";
import { BrokenResponseError } from "./errors.ts";

/** What a function answered to one invocation. */
export interface Answer {
  /** The function itself failed: `body` is then Lambda's error document. */
  failed: boolean;
  contentType: string;
  /** Chunks as the function wrote them; iterating throws BrokenResponseError when the function fails before the end. */
  body: AsyncIterable<Uint8Array>;
}

export interface ErrorDocument {
  errorType: string;
  errorMessage: string;
}

export function failure(document: ErrorDocument | string): Answer {
  const text = typeof document === "string" ? document : JSON.stringify(document);
  return { failed: true, contentType: "application/json", body: once(Buffer.from(text)) };
}

async function* once(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  yield chunk;
}

/**
 * Reads the body that a function's process posts to `…/response`, resolving with the first byte. `onEnd` is called when the
 * body is complete. Rejects when the process goes away before the first byte.
 */
export async function readAnswer(request: IncomingMessage, onEnd: () => void): Promise<Answer> {
  const chunks: AsyncIterator<unknown> = request[Symbol.asyncIterator]();
  const contentType = request.headers["content-type"] ?? "application/octet-stream";
  const first = await chunks.next();
  if (first.done) {
    onEnd();
    const error = trailerError(request);
    return error === undefined ? { failed: false, contentType, body: once(new Uint8Array()) } : failure(error);
  }
  async function* body(): AsyncGenerator<Uint8Array> {
    let chunk = first;
    try {
      while (!chunk.done) {
        if (chunk.value instanceof Uint8Array) yield chunk.value;
        chunk = await chunks.next();
      }
    } catch (error) {
      throw new BrokenResponseError("the function's process ended in the middle of its answer", { cause: error });
    }
    onEnd();
    const error = trailerError(request);
    if (error !== undefined) throw new BrokenResponseError(error);
  }
  return { failed: false, contentType, body: body() };
}

// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
function trailerError({ trailers }: IncomingMessage): string | undefined {
  const type = trailers["lambda-runtime-function-error-type"];
  if (type === undefined) return undefined;
  return Buffer.from(trailers["lambda-runtime-function-error-body"] ?? "", "base64").toString();
}

/** The whole body. Throws BrokenResponseError like the body, and RangeError when it is larger than `limit` bytes. */
export async function collect(body: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    // Read on, so that the function can end its answer.
    if (size <= limit) chunks.push(chunk);
  }
  if (size > limit) throw new RangeError(`${size} bytes are more than ${limit}`);
  return Buffer.concat(chunks);
}
