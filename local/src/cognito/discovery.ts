import type { UserPool } from "./user-pool.ts";

/**
 * Cognito's OIDC discovery document. What it leaves out is what makes MCP clients fail: no `code_challenge_methods_supported`, no
 * `registration_endpoint`, no RFC 8414 form (anthropics/claude-code#13275 and others); `offline_access` is no scope of Cognito's
 * (BerriAI/litellm-docs#1433), and the pool-wide list names scopes that a client need not have.
 */
export function openidConfiguration({ issuer, domain }: UserPool): Record<string, unknown> {
  return {
    authorization_endpoint: `${domain}/oauth2/authorize`,
    end_session_endpoint: `${domain}/logout`,
    id_token_signing_alg_values_supported: ["RS256"],
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: ["code", "token"],
    revocation_endpoint: `${domain}/oauth2/revoke`,
    scopes_supported: ["openid", "email", "phone", "profile"],
    subject_types_supported: ["public"],
    token_endpoint: `${domain}/oauth2/token`,
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
    userinfo_endpoint: `${domain}/oauth2/userInfo`,
  };
}
