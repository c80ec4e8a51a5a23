import * as z from "zod";
import { GatewayError } from "./errors.ts";

/**
 * What API Gateway does to headers of a Lambda integration's answer.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
const REMAPPED = new Set([
  "authorization",
  "connection",
  "content-md5",
  "date",
  "max-forwards",
  "server",
  "user-agent",
  "www-authenticate",
]);
const DROPPED = new Set([
  "expect",
  "host",
  "proxy-authenticate",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via",
]);
/** The gateway frames the body itself. */
const FRAMING = new Set(["content-length"]);

// A header's value may be a number or a boolean in JSON; a name or value that HTTP does not allow is malformed.
const name = z.string().regex(/^[!#$%&'*+.^_`|~\w-]+$/);
const value = z
  .union([z.string(), z.number(), z.boolean()])
  .transform(String)
  // RFC 9110, 5.5: no control characters, and what lies beyond Latin-1 cannot be sent at all.
  .refine((text) => /^[\t\x20-\x7e\x80-\xff]*$/.test(text));
const head = z.object({
  statusCode: z.number().int().min(200).max(599),
  headers: z.record(name, value).nullish(),
  multiValueHeaders: z.record(name, z.array(value)).nullish(),
});
const buffered = head.extend({
  // A proxy integration may leave the status out: 200.
  statusCode: head.shape.statusCode.default(200),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});
const prelude = head.extend({
  statusCode: head.shape.statusCode.default(200),
  cookies: z.array(value).nullish(),
});

interface ProxyHead {
  status: number;
  headers: [name: string, value: string][];
}

/** The whole answer of a buffered integration. Throws INTEGRATION_FAILURE when it is malformed. */
export function parseBuffered(json: Buffer): ProxyHead & { body: string } {
  const answer = parse(buffered, json.toString("utf8"));
  // Without binary media types on the API, base64 stays what it is: text.
  return { status: answer.statusCode, headers: headersOf(answer), body: answer.body ?? "" };
}

/** The metadata of a streamed answer, which stands before the delimiter. */
export function parsePrelude(json: Buffer): ProxyHead {
  const { cookies, ...answer } = parse(prelude, json.toString("utf8"));
  const setCookies = (cookies ?? []).map((cookie): [string, string] => ["Set-Cookie", cookie]);
  return { status: answer.statusCode, headers: [...headersOf(answer), ...setCookies] };
}

function parse<T>(schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new GatewayError("INTEGRATION_FAILURE", { reason: "Malformed Lambda proxy response" });
  }
}

function headersOf({ headers, multiValueHeaders }: z.infer<typeof head>): [string, string][] {
  const multiple = Object.entries(multiValueHeaders ?? {}).flatMap(([key, values]) =>
    values.map((one): [string, string] => [key, one]),
  );
  const listed = new Set(multiple.map(([key]) => key.toLowerCase()));
  // A name in both maps counts as `multiValueHeaders` has it.
  const single = Object.entries(headers ?? {}).filter(([key]) => !listed.has(key.toLowerCase()));
  return [...single, ...multiple]
    .filter(([key]) => !DROPPED.has(key.toLowerCase()) && !FRAMING.has(key.toLowerCase()))
    .map(([key, text]) => [REMAPPED.has(key.toLowerCase()) ? `x-amzn-Remapped-${key}` : key, text]);
}
