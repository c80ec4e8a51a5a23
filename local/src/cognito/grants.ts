import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { AppClient } from "./app-client.ts";

/** What a person allowed a client to do. */
export interface Grant {
  clientId: string;
  sub: string;
  scopes: readonly string[];
  /** RFC 8707: becomes `aud` of the access tokens. */
  resource: string | undefined;
  nonce: string | undefined;
  authTime: Date;
  /** Links every token of one sign-in, so that revoking its refresh token reaches them all (claim `origin_jti`). */
  originJti: string;
}

export interface PendingCode {
  grant: Grant;
  redirectUri: string;
  codeChallenge: string | undefined;
  /** False for a code that can never be exchanged; see authorization-request.ts. */
  exchangeable: boolean;
}

// authorization-endpoint: "The response returns a one time use code that is valid for five minutes."
const CODE_LIFETIME = 5 * 60;

/** Codes, refresh tokens and revocations, in memory: after a restart people sign in again. */
export class GrantStore {
  readonly #now: () => Date;
  readonly #codes = new Map<string, PendingCode & { expires: number }>();
  readonly #refreshTokens = new Map<string, { grant: Grant; expires: number }>();
  readonly #revoked = new Set<string>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  issueCode(pending: PendingCode): string {
    dropExpired(this.#codes, this.#now());
    const code = randomUUID();
    this.#codes.set(code, { ...pending, expires: this.#now().getTime() + CODE_LIFETIME * 1000 });
    return code;
  }

  /** Gives a code's grant once: also an exchange that fails afterwards has used it up. */
  takeCode(code: string): PendingCode | undefined {
    const pending = this.#codes.get(code);
    this.#codes.delete(code);
    return pending && pending.expires > this.#now().getTime() ? pending : undefined;
  }

  issueRefreshToken(grant: Grant, client: AppClient): string {
    dropExpired(this.#refreshTokens, this.#now());
    const token = refreshToken();
    const expires = this.#now().getTime() + client.refreshTokenLifetime * 1000;
    this.#refreshTokens.set(digest(token), { grant, expires });
    return token;
  }

  findRefreshToken(token: string): Grant | undefined {
    const found = this.#refreshTokens.get(digest(token));
    return found && found.expires > this.#now().getTime() && !this.isRevoked(found.grant.originJti)
      ? found.grant
      : undefined;
  }

  /**
   * Replaces a refresh token; the old one lives on for the grace period only, the new one no longer than the old would have
   * (amazon-cognito-user-pools-using-the-refresh-token, "Refresh token rotation").
   */
  rotate(token: string, graceSeconds: number): string | undefined {
    const found = this.#refreshTokens.get(digest(token));
    if (!found) return undefined;
    const next = refreshToken();
    this.#refreshTokens.set(digest(next), { ...found });
    found.expires = Math.min(found.expires, this.#now().getTime() + graceSeconds * 1000);
    return next;
  }

  revoke({ originJti }: Grant): void {
    this.#revoked.add(originJti);
  }

  isRevoked(originJti: string): boolean {
    return this.#revoked.has(originJti);
  }
}

// Cognito's refresh tokens are JWEs of about 1,800 characters; whoever stores or wraps one must cope with that size here too.
const JWE_HEADER = Buffer.from('{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}').toString("base64url");
const JWE_PARTS = [256, 12, 1000, 16];

function refreshToken(): string {
  return [JWE_HEADER, ...JWE_PARTS.map((size) => randomBytes(size).toString("base64url"))].join(".");
}

const digest = (token: string) => createHash("sha256").update(token).digest("base64url");

function dropExpired(entries: Map<string, { expires: number }>, now: Date): void {
  for (const [key, { expires }] of entries) if (expires <= now.getTime()) entries.delete(key);
}
