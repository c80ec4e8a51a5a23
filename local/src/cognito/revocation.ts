import { authenticateClient } from "./client-authentication.ts";
import { readForm } from "./form.ts";
import type { GrantStore } from "./grants.ts";
import { OAuthError } from "./oauth-error.ts";
import type { SigningKeys } from "./signing-keys.ts";
import type { UserPool } from "./user-pool.ts";

export interface RevocationOptions {
  pool: UserPool;
  keys: SigningKeys;
  grants: GrantStore;
  now: () => Date;
}

/**
 * POST /oauth2/revoke (revocation-endpoint): ends a refresh token and, for Cognito's own APIs, the access tokens that came from
 * it. API Gateway knows nothing of that: those tokens pass its authorizer until they expire.
 */
export function createRevocation({
  pool,
  keys,
  grants,
  now,
}: RevocationOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      const form = await readForm(request);
      const client = authenticateClient(pool, request, form);
      const token = form.get("token");
      if (token === undefined || !client.revocation) throw new OAuthError("invalid_request");
      if (await keys.verify(token, now())) throw new OAuthError("unsupported_token_type");
      const grant = grants.findRefreshToken(token);
      // Unknown, revoked and other clients' tokens: 200 as well.
      if (grant?.clientId === client.id) grants.revoke(grant);
      return new Response(null, { status: 200 });
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      // "If the client credentials aren't valid, you receive an HTTP 401 and error invalid_client": not 400 as /oauth2/token.
      return error.toResponse(error.code === "invalid_client" ? 401 : 400);
    }
  };
}
