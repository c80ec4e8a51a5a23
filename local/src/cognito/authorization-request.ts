import type { AppClient } from "./app-client.ts";
import { type Form, onceEach } from "./form.ts";
import type { UserPool } from "./user-pool.ts";

/** A valid request to sign a person in for a client. */
export interface AuthorizationRequest {
  client: AppClient;
  redirectUri: string;
  state: string | undefined;
  scopes: readonly string[];
  codeChallenge: string | undefined;
  resource: string | undefined;
  nonce: string | undefined;
  exchangeable: boolean;
}

export type ParsedAuthorization =
  | { kind: "valid"; request: AuthorizationRequest }
  /** The error may go back to the client: client and redirect URI are verified. */
  | { kind: "redirect"; location: string }
  /** The error must stay on Cognito's own page. */
  | { kind: "page"; error: string; clientId: string | undefined };

// Above the OAuth front's own caps (512 characters of state, four scopes), below what Node takes in one request line.
const MAX_QUERY = 8 * 1024;
// RFC 7636 section 4.2: an S256 challenge is the base64url of 32 bytes.
const S256_CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

/** Checks the parameters that /oauth2/authorize and /login share. */
export function parseAuthorization(pool: UserPool, url: URL): ParsedAuthorization {
  const page = (error: string, clientId?: string): ParsedAuthorization => ({ kind: "page", error, clientId });
  if (url.search.length > MAX_QUERY) return page("invalid_request");
  const all = url.searchParams;
  // Twice the same of what decides where the answer goes: no place is safe (RFC 6749 section 3.1).
  if (all.getAll("client_id").length > 1 || all.getAll("redirect_uri").length > 1) return page("invalid_request");
  const client = pool.clients.get(all.get("client_id") ?? "");
  if (!client) return page("invalid_request");
  // Exact comparison, no variable loopback port (RFC 8252 is not implemented by Cognito): the error page is what users report,
  // for example aws/aws-aspnet-cognito-identity-provider#167.
  const redirectUri = all.get("redirect_uri") ?? "";
  if (!client.callbackUrls.includes(redirectUri)) return page("redirect_mismatch", client.id);

  const state = all.getAll("state").length === 1 ? (all.get("state") ?? undefined) : undefined;
  const redirect = (error: string, description?: string): ParsedAuthorization => ({
    kind: "redirect",
    location: errorRedirect(redirectUri, { error, description, state }),
  });
  const parameters = onceEach(all);
  if (!parameters) return redirect("invalid_request");
  const refused = refusal(client, parameters);
  if (refused) return redirect(refused.error, refused.description);

  const requested = scopesOf(parameters);
  return {
    kind: "valid",
    request: {
      client,
      redirectUri,
      state,
      scopes: requested.length > 0 ? requested : client.scopes,
      codeChallenge: parameters.get("code_challenge"),
      resource: pool.bindsResource ? parameters.get("resource") : undefined,
      nonce: parameters.get("nonce"),
      // Without any scope the login works and its code never does (anthropics/claude-code#90190), whatever the page says.
      exchangeable: requested.length > 0,
    },
  };
}

/** authorization-endpoint, "Examples of negative responses"; the form with a description is what users see. */
function refusal(client: AppClient, parameters: Form): { error: string; description?: string } | undefined {
  const responseType = parameters.get("response_type");
  if (responseType !== "code" && responseType !== "token") return { error: "invalid_request" };
  // amazon-cognito-auth-js#40: error_description=unauthorized_client with error=invalid_request.
  if (!client.oauthEnabled || responseType === "token" || !client.flows.includes("code"))
    return { error: "invalid_request", description: "unauthorized_client" };
  const challenge = parameters.get("code_challenge");
  const method = parameters.get("code_challenge_method");
  if (challenge !== undefined || method !== undefined)
    if (method !== "S256" || !S256_CHALLENGE.test(challenge ?? "")) return { error: "invalid_request" };
  const scopes = scopesOf(parameters);
  // Reported widely, with `phone` or `offline_access`: error=invalid_request&error_description=invalid_scope.
  if (scopes.some((scope) => !client.scopes.includes(scope)))
    return { error: "invalid_request", description: "invalid_scope" };
  // authorization-endpoint, "scope": phone, email and profile "can only be requested if openid scope is also requested".
  if (!scopes.includes("openid") && scopes.some((scope) => ["phone", "email", "profile"].includes(scope)))
    return { error: "invalid_request", description: "invalid_scope" };
  return undefined;
}

const scopesOf = (parameters: Form) => [
  ...new Set((parameters.get("scope") ?? "").split(" ").filter((scope) => scope !== "")),
];

/** Sends the person back with a code. No `iss`: Cognito does not implement RFC 9207. */
export const codeRedirect = ({ redirectUri, state }: AuthorizationRequest, code: string) =>
  withQuery(redirectUri, { code, state });

/** Order of the parameters as in amazon-cognito-auth-js#40 and federation-endpoint-idp-responses. */
export const errorRedirect = (
  redirectUri: string,
  { error, description, state }: { error: string; description?: string | undefined; state: string | undefined },
) => withQuery(redirectUri, { error_description: description, state, error });

function withQuery(uri: string, parameters: Record<string, string | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, value);
  return `${uri}${uri.includes("?") ? "&" : "?"}${query}`;
}
