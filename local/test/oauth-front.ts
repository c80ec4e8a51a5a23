import { createHash, randomBytes } from "node:crypto";
import { createApp, type OauthOptions } from "@remote-mcp/server/oauth/app";
import { createClientDocuments } from "@remote-mcp/server/oauth/client-document";
import { createCognito } from "@remote-mcp/server/oauth/cognito";
import type { DocumentNetwork } from "@remote-mcp/server/oauth/document-fetch";
import { hostedRedirects } from "@remote-mcp/server/oauth/known-clients";
import { createScopes } from "@remote-mcp/server/oauth/scopes";
import { createSealer } from "@remote-mcp/server/oauth/seal";
import { cacheSecrets, type SealingSecrets } from "@remote-mcp/server/oauth/sealing-secrets";
import { CALLBACK, loadPool, machine, openPool, PASSWORD, publicBrowser, RESOURCE } from "../src/cognito/test-pool.ts";
import { asPage, asUrl, Browser, type Page } from "./browser.ts";

export const ORIGIN = new URL(RESOURCE).origin;
export const REDIRECT = "http://127.0.0.1:50123/callback";
export const WRITER = "writer@example.com";
export { PASSWORD, RESOURCE };

export const newSecret = () => ({
  id: randomBytes(6).toString("base64url"),
  secret: randomBytes(32).toString("base64url"),
});

export interface Login {
  readonly client_id: string;
  readonly verifier: string;
}

/** No name resolves: what a function without a way out sees. */
const noNetwork: DocumentNetwork = { resolve: async () => [], isAllowed: () => false };

/** The OAuth front in this process, in front of the Cognito look-alike, with a clock and secrets that a test can turn. */
export async function openFront(
  changes: Partial<OauthOptions> & { readonly network?: DocumentNetwork; readonly rotation?: boolean } = {},
) {
  const state = {
    time: Date.UTC(2026, 10, 22, 12),
    secrets: { current: newSecret() } as SealingSecrets,
    cognitoIsDown: false,
    log: [] as string[],
  };
  const now = () => state.time;
  const rotation = { feature: "ENABLED", retry_grace_period_seconds: 10 };
  const people = {
    ...publicBrowser,
    allowed_oauth_scopes: [`${RESOURCE}/read`, `${RESOURCE}/write`],
    callback_urls: [CALLBACK],
    ...(changes.rotation === true && {
      explicit_auth_flows: ["ALLOW_USER_SRP_AUTH"],
      refresh_token_rotation: rotation,
    }),
  };
  const pool = await openPool({ resources: loadPool({ machine, people }), now: () => new Date(state.time) });
  const app = createApp({
    resource: RESOURCE,
    scopes: createScopes(RESOURCE, ["read", "write"]),
    configuredClients: [],
    deniedClients: [],
    hostedRedirects,
    machineClientIds: [pool.client("machine").id],
    documents: createClientDocuments(changes.network ?? noNetwork, {
      now,
      warn: (event, detail) => state.log.push(`${event} ${detail}`),
    }),
    cognito: createCognito({
      origin: pool.domain,
      clientId: pool.client("people").id,
      callback: CALLBACK,
      resource: RESOURCE,
      fetch: async (input, init) => {
        if (state.cognitoIsDown) throw new TypeError("fetch failed");
        return pool.fetch(new Request(input, init));
      },
    }),
    sealer: createSealer({ secrets: cacheSecrets(async () => state.secrets, now), resource: RESOURCE, now }),
    log: (level, event, fields) => state.log.push(JSON.stringify({ level, event, ...fields })),
    now,
    ...changes,
  });

  const send = async (request: Request) =>
    new URL(request.url).pathname.startsWith("/_aws/") ? pool.fetch(request) : app.fetch(request);
  const newBrowser = (language = "en") => new Browser(ORIGIN, send, language);

  const post = (
    path: string,
    form: Record<string, string> | URLSearchParams | string,
    headers: Record<string, string> = {},
  ) =>
    send(
      new Request(`${ORIGIN}${path}`, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
        body: new URLSearchParams(form).toString(),
      }),
    );

  const register = (metadata: Record<string, unknown> = {}) =>
    send(
      new Request(`${ORIGIN}/register`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          client_name: "Test client",
          redirect_uris: [REDIRECT],
          token_endpoint_auth_method: "none",
          ...metadata,
        }),
      }),
    );

  const registered = async (metadata?: Record<string, unknown>) =>
    (await (await register(metadata)).json()) as { client_id: string; client_secret?: string };

  /** Consent, login, and the redirect back. */
  async function logIn(
    url: string,
    { browser = newBrowser(), scope }: { browser?: Browser; scope?: readonly string[] } = {},
  ): Promise<URL> {
    const login = asPage(await allow(browser, asPage(await browser.open(url)), scope));
    return asUrl(await browser.submit(login, { username: WRITER, password: PASSWORD, action: "signin" }));
  }

  return { state, pool, send, post, register, registered, newBrowser, logIn };
}

/** Presses Allow. @param scope what stays ticked; as the page has it where it is left out */
export const allow = (browser: Browser, consent: Page, scope?: readonly string[]) =>
  browser.submit(consent, { decision: "allow", ...(scope && { scope }) });

export const newVerifier = () => randomBytes(32).toString("base64url");
export const challengeOf = (verifier: string) => createHash("sha256").update(verifier).digest("base64url");

/** A well-behaved authorization request, with changes; `undefined` leaves a parameter out. */
export function authorizeUrl(
  clientId: string,
  verifier: string,
  changes: Record<string, string | undefined> = {},
): string {
  const all = {
    response_type: "code",
    client_id: clientId,
    redirect_uri: REDIRECT,
    scope: `${RESOURCE}/read ${RESOURCE}/write`,
    state: "st&te=1",
    code_challenge: challengeOf(verifier),
    code_challenge_method: "S256",
    resource: RESOURCE,
    ...changes,
  };
  const present = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `${ORIGIN}/authorize?${new URLSearchParams(present)}`;
}
