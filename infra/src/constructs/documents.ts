import { SERVER_NAME } from "../config.ts";

/** What the OAuth documents say. All URLs are absolute. */
export interface OauthFacts {
  /** Origin of this service; also the issuer that clients discover. */
  readonly origin: string;
  readonly resource: string;
  readonly scopes: readonly string[];
  readonly jwksUri: string;
  readonly grantTypes: readonly string[];
}

/** RFC 9728: where to get a token for this resource. */
export const protectedResource = (facts: OauthFacts): string =>
  json({
    resource: facts.resource,
    resource_name: SERVER_NAME,
    authorization_servers: [facts.origin],
    scopes_supported: facts.scopes,
    bearer_methods_supported: ["header"],
  });

/**
 * RFC 8414. Cognito has no such document, and without `code_challenge_methods_supported` a client must refuse (MCP
 * 2026-07-28, authorization). The issuer is the origin that serves it, or clients must not use it (RFC 8414, 3.3).
 */
export const authorizationServer = (facts: OauthFacts): string => json(authorizationServerFacts(facts));

/** OpenID discovery: the same, with what its parsers require beside it. */
export const openidConfiguration = (facts: OauthFacts): string =>
  json({
    ...authorizationServerFacts(facts),
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
  });

/** What a client may send with its secret, where it has one (RFC 8414, 2). */
const AUTH_METHODS = ["none", "client_secret_basic", "client_secret_post"];

function authorizationServerFacts(facts: OauthFacts) {
  return {
    issuer: facts.origin,
    authorization_endpoint: `${facts.origin}/authorize`,
    token_endpoint: `${facts.origin}/token`,
    registration_endpoint: `${facts.origin}/register`,
    revocation_endpoint: `${facts.origin}/revoke`,
    jwks_uri: facts.jwksUri,
    scopes_supported: facts.scopes,
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: facts.grantTypes,
    code_challenge_methods_supported: ["S256"],
    token_endpoint_auth_methods_supported: AUTH_METHODS,
    revocation_endpoint_auth_methods_supported: AUTH_METHODS,
    client_id_metadata_document_supported: true,
    // RFC 9207, 3.
    authorization_response_iss_parameter_supported: true,
  };
}

/** For a person who opens the host in a browser. */
export const landingPage = (resource: string): string =>
  html(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${SERVER_NAME}</title>
<style>body{font:1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}code{overflow-wrap:anywhere}</style>
<h1>${SERVER_NAME}</h1>
<p>This is a Model Context Protocol server. Paste this URL into an MCP client and log in when it asks:</p>
<p><code>${resource}</code></p>
</html>
`);

// Documents are Velocity templates at the gateway: `$` starts a reference and `#` a directive. A cdktf token (`${...}`) is
// neither, Terraform has replaced it by then.
const VELOCITY = /\$(?!\{)|#/g;

const json = (value: unknown): string =>
  JSON.stringify(value).replace(VELOCITY, (character) => (character === "#" ? "\\u0023" : "\\u0024"));

const html = (text: string): string =>
  text.replace(VELOCITY, (character) => (character === "#" ? "&num;" : "&dollar;"));
