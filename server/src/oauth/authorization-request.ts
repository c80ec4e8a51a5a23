import type { ScopeName } from "../tools/tool.ts";
import type { Client } from "./client.ts";
import type { Clients } from "./clients.ts";
import { PageError, RedirectError } from "./errors.ts";
import { type Parameters, readParameters } from "./parameters.ts";
import { isChallenge } from "./pkce.ts";
import { allowedRedirect, destinationOf, sameRedirect } from "./redirect-uri.ts";
import { isOurResource } from "./resource.ts";
import type { Scopes } from "./scopes.ts";

/** Where an answer may be sent: everything about it has been checked. */
export interface ReplyTo {
  readonly redirectUri: string;
  readonly state?: string | undefined;
}

export interface AuthorizationRequest {
  readonly client: Client;
  readonly replyTo: ReplyTo;
  readonly scopes: readonly ScopeName[];
  readonly codeChallenge: string;
}

export interface RequestRules {
  readonly clients: Clients;
  readonly hostedRedirects: readonly string[];
  readonly resource: string;
  readonly scopes: Scopes;
}

const MAX_STATE = 512;

/** An error that the client may be told, and where. */
export class AuthorizationRefused extends Error {
  override readonly name = "AuthorizationRefused";
  readonly replyTo: ReplyTo;
  readonly reason: RedirectError;

  constructor(replyTo: ReplyTo, reason: RedirectError) {
    super(reason.message);
    this.replyTo = replyTo;
    this.reason = reason;
  }
}

/**
 * Checks an authorization request in the order of trust: first who asks and where the answer would go, told to the person
 * (RFC 6749, 4.1.2.1: never redirect to an unverified URI), then the rest, told to the client.
 * @throws PageError, AuthorizationRefused
 */
export async function readAuthorizationRequest(
  search: URLSearchParams,
  rules: RequestRules,
): Promise<AuthorizationRequest> {
  const parameters = readParameters(search, ["resource"]);
  const { client, redirectUri } = await trustedParts(parameters, rules);
  const state = parameters.get("state");
  const stateIsValid = state === undefined || isState(state);
  const replyTo: ReplyTo = { redirectUri, ...(stateIsValid && state !== undefined && { state }) };
  try {
    if (!stateIsValid)
      throw new RedirectError("invalid_request", `state must be at most ${MAX_STATE} printable ASCII characters.`);
    return { client, replyTo, ...readTheRest(parameters, rules) };
  } catch (error) {
    if (error instanceof RedirectError) throw new AuthorizationRefused(replyTo, error);
    throw error;
  }
}

async function trustedParts(parameters: Parameters, rules: RequestRules) {
  if (parameters.repeated.has("client_id") || parameters.repeated.has("redirect_uri"))
    throw new PageError("parameters");
  const clientId = parameters.get("client_id");
  if (clientId === undefined) throw new PageError("client");
  const client = await rules.clients.find(clientId);
  const redirectUri = parameters.get("redirect_uri");
  if (redirectUri === undefined || !mayRedirect(client, redirectUri, rules.hostedRedirects))
    throw new PageError("redirect");
  return { client, redirectUri };
}

/** The policy is asked again, so that a registration from before it became stricter does not escape it. */
function mayRedirect(client: Client, uri: string, hosted: readonly string[]): boolean {
  if (destinationOf(uri) === undefined) return false;
  if (client.identity.kind !== "configured" && !allowedRedirect(uri, hosted)) return false;
  return client.redirectUris.some((registered) => sameRedirect(registered, uri));
}

function readTheRest(parameters: Parameters, { resource, scopes }: RequestRules) {
  const [repeated] = parameters.repeated;
  if (repeated !== undefined)
    throw new RedirectError("invalid_request", "A parameter came more than once; send each parameter once.");
  const refuse = (code: RedirectError["code"], description: string): never => {
    throw new RedirectError(code, description);
  };

  if (parameters.get("request") !== undefined || parameters.get("request_uri") !== undefined)
    refuse("invalid_request", "Request objects are not supported; send the parameters themselves.");
  const responseType = parameters.get("response_type");
  if (responseType === undefined) refuse("invalid_request", "response_type is missing; send response_type=code.");
  if (responseType !== "code") refuse("unsupported_response_type", "Only response_type=code is supported.");
  const responseMode = parameters.get("response_mode");
  if (responseMode !== undefined && responseMode !== "query")
    refuse("invalid_request", "Only response_mode=query is supported.");

  const codeChallenge = parameters.get("code_challenge") ?? "";
  // RFC 7636, 4.4.1; its default method is plain, so S256 must be named.
  if (codeChallenge === "") refuse("invalid_request", "code_challenge is missing: PKCE with S256 is required.");
  if (parameters.get("code_challenge_method") !== "S256")
    refuse("invalid_request", "code_challenge_method must be S256.");
  if (!isChallenge(codeChallenge))
    refuse("invalid_request", "code_challenge must be a SHA-256 digest in base64url, 43 characters.");

  const resources = parameters.all("resource");
  if (resources.length === 0) refuse("invalid_target", `resource is missing; send resource=${resource}.`);
  if (!resources.every((value) => isOurResource(value, resource)))
    refuse("invalid_target", `The only resource of this server is ${resource}.`);

  const granted = scopes.parse(parameters.get("scope"));
  if (granted === undefined)
    throw new RedirectError("invalid_scope", `The scopes of this server are: ${scopes.format(scopes.names)}.`);
  return { codeChallenge, scopes: granted };
}

// RFC 6749, appendix A.5.
const isState = (state: string): boolean => state.length <= MAX_STATE && /^[\x20-\x7e]+$/.test(state);
