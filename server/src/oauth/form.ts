import type { Context } from "hono";
import { EndpointError } from "./errors.ts";

/** Above the longest legitimate request: a refresh with a sealed token around Cognito's. */
const MAX_FORM = 16 * 1024;

/** @throws EndpointError for another content type (RFC 6749, 3.2 and appendix B) or too much of it */
export async function readForm(c: Context): Promise<URLSearchParams> {
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(c.req.header("content-type") ?? ""))
    throw new EndpointError("invalid_request", "Send the parameters as application/x-www-form-urlencoded.");
  return new URLSearchParams(await readText(c, MAX_FORM));
}

/** @throws EndpointError */
export async function readText(c: Context, limit: number): Promise<string> {
  const text = await c.req.text();
  if (Buffer.byteLength(text) > limit)
    throw new EndpointError("invalid_request", `The body may have ${limit} bytes.`, 413);
  return text;
}
