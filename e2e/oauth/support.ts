import { createHash, randomBytes } from "node:crypto";
import { describe } from "@jest/globals";
import { demoUsers } from "@remote-mcp/local/demo-users";
import { asPage, asUrl, Browser, type Page } from "@remote-mcp/local/test/browser";
import { type Answer, send } from "../support/http.ts";
import { readTarget } from "../support/target.ts";

export { asPage, asUrl, Browser, type Page };

export const { resource, machine, local } = readTarget();
export const origin = new URL(resource).origin;
export const READ = `${resource}/read`;
export const WRITE = `${resource}/write`;
/** Of a client that listens on loopback; nothing does in these tests. */
export const REDIRECT = "http://127.0.0.1:50123/callback";

export const [writer, reader] = demoUsers;

/** A login needs people whose passwords are known: those of the local stack. */
export const describeWithPeople = local ? describe : describe.skip;

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly token_type: string;
  readonly expires_in: number;
  readonly scope: string;
}

export const newVerifier = () => randomBytes(32).toString("base64url");
export const challengeOf = (verifier: string) => createHash("sha256").update(verifier).digest("base64url");

/** Waits where the gateway throttles, as a client should. */
export async function patiently(ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (answer.status !== 429) return answer;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

export const post = (
  path: string,
  form: Record<string, string> | string | URLSearchParams,
  headers: Record<string, string> = {},
): Promise<Answer> =>
  patiently(() =>
    send(path, {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded", ...headers },
      body: new URLSearchParams(form).toString(),
    }),
  );

export const postJson = (path: string, body: unknown): Promise<Answer> =>
  patiently(() =>
    send(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: typeof body === "string" ? body : JSON.stringify(body),
    }),
  );

/** A registration that works, with changes. */
export const registration = (changes: Record<string, unknown> = {}) => ({
  client_name: "Test client",
  redirect_uris: [REDIRECT],
  token_endpoint_auth_method: "none",
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
  ...changes,
});

export async function register(changes?: Record<string, unknown>) {
  const answer = await postJson("/register", registration(changes));
  if (answer.status !== 201) throw new Error(`the registration was refused: ${answer.text}`);
  return answer.json as { client_id: string; client_secret?: string };
}

let ordinary: Promise<{ client_id: string }> | undefined;
/** One public client for the tests of a file that need no client of their own. */
export const publicClient = () => (ordinary ??= register());

/** The parameters of a request that works, with changes; `undefined` leaves one out, a list repeats it. */
export function authorizeUrl(
  clientId: string,
  verifier: string,
  changes: Record<string, string | readonly string[] | undefined> = {},
): string {
  const query = new URLSearchParams();
  const all = {
    response_type: "code",
    client_id: clientId,
    redirect_uri: REDIRECT,
    scope: `${READ} ${WRITE}`,
    state: "st&te=1",
    code_challenge: challengeOf(verifier),
    code_challenge_method: "S256",
    resource,
    ...changes,
  };
  for (const [name, value] of Object.entries(all))
    for (const one of value === undefined ? [] : [value].flat()) query.append(name, one);
  return `${origin}/authorize?${query}`;
}

export const allow = (browser: Browser, consent: Page, scope?: readonly string[]) =>
  browser.submit(consent, { decision: "allow", ...(scope && { scope }) });

/** Fills in Cognito's form. */
export const signIn = (browser: Browser, login: Page, user = writer) =>
  browser.submit(login, { username: user.email, password: user.password, action: "signin" });

/** From the client's request to the redirect back, in a new browser. */
export async function logIn(url: string, { user = writer, scope }: { user?: typeof writer; scope?: string[] } = {}) {
  const browser = new Browser(origin);
  const login = asPage(await allow(browser, asPage(await browser.open(url)), scope));
  return asUrl(await signIn(browser, login, user));
}

export async function newCode(clientId: string, verifier: string, changes?: Record<string, string>): Promise<string> {
  const back = await logIn(authorizeUrl(clientId, verifier, changes));
  const code = back.searchParams.get("code");
  if (code === null) throw new Error(`no code came back: ${back.href}`);
  return code;
}

/** A token request for a code that works, with changes; `undefined` leaves a parameter out. */
export function exchange(
  clientId: string,
  code: string,
  verifier: string,
  changes: Record<string, string | undefined> = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  const all = {
    grant_type: "authorization_code",
    client_id: clientId,
    code,
    redirect_uri: REDIRECT,
    code_verifier: verifier,
    resource,
    ...changes,
  };
  return post("/token", present(all), headers);
}

export const refresh = (clientId: string, token: string, changes: Record<string, string> = {}): Promise<Answer> =>
  post("/token", { grant_type: "refresh_token", client_id: clientId, refresh_token: token, resource, ...changes });

export async function newTokens(clientId: string): Promise<Tokens> {
  const verifier = newVerifier();
  const answer = await exchange(clientId, await newCode(clientId, verifier), verifier);
  if (answer.status !== 200) throw new Error(`no tokens came back: ${answer.text}`);
  return answer.json as Tokens;
}

export const basic = (id: string, secret: string) => ({
  Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
});

/** Status and error code of an endpoint's refusal. */
export const outcome = ({ status, json }: Answer) => [status, (json as { error?: string } | undefined)?.error];

/** What an authorization error says to the client. */
export async function refusal(
  url: string,
): Promise<{ error: string | null; state: string | null; iss: string | null }> {
  const back = asUrl(await new Browser(origin).open(url));
  if (!back.href.startsWith(REDIRECT)) throw new Error(`the browser was sent to ${back.href}`);
  const { searchParams: answer } = back;
  if (answer.has("code")) throw new Error("a refusal came with a code");
  return { error: answer.get("error"), state: answer.get("state"), iss: answer.get("iss") };
}

/** Signs in, and takes Cognito's own code out of the redirect before our callback sees it. */
export async function codeAtCallback(browser: Browser, login: Page): Promise<string> {
  let code: string | null = null;
  const spy = new Browser(origin, async (request) => {
    const at = new URL(request.url);
    if (at.pathname === "/callback") {
      code = at.searchParams.get("code");
      return new Response("stopped");
    }
    return fetch(request, { redirect: "manual" });
  });
  for (const [name, { value, path }] of browser.cookies) spy.plant(name, value, path);
  await signIn(spy, login);
  if (code === null) throw new Error("Cognito gave no code");
  return code;
}

function present(all: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
