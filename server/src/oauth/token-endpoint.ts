import type { Context } from "hono";
import type { Client } from "./client.ts";
import { authenticate, type Credentials, invalidClient, readCredentials } from "./client-authentication.ts";
import type { Clients } from "./clients.ts";
import { type Cognito, CognitoUnavailable, type Tokens } from "./cognito.ts";
import { digest, sameText } from "./digest.ts";
import { EndpointError } from "./errors.ts";
import { readForm } from "./form.ts";
import { authorizationCode, refreshToken } from "./grants.ts";
import type { Log } from "./log.ts";
import { type Parameters, readParameters } from "./parameters.ts";
import { provesChallenge } from "./pkce.ts";
import { isOurResource } from "./resource.ts";
import type { Scopes } from "./scopes.ts";
import type { Sealer } from "./seal.ts";

export interface TokenEndpointOptions {
  readonly clients: Clients;
  readonly cognito: Cognito;
  readonly log: Log;
  /** Cognito's app clients of machines, which bring secrets of Cognito's. */
  readonly machineClientIds: readonly string[];
  readonly resource: string;
  readonly scopes: Scopes;
  readonly sealer: Sealer;
}

/** RFC 6749, 3.2. */
export function tokenEndpoint(options: TokenEndpointOptions): (c: Context) => Promise<Response> {
  return async (c) => {
    const form = readParameters(await readForm(c), ["resource"]);
    if (form.repeated.size > 0) throw new EndpointError("invalid_request", "Send each parameter once.");
    if (!form.all("resource").every((value) => isOurResource(value, options.resource)))
      throw new EndpointError("invalid_target", `The only resource of this server is ${options.resource}.`);
    const credentials = readCredentials(c.req.header("authorization"), form);
    const grantType = form.get("grant_type");
    if (grantType === undefined) throw new EndpointError("invalid_request", "grant_type is missing.");
    if (grantType === "client_credentials") return c.json(await machine(options, credentials, form));
    const grant = grantType === "authorization_code" ? exchange : grantType === "refresh_token" ? refresh : undefined;
    if (!grant)
      throw new EndpointError("unsupported_grant_type", "Use authorization_code, refresh_token or client_credentials.");
    return c.json(await grant(options, await authenticate(credentials, options.clients), form));
  };
}

const unusable = (what: string) =>
  new EndpointError(
    "invalid_grant",
    `The ${what} is not valid, has expired, was used already, or is not this client's.`,
  );

/** RFC 6749, 4.1.3. Everything is checked before Cognito's one-time code is spent. */
async function exchange(options: TokenEndpointOptions, client: Client, form: Parameters) {
  const sealed = form.get("code");
  const verifier = form.get("code_verifier");
  if (sealed === undefined) throw new EndpointError("invalid_request", "code is missing.");
  if (verifier === undefined) throw new EndpointError("invalid_request", "code_verifier is missing.");
  const code = await options.sealer.open(authorizationCode, sealed);
  if (!code || !sameText(code.client, digest(client.id))) throw unusable("code");
  // OAuth 2.1 clients need not repeat it; where they do, it must be the one that the code went to.
  const redirectUri = form.get("redirect_uri");
  if (redirectUri !== undefined && !sameText(code.redirectUri, digest(redirectUri))) throw unusable("code");
  if (!provesChallenge(verifier, code.codeChallenge)) throw unusable("code");
  const tokens = await options.cognito.exchangeCode(code.code, code.codeVerifier);
  options.log("info", "token.issued", { grant: "authorization_code", identity: client.identity.kind });
  return answer(options, client, { ...tokens, allowed: code.scope });
}

/** RFC 6749, 6. */
async function refresh(options: TokenEndpointOptions, client: Client, form: Parameters) {
  const sealed = form.get("refresh_token");
  if (sealed === undefined) throw new EndpointError("invalid_request", "refresh_token is missing.");
  const held = await options.sealer.open(refreshToken, sealed);
  if (!held || !sameText(held.client, digest(client.id))) throw unusable("refresh token");
  const asked = form.get("scope");
  const granted = options.scopes.parse(held.scope) ?? [];
  // Cognito cannot narrow a refresh; the answer says what the token really allows.
  if (asked !== undefined && !options.scopes.parse(asked)?.every((name) => granted.includes(name)))
    throw new EndpointError("invalid_scope", `The refresh token's scope is: ${held.scope}.`);
  const tokens = await options.cognito.refresh(held.token);
  options.log("info", "token.issued", { grant: "refresh_token", identity: client.identity.kind });
  // Cognito gives the next refresh token where it rotates; its predecessor then lives on for the grace period only.
  return answer(options, client, { refreshToken: held.token, ...tokens, allowed: held.scope });
}

/** RFC 6749, 4.4, for machines: Cognito checks the secret. It knows no `resource` here, so that is dropped. */
async function machine(options: TokenEndpointOptions, { id, secret }: Credentials, form: Parameters) {
  if (!options.machineClientIds.includes(id)) {
    if (await options.clients.recognize(id))
      throw new EndpointError("unauthorized_client", "Only machine clients may use client_credentials.");
    throw invalidClient("The client is not known here, or its authentication failed.");
  }
  if (secret === undefined) throw invalidClient("The client is not known here, or its authentication failed.");
  const asked = form.get("scope");
  const names = options.scopes.parse(asked);
  if (names === undefined)
    throw new EndpointError(
      "invalid_scope",
      `The scopes of this server are: ${options.scopes.format(options.scopes.names)}.`,
    );
  const scope = asked === undefined ? undefined : options.scopes.format(names);
  const tokens = await options.cognito.clientCredentials(id, secret, scope);
  options.log("info", "token.issued", { grant: "client_credentials" });
  return { access_token: tokens.accessToken, token_type: "Bearer", expires_in: tokens.expiresIn, scope: tokens.scope };
}

/** What a person gets. Fails closed where Cognito gave something else than was asked for (RFC 8707, 2). */
async function answer(
  { resource, sealer }: TokenEndpointOptions,
  client: Client,
  { accessToken, expiresIn, scope, audience, refreshToken: token, allowed }: Tokens & { readonly allowed: string },
) {
  if (!audience.includes(resource)) throw new CognitoUnavailable("the access token is not for this resource");
  if (!scope.split(" ").every((name) => allowed.split(" ").includes(name)))
    throw new CognitoUnavailable("the access token allows more than the person did");
  return {
    access_token: accessToken,
    token_type: "Bearer",
    expires_in: expiresIn,
    scope,
    ...(token !== undefined && {
      refresh_token: await sealer.seal(refreshToken, { token, client: digest(client.id), scope }),
    }),
  };
}
