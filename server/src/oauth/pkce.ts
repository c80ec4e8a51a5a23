import { digest, sameText } from "./digest.ts";

// RFC 7636, 4.2: the base64url form of a SHA-256 digest is 43 characters.
export const isChallenge = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text);

/** RFC 7636, 4.6, method S256. */
export const provesChallenge = (verifier: string, challenge: string): boolean =>
  // RFC 7636, 4.1.
  /^[A-Za-z0-9\-._~]{43,128}$/.test(verifier) && sameText(digest(verifier), challenge);
