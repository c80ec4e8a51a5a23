import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import * as z from "zod";
import type { ScopeName } from "../tools/tool.ts";
import { randomText } from "./digest.ts";
import type { Kind, Sealer } from "./seal.ts";

/** What the client asked for, until the person is back. The client itself is kept as the digest of its id. */
type Asked = {
  client: string;
  redirectUri: string;
  state?: string | undefined;
  codeChallenge: string;
};

/** Waiting for a decision. */
export type PendingConsent = Asked & { scopes: ScopeName[] };
/** Allowed, and waiting for Cognito. */
export type PendingLogin = Asked & { codeVerifier: string; scope: string };

/** Long enough to look up a password and a second factor. */
const LIFETIME_SECONDS = 600;

const asked = {
  /** Its own id: a cookie's value is worth nothing under another name. */
  id: z.string(),
  client: z.string(),
  redirectUri: z.string(),
  state: z.string().optional(),
  codeChallenge: z.string(),
};

export const consentStep: Kind<PendingConsent & { id: string }> = {
  name: "consent",
  lifetimeSeconds: LIFETIME_SECONDS,
  schema: z.object({ ...asked, scopes: z.array(z.enum(["read", "write"])) }),
};
export const loginStep: Kind<PendingLogin & { id: string }> = {
  name: "login",
  lifetimeSeconds: LIFETIME_SECONDS,
  schema: z.object({ ...asked, codeVerifier: z.string(), scope: z.string() }),
};

/** So many logins may be under way in one browser: each costs up to 3 KB of the gateway's 10,240 bytes of headers. */
const MAX_PENDING = 3;
const ID = /^[A-Za-z0-9_-]{22}$/;
const COOKIE = /^__Host-(consent|login)-([A-Za-z0-9_-]{22})$/;

/**
 * A pending authorization lives in the browser that it began in: sealed, in a cookie that only this host can set and read, that
 * scripts cannot read and other sites' forms do not send. (On a laptop the host is http://127.0.0.1: Chromium 156, measured, and
 * Firefox take Secure cookies from it as from https; Safari does not, so locally it cannot log in.) Each step has its own kind and a new id, so that no step can be
 * skipped.
 * @returns the id, to be sent back with the next step
 */
export async function begin<Payload extends Record<string, unknown>>(
  c: Context,
  sealer: Sealer,
  step: Kind<Payload & { id: string }>,
  payload: Payload,
): Promise<string> {
  const id = randomText(16);
  // Browsers send the oldest cookie first (RFC 6265, 5.4); an abandoned login makes room for the one that is wanted.
  const pending = Object.keys(getCookie(c)).filter((name) => COOKIE.test(name));
  for (const name of pending.slice(0, Math.max(0, pending.length - MAX_PENDING + 1))) expire(c, name);
  setCookie(c, `${step.name}-${id}`, await sealer.seal(step, { ...payload, id }), {
    prefix: "host",
    path: "/",
    secure: true,
    httpOnly: true,
    sameSite: "Lax",
    maxAge: LIFETIME_SECONDS,
  });
  return id;
}

/** Takes the pending authorization out of the browser. @returns undefined where this browser has none of that id and step */
export async function take<Payload extends { id: string } & Record<string, unknown>>(
  c: Context,
  sealer: Sealer,
  step: Kind<Payload>,
  id: string | undefined,
): Promise<Payload | undefined> {
  if (id === undefined || !ID.test(id)) return undefined;
  const name = `__Host-${step.name}-${id}`;
  const sealed = getCookie(c, name);
  if (sealed === undefined) return undefined;
  expire(c, name);
  const payload = await sealer.open(step, sealed);
  return payload?.id === id ? payload : undefined;
}

const expire = (c: Context, name: string) => deleteCookie(c, name, { path: "/", secure: true });
