import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** SHA-256 in base64url: how a client, a redirect URI and a secret are named inside sealed values. */
export const digest = (text: string): string => createHash("sha256").update(text).digest("base64url");

/** 256 random bits in base64url: a PKCE verifier (RFC 7636, 4.1) or a client secret. */
export const randomText = (bytes = 32): string => randomBytes(bytes).toString("base64url");

/** Compares in a time that depends on neither text: digests are compared, so not even the lengths show. */
export function sameText(first: string, second: string): boolean {
  const [a, b] = [first, second].map((text) => createHash("sha256").update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
