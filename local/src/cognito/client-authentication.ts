import { createHash, timingSafeEqual } from "node:crypto";
import type { AppClient } from "./app-client.ts";
import type { Form } from "./form.ts";
import { OAuthError } from "./oauth-error.ts";
import type { UserPool } from "./user-pool.ts";

/**
 * The app client that a request of the token or revocation endpoint comes from: client_secret_basic, client_secret_post, or the
 * client id alone for a public client. Throws invalid_client, or invalid_request for two methods at once (RFC 6749 section 2.3;
 * Cognito's answer to that is not documented).
 */
export function authenticateClient(pool: UserPool, request: Request, form: Form): AppClient {
  const basic = parseBasic(request.headers.get("authorization"));
  if (basic && form.has("client_secret")) throw new OAuthError("invalid_request");
  const id = basic?.id ?? form.get("client_id");
  if (id === undefined) throw new OAuthError("invalid_request");
  // token-endpoint's own samples send the header and `client_id`; they must agree.
  if (basic && form.has("client_id") && form.get("client_id") !== id) throw new OAuthError("invalid_client");

  const client = pool.clients.get(id);
  if (!client) throw new OAuthError("invalid_client");
  const secret = basic?.secret ?? form.get("client_secret");
  // A public client that sends a secret anyway is refused (pilcrowonpaper/arctic#175).
  if (client.secret === undefined && secret !== undefined) throw new OAuthError("invalid_client");
  // The one description that Cognito gives, with 400: measured by several users who forgot the secret of a confidential client.
  if (client.secret !== undefined && !sameSecret(secret ?? "", client.secret))
    throw new OAuthError("invalid_client", "invalid_client_secret");
  return client;
}

/** Compares digests, so that neither the place of a difference nor the length shows in the time. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** `Basic base64(id:secret)`, both parts form-encoded (RFC 6749 section 2.3.1). Any other scheme is no client authentication. */
function parseBasic(header: string | null): { id: string; secret: string } | undefined {
  if (header === null) return undefined;
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header)?.[1];
  const [, id, secret] = /^([^:]+):(.*)$/s.exec(Buffer.from(encoded ?? "", "base64").toString()) ?? [];
  if (id === undefined || secret === undefined) throw new OAuthError("invalid_client");
  try {
    return { id: decodeURIComponent(id), secret: decodeURIComponent(secret) };
  } catch {
    throw new OAuthError("invalid_client");
  }
}
