import { z } from "zod";

export interface FunctionResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const prelude = z.object({ statusCode: z.number().int(), headers: z.record(z.string(), z.unknown()).default({}) });
const buffered = prelude.extend({ body: z.string().default(""), isBase64Encoded: z.boolean().default(false) });

/** Between the JSON prelude and the body of a streamed HTTP response; a JSON text contains none. (Lambda, "Response streaming") */
const SEPARATOR = Buffer.alloc(8);

/**
 * Reads what a function answers the gateway: streamed (prelude, eight NUL bytes, body) or buffered (one JSON object).
 * @throws when it is neither
 */
export function readResponse(payload: Uint8Array): FunctionResponse {
  const bytes = Buffer.from(payload);
  const at = bytes.indexOf(SEPARATOR);
  try {
    if (at >= 0) {
      const { statusCode, headers } = prelude.parse(JSON.parse(bytes.subarray(0, at).toString()));
      return {
        status: statusCode,
        headers: lowerCased(headers),
        body: bytes.subarray(at + SEPARATOR.length).toString(),
      };
    }
    const { statusCode, headers, body, isBase64Encoded } = buffered.parse(JSON.parse(bytes.toString()));
    const text = isBase64Encoded ? Buffer.from(body, "base64").toString() : body;
    return { status: statusCode, headers: lowerCased(headers), body: text };
  } catch {
    throw new Error(`it answered no HTTP response: ${bytes.subarray(0, 200).toString()}`);
  }
}

function lowerCased(headers: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
