import type { Context } from "hono";
import { authenticate, readCredentials } from "./client-authentication.ts";
import type { Clients } from "./clients.ts";
import type { Cognito } from "./cognito.ts";
import { digest, sameText } from "./digest.ts";
import { EndpointError } from "./errors.ts";
import { readForm } from "./form.ts";
import { refreshToken } from "./grants.ts";
import { readParameters } from "./parameters.ts";
import type { Sealer } from "./seal.ts";

export interface RevocationEndpointOptions {
  readonly clients: Clients;
  readonly cognito: Cognito;
  readonly sealer: Sealer;
}

/** Three base64url parts: an access token, which the gateway accepts until it expires, whatever anybody revokes. */
const JWT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** RFC 7009: refresh tokens only. */
export function revocationEndpoint(options: RevocationEndpointOptions): (c: Context) => Promise<Response> {
  return async (c) => {
    const form = readParameters(await readForm(c));
    if (form.repeated.size > 0) throw new EndpointError("invalid_request", "Send each parameter once.");
    const client = await authenticate(readCredentials(c.req.header("authorization"), form), options.clients);
    const token = form.get("token");
    if (token === undefined) throw new EndpointError("invalid_request", "token is missing.");
    if (JWT.test(token))
      throw new EndpointError(
        "unsupported_token_type",
        "Access tokens cannot be revoked; they expire within 15 minutes. Revoke the refresh token, so that no new ones follow.",
      );
    const held = await options.sealer.open(refreshToken, token);
    // RFC 7009, 2.2: an invalid token is not an error. 2.1: another client's is, and must stay valid.
    if (held && !sameText(held.client, digest(client.id)))
      throw new EndpointError("invalid_grant", "The token was not issued to this client.");
    if (held) await options.cognito.revoke(held.token);
    return c.body(null, 200);
  };
}
