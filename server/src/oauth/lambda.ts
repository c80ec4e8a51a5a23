import type { Hono } from "hono";
import * as z from "zod";

const multiValue = z.record(z.string(), z.array(z.string())).nullish();
/** https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html (REST, version 1.0). */
const proxyEvent = z.object({
  httpMethod: z.string(),
  path: z.string(),
  multiValueHeaders: multiValue,
  multiValueQueryStringParameters: multiValue,
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().default(false),
});
type ProxyEvent = z.infer<typeof proxyEvent>;

export interface ProxyResult {
  readonly statusCode: number;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
  readonly isBase64Encoded: false;
}

/** Serves an app behind API Gateway's REST proxy integration. */
export function proxyHandler(app: Hono, origin: string): (event: unknown) => Promise<ProxyResult> {
  return async (event) => {
    const response = await app.fetch(toRequest(proxyEvent.parse(event), origin));
    const headers: Record<string, string[]> = {};
    // Several cookies are several entries; every other header is one.
    for (const [name, value] of response.headers) headers[name] = [...(headers[name] ?? []), value];
    return {
      statusCode: response.status,
      multiValueHeaders: headers,
      body: await response.text(),
      isBase64Encoded: false,
    };
  };
}

function toRequest(event: ProxyEvent, origin: string): Request {
  const query = new URLSearchParams();
  // The gateway has decoded the names and values.
  for (const [name, values] of Object.entries(event.multiValueQueryStringParameters ?? {}))
    for (const value of values) query.append(name, value);
  const headers = new Headers();
  for (const [name, values] of Object.entries(event.multiValueHeaders ?? {})) {
    // HTTP/2 clients may send one cookie a line (RFC 9113, 8.2.3).
    headers.set(name, values.join(name.toLowerCase() === "cookie" ? "; " : ", "));
  }
  const body = event.body ?? "";
  const hasBody = event.httpMethod !== "GET" && event.httpMethod !== "HEAD";
  return new Request(`${origin}${event.path}?${query}`, {
    method: event.httpMethod,
    headers,
    ...(hasBody && { body: event.isBase64Encoded ? Buffer.from(body, "base64") : body }),
  });
}
