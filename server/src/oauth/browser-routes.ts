import { type Context, Hono } from "hono";
import {
  AuthorizationRefused,
  type ReplyTo,
  type RequestRules,
  readAuthorizationRequest,
} from "./authorization-request.ts";
import type { Cognito } from "./cognito.ts";
import { BASIC_SCOPE, consentPage } from "./consent-page.ts";
import { digest, randomText } from "./digest.ts";
import { EndpointError, PageError } from "./errors.ts";
import { readForm } from "./form.ts";
import { authorizationCode } from "./grants.ts";
import type { Log } from "./log.ts";
import { errorPage, pageHeaders } from "./page.ts";
import { readParameters } from "./parameters.ts";
import { begin, consentStep, loginStep, type PendingConsent, take } from "./pending.ts";
import { destinationOf, withParameters } from "./redirect-uri.ts";
import type { Sealer } from "./seal.ts";
import { textsFor } from "./texts.ts";

export interface BrowserOptions extends RequestRules {
  /** Also the issuer (RFC 9207). */
  readonly origin: string;
  readonly sealer: Sealer;
  readonly cognito: Cognito;
  readonly log: Log;
}

/** Where a person is sent: consent, login at Cognito, and back to the client. */
export function browserRoutes(options: BrowserOptions): Hono {
  const { origin, sealer, cognito, scopes, log } = options;
  const app = new Hono();

  app.get("/authorize", async (c) => {
    const { client, replyTo, ...request } = await readAuthorizationRequest(searchOf(c), options);
    const id = await begin(c, sealer, consentStep, {
      client: digest(client.id),
      ...replyTo,
      scopes: [...request.scopes],
      codeChallenge: request.codeChallenge,
    });
    log("info", "consent.shown", { identity: client.identity.kind, to: hostOf(replyTo) });
    const { host } = new URL(origin);
    const { redirectUri } = replyTo;
    return c.html(
      consentPage(textsFor(c.req.header("accept-language")), { id, client, redirectUri, scopes: request.scopes, host }),
      200,
      pageHeaders,
    );
  });

  app.post("/authorize", async (c) => {
    refuseOtherSites(c, origin);
    const form = readParameters(await readForm(c), ["scope"]);
    const pending = await take(c, sealer, consentStep, form.get("id"));
    if (!pending) throw new PageError("expired", 403);
    const granted = grantedScopes(pending, form.get("decision"), form.all("scope"));
    if (granted.length === 0) {
      log("info", "consent.denied", { to: hostOf(pending) });
      return reply(c, origin, pending, { error: "access_denied", error_description: "The person did not allow it." });
    }
    const codeVerifier = randomText();
    const { client, redirectUri, state, codeChallenge } = pending;
    const scope = scopes.format(granted);
    const login = { client, redirectUri, state, codeChallenge, codeVerifier, scope };
    const id = await begin(c, sealer, loginStep, login);
    log("info", "consent.allowed", { to: hostOf(pending), scopes: granted.join(" ") });
    const loginUrl = cognito.loginUrl({
      state: id,
      codeChallenge: digest(codeVerifier),
      scope,
    });
    return redirect(c, loginUrl, 303);
  });

  app.get("/callback", async (c) => {
    const answer = readParameters(searchOf(c));
    const pending = await take(c, sealer, loginStep, answer.get("state"));
    // Consent in one browser and login in another: whoever is here has not agreed to this (RFC 9700, 4.7).
    if (!pending) throw new PageError("browser", 403);
    const code = answer.get("code");
    const error = answer.get("error");
    if (error !== undefined || code === undefined || code.length > MAX_COGNITO_CODE) {
      const known = error === "access_denied" || error === "temporarily_unavailable" ? error : "server_error";
      log("warn", "login.failed", { error: known, to: hostOf(pending) });
      return reply(c, origin, pending, { error: known, error_description: "The login did not end well; try again." });
    }
    log("info", "login.done", { to: hostOf(pending) });
    const sealed = await sealer.seal(authorizationCode, {
      code,
      codeVerifier: pending.codeVerifier,
      client: pending.client,
      redirectUri: digest(pending.redirectUri),
      codeChallenge: pending.codeChallenge,
      scope: pending.scope,
    });
    return reply(c, origin, pending, { code: sealed });
  });

  app.onError((error, c) => {
    if (error instanceof AuthorizationRefused) {
      log("info", "authorize.refused", { error: error.reason.code, to: hostOf(error.replyTo) });
      return reply(c, origin, error.replyTo, { error: error.reason.code, error_description: error.message });
    }
    const texts = textsFor(c.req.header("accept-language"));
    if (error instanceof PageError) {
      log("info", "page.refused", { page: error.page });
      return c.html(errorPage(texts, error.page), error.status, pageHeaders);
    }
    // A form that is not one, or is too long.
    if (error instanceof EndpointError) return c.html(errorPage(texts, "parameters"), error.status, pageHeaders);
    log("error", "failure", { error: `${error.name}: ${error.message}` });
    return c.html(errorPage(texts, "unavailable"), 503, pageHeaders);
  });
  return app;
}

/** Cognito's are UUIDs. */
const MAX_COGNITO_CODE = 512;

const searchOf = (c: Context): URLSearchParams => new URL(c.req.url).searchParams;

/**
 * A second lock on the consent form beside the cookie, whose id no other site can know: the browser says where the form was.
 * Neither header can be set by a page. Browsers too old to send them are held by the cookie alone.
 */
function refuseOtherSites(c: Context, origin: string): void {
  const from = c.req.header("origin");
  const site = c.req.header("sec-fetch-site");
  if ((from !== undefined && from !== origin) || (site !== undefined && site !== "same-origin"))
    throw new PageError("browser", 403);
}

function grantedScopes({ scopes }: PendingConsent, decision: string | undefined, chosen: readonly string[]) {
  return decision === "allow" ? scopes.filter((name) => name === BASIC_SCOPE || chosen.includes(name)) : [];
}

/** An authorization response (RFC 6749, 4.1.2) with its issuer (RFC 9207, 2), errors included. */
function reply(c: Context, origin: string, to: ReplyTo, parameters: Readonly<Record<string, string>>): Response {
  const location = withParameters(to.redirectUri, { ...parameters, state: to.state, iss: origin });
  return redirect(c, location, c.req.method === "POST" ? 303 : 302);
}

function redirect(c: Context, location: string, status: 302 | 303): Response {
  c.header("Cache-Control", "no-store");
  // The address it leaves has the request's parameters in it.
  c.header("Referrer-Policy", "no-referrer");
  return c.redirect(location, status);
}

/** For the log: a whole redirect URI could carry what does not belong there. */
function hostOf({ redirectUri }: ReplyTo): string {
  const destination = destinationOf(redirectUri);
  return destination === undefined ? "" : destination.kind === "app" ? destination.scheme : destination.host;
}
