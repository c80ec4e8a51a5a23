import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from "jose";
import { GatewayError } from "./errors.ts";
import { headerValues, type StageRequest } from "./request.ts";

/** A COGNITO_USER_POOLS authorizer as a method uses it. */
export interface AuthorizerOptions {
  /** Issuers of the user pools it trusts, as their tokens name them. */
  issuers: readonly string[];
  /** Lower-case name of the header that carries the token. */
  header: string;
}

/** Checks a request against the scopes of a method and gives the token's claims. */
export type Authorizer = (request: StageRequest, scopes: readonly string[]) => Promise<JWTPayload>;

/**
 * Authorizes as API Gateway does: signature by the pool's published keys, issuer, expiry. With scopes it takes access tokens
 * that have at least one of them, without scopes only ID tokens. It checks neither `aud` nor the client.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-integrate-with-cognito.html
 */
export function createAuthorizer({ issuers, header }: AuthorizerOptions): Authorizer {
  const keys = new Map(
    issuers.map((issuer) => [issuer, createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`))] as const),
  );
  return async (request, scopes) => {
    const claims = await verify(bearer(request, header), keys);
    if (claims.token_use !== (scopes.length > 0 ? "access" : "id"))
      throw new GatewayError("UNAUTHORIZED", { reason: `a token with token_use ${String(claims.token_use)}` });
    const granted = typeof claims.scope === "string" ? claims.scope.split(" ") : [];
    if (scopes.length > 0 && !scopes.some((scope) => granted.includes(scope)))
      throw new GatewayError("ACCESS_DENIED", { reason: `none of the scopes ${scopes.join(" ")}` });
    return claims;
  };
}

function bearer(request: StageRequest, header: string): string {
  const [value, ...others] = headerValues(request.headers, header);
  // Two of them are ambiguous: a proxy may have checked one and passed on both.
  if (value === undefined || others.length > 0)
    throw new GatewayError("UNAUTHORIZED", { reason: value === undefined ? "no token" : "more than one token" });
  return value.replace(/^Bearer +/i, "").trim();
}

type Keys = ReadonlyMap<string, ReturnType<typeof createRemoteJWKSet>>;

async function verify(token: string, keys: Keys): Promise<JWTPayload> {
  try {
    const issuer = issuerOf(token);
    const key = keys.get(issuer);
    if (!key) throw new errors.JWTInvalid(`foreign issuer ${issuer}`);
    const { payload } = await jwtVerify(token, key, { algorithms: ["RS256"], issuer, requiredClaims: ["exp"] });
    return payload;
  } catch (error) {
    // Cognito's expired tokens are UNAUTHORIZED too; EXPIRED_TOKEN is about AWS's own.
    if (error instanceof errors.JWTExpired)
      throw new GatewayError("UNAUTHORIZED", { message: "The incoming token has expired" });
    // jose's generic code is for answers of the keys' endpoint that are not 200 or not JSON.
    const noKeys = error instanceof errors.JOSEError && error.code === "ERR_JOSE_GENERIC";
    if (error instanceof Error && (noKeys || error instanceof errors.JWKSTimeout || error instanceof TypeError))
      throw new GatewayError("AUTHORIZER_CONFIGURATION_ERROR", { reason: `the pool's keys: ${error.message}` });
    if (error instanceof errors.JOSEError) throw new GatewayError("UNAUTHORIZED", { reason: error.message });
    throw error;
  }
}

/** The `iss` that a token claims; which keys to ask depends on it. */
function issuerOf(token: string): string {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    if (typeof claims === "object" && claims !== null && "iss" in claims) return String(claims.iss);
  } catch {
    // Not a JWT at all.
  }
  throw new errors.JWTInvalid("not a JSON Web Token");
}
