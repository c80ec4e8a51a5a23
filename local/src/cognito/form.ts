import { OAuthError } from "./oauth-error.ts";

/** Far above a refresh token of Cognito's (about 1,800 characters) with everything around it. */
const MAX_BYTES = 16 * 1024;

/** Parameters by name; each occurs once. */
export type Form = ReadonlyMap<string, string>;

/**
 * Reads a form body. Throws invalid_request for another content type (token-endpoint: "Must always be
 * application/x-www-form-urlencoded"), for a body that is too large, and for a parameter that occurs twice (RFC 6749 section 3.2).
 */
export async function readForm(request: Request): Promise<Form> {
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") throw new OAuthError("invalid_request");
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body ?? []) {
    size += part.byteLength;
    if (size > MAX_BYTES) throw new OAuthError("invalid_request");
    parts.push(part);
  }
  const form = onceEach(new URLSearchParams(Buffer.concat(parts).toString()));
  if (!form) throw new OAuthError("invalid_request");
  return form;
}

/** The parameters as a map, or undefined when one occurs twice. An empty value counts as absent (RFC 6749 section 3.1). */
export function onceEach(parameters: URLSearchParams): Form | undefined {
  const names = [...parameters.keys()];
  if (new Set(names).size < names.length) return undefined;
  return new Map([...parameters].filter(([, value]) => value !== ""));
}
