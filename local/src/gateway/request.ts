import type { IncomingMessage } from "node:http";
import { GatewayError } from "./errors.ts";

/** A request as it reaches the stage, behind CloudFront. */
export interface StageRequest {
  method: string;
  /** Path below the stage, as it was sent: not decoded. */
  path: string;
  /** Query string without `?`, as it was sent. */
  query: string;
  headers: [name: string, value: string][];
  protocol: string;
  sourceIp: string;
  /** Reads the body. Throws REQUEST_TOO_LARGE. */
  body: () => Promise<Buffer>;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const PAYLOAD_LIMIT = 10 * 1024 * 1024;

/** All values of a header, in order; names compare without case. */
export function headerValues(headers: readonly (readonly [string, string])[], name: string): string[] {
  return headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
}

/** Node's flat list of names and values as pairs. */
export function headerPairs(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i] ?? "", raw[2 * i + 1] ?? ""]);
}

/** The whole body, or REQUEST_TOO_LARGE as soon as it is known to be more than the gateway takes. */
export async function readBody(message: IncomingMessage): Promise<Buffer> {
  const tooLarge = () => new GatewayError("REQUEST_TOO_LARGE");
  if (Number(message.headers["content-length"] ?? 0) > PAYLOAD_LIMIT) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  await new Promise<void>((resolve, reject) => {
    message.on("data", (chunk: Uint8Array) => {
      size += chunk.length;
      if (size > PAYLOAD_LIMIT) reject(tooLarge());
      else chunks.push(chunk);
    });
    message.on("end", resolve);
    message.on("error", reject);
    message.on("close", () => reject(new Error("The client went away before the end of its request.")));
  });
  return Buffer.concat(chunks);
}
