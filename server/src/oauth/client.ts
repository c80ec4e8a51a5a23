import * as z from "zod";
import type { Kind } from "./seal.ts";

/** Whoever asks for tokens. Its id is what it sends as `client_id`. */
export interface Client {
  readonly id: string;
  /** What it calls itself; shown to people, never trusted. */
  readonly name: string;
  /** How far the name can be believed. */
  readonly identity:
    | { readonly kind: "document"; readonly host: string }
    | { readonly kind: "registered" }
    | { readonly kind: "configured" };
  readonly redirectUris: readonly string[];
  /** Digest of its secret; clients without one are public and rely on PKCE alone. */
  readonly secretDigest?: string;
}

/** Keeps authorization URLs below the gateway's limit of 10,240 bytes for the request line and headers together. */
export const MAX_CLIENT_ID = 1200;
export const MAX_NAME = 100;
export const MAX_REDIRECT_URIS = 5;

/** RFC 7591 has no word for a public client's expiry, so registrations live long; every login with an old one fails plainly. */
const REGISTRATION_DAYS = 365;

/** A registration lives nowhere but in the `client_id` that the client keeps. */
export const registration: Kind<{ n: string; r: string[]; s?: string | undefined }> = {
  name: "client",
  lifetimeSeconds: REGISTRATION_DAYS * 24 * 3600,
  schema: z.object({ n: z.string(), r: z.array(z.string()), s: z.string().optional() }),
};

/**
 * A name as it may stand on a page: one line, without characters that turn or hide text. What is left of a name made of
 * nothing else is "".
 */
export const cleanName = (name: string): string =>
  name
    .normalize("NFC")
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "")
    .replace(/\s+/gu, " ")
    .trim()
    .slice(0, MAX_NAME);
