import { createHash } from "node:crypto";
import type { AppClient } from "./app-client.ts";
import { authenticateClient, sameSecret } from "./client-authentication.ts";
import type { Form } from "./form.ts";
import { readForm } from "./form.ts";
import type { Grant, GrantStore } from "./grants.ts";
import { OAuthError } from "./oauth-error.ts";
import type { TokenMint } from "./tokens.ts";
import type { UserPool } from "./user-pool.ts";
import type { UserDirectory } from "./users.ts";

export interface TokenEndpointOptions {
  pool: UserPool;
  mint: TokenMint;
  grants: GrantStore;
  users: UserDirectory;
}

/** Members of a successful answer. Cognito never returns `scope` (token-endpoint, "Sample response"). */
interface TokenResponse {
  id_token?: string;
  access_token: string;
  refresh_token?: string;
  expires_in: number;
  token_type: "Bearer";
}

/** POST /oauth2/token: the three grants of the "token-endpoint" page. */
export function createTokenEndpoint(options: TokenEndpointOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      const form = await readForm(request);
      const grantType = form.get("grant_type");
      if (grantType === undefined) throw new OAuthError("invalid_request");
      const grant = Object.hasOwn(grantTypes, grantType) ? grantTypes[grantType] : undefined;
      if (!grant) throw new OAuthError("unsupported_grant_type");
      const client = authenticateClient(options.pool, request, form);
      const tokens = await grant(options, client, form);
      return Response.json(tokens, { headers: { "cache-control": "no-store", pragma: "no-cache" } });
    } catch (error) {
      if (error instanceof OAuthError) return error.toResponse();
      throw error;
    }
  };
}

type GrantHandler = (options: TokenEndpointOptions, client: AppClient, form: Form) => Promise<TokenResponse>;

const grantTypes: Record<string, GrantHandler> = {
  client_credentials: clientCredentials,
  authorization_code: authorizationCode,
  refresh_token: refresh,
};

/** Machines: only custom scopes, all allowed ones when none is named; a `resource` has no effect. */
async function clientCredentials(
  { mint }: TokenEndpointOptions,
  client: AppClient,
  form: Form,
): Promise<TokenResponse> {
  // aws/aws-sdk-java#3037: a client whose OAuth settings are not switched on gets invalid_grant.
  if (!client.oauthEnabled) throw new OAuthError("invalid_grant");
  if (client.secret === undefined || !client.flows.includes("client_credentials"))
    throw new OAuthError("unauthorized_client");
  // System scopes such as openid cannot be granted to machines (cognito-user-pools-define-resource-servers, "M2M").
  const allowed = client.scopes.filter((scope) => scope.includes("/"));
  const requested = (form.get("scope") ?? "").split(" ").filter((scope) => scope !== "");
  const granted = requested.length > 0 ? requested : allowed;
  // The page says that other scopes are ignored; what is seen is a refusal (lelylan/simple-oauth2#168).
  if (granted.length === 0 || granted.some((scope) => !allowed.includes(scope))) throw new OAuthError("invalid_scope");
  return {
    access_token: await mint.machineToken(client, [...new Set(granted)]),
    expires_in: client.accessTokenLifetime,
    token_type: "Bearer",
  };
}

async function authorizationCode(
  { pool, mint, grants, users }: TokenEndpointOptions,
  client: AppClient,
  form: Form,
): Promise<TokenResponse> {
  if (!client.oauthEnabled || !client.flows.includes("code")) throw new OAuthError("unauthorized_client");
  const code = form.get("code");
  const redirectUri = form.get("redirect_uri");
  if (code === undefined || redirectUri === undefined) throw new OAuthError("invalid_request");
  // A redirect URI that is not registered at all, if only for a trailing slash, gives this misleading error
  // (stackoverflow.com/questions/50264679).
  if (!client.callbackUrls.includes(redirectUri)) throw new OAuthError("unauthorized_client");

  const pending = grants.takeCode(code);
  if (
    !pending?.exchangeable ||
    pending.grant.clientId !== client.id ||
    pending.redirectUri !== redirectUri ||
    !provesPossession(form.get("code_verifier"), pending.codeChallenge)
  )
    throw new OAuthError("invalid_grant");
  checkResource(pool, pending.grant, form);

  const user = users.find(pending.grant.sub);
  if (!user) throw new OAuthError("invalid_grant");
  const { accessToken, idToken } = await mint.userTokens(client, pending.grant, user);
  return {
    ...(idToken === undefined ? {} : { id_token: idToken }),
    access_token: accessToken,
    refresh_token: grants.issueRefreshToken(pending.grant, client),
    expires_in: client.accessTokenLifetime,
    token_type: "Bearer",
  };
}

/** New tokens for the same sign-in; groups are those the person has now. A new refresh token only where the client rotates. */
async function refresh(
  { pool, mint, grants, users }: TokenEndpointOptions,
  client: AppClient,
  form: Form,
): Promise<TokenResponse> {
  const token = form.get("refresh_token");
  if (token === undefined) throw new OAuthError("invalid_request");
  if (!client.oauthEnabled || !client.flows.includes("code")) throw new OAuthError("unauthorized_client");
  const grant = grants.findRefreshToken(token);
  const user = grant && users.find(grant.sub);
  if (!user || grant.clientId !== client.id) throw new OAuthError("invalid_grant");
  checkResource(pool, grant, form);

  const { accessToken, idToken } = await mint.userTokens(client, { ...grant, nonce: undefined }, user);
  const next = client.rotation && grants.rotate(token, client.rotation.graceSeconds);
  return {
    ...(idToken === undefined ? {} : { id_token: idToken }),
    access_token: accessToken,
    ...(next === undefined ? {} : { refresh_token: next }),
    expires_in: client.accessTokenLifetime,
    token_type: "Bearer",
  };
}

/**
 * Resource binding: the login accepts any `resource`, the token step answers invalid_grant unless a resource server has exactly
 * that identifier (PrefectHQ/fastmcp PR #2149; RFC 8707's invalid_target is not used), and unless both steps name the same.
 */
function checkResource(pool: UserPool, grant: Grant, form: Form): void {
  if (!pool.bindsResource) return;
  const named = form.get("resource");
  for (const resource of [grant.resource, named])
    if (resource !== undefined && !pool.resourceServers.has(resource)) throw new OAuthError("invalid_grant");
  if (named !== undefined && grant.resource !== undefined && named !== grant.resource)
    throw new OAuthError("invalid_grant");
}

/** RFC 7636 section 4.6, S256 only. A verifier for a code that was asked for without challenge is refused (RFC 9700 section 4.8.2). */
function provesPossession(verifier: string | undefined, challenge: string | undefined): boolean {
  if (verifier === undefined || challenge === undefined) return verifier === challenge;
  const right = /^[A-Za-z0-9._~-]{43,128}$/.test(verifier);
  return right && sameSecret(createHash("sha256").update(verifier).digest("base64url"), challenge);
}
