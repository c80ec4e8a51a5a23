import { createHash, randomBytes } from "node:crypto";
import type { CognitoOptions } from "./cognito.ts";
import { TestBrowser } from "./test-browser.ts";
import { basic, CALLBACK, openPool, PASSWORD, RESOURCE, type TestPool } from "./test-pool.ts";

const verifier = randomBytes(32).toString("base64url");
export const CHALLENGE = createHash("sha256").update(verifier).digest("base64url");
export const SCOPES = `openid email ${RESOURCE}/read`;
export const INVALID_GRANT = [400, { error: "invalid_grant" }];

/** Changes to a well-behaved request; `undefined` leaves a parameter out. */
export type Changes = Record<string, string | undefined>;

export interface Tokens {
  access_token: string;
  id_token: string;
  refresh_token: string;
}

/** Status and JSON body of an answer. */
export const outcome = async (response: Response | Promise<Response>): Promise<[number, unknown]> => {
  const { status } = await response;
  return [status, await (await response).json()];
};
export const tokens = async (response: Response | Promise<Response>) => (await (await response).json()) as Tokens;

/** A well-behaved client with one person's browser, on a pool of its own whose clock a test turns. */
export class CodeClient {
  readonly pool: TestPool;
  readonly browser: TestBrowser;
  readonly client: { id: string; secret: string };
  readonly #clock: { time: number };

  private constructor(pool: TestPool, clock: { time: number }) {
    this.pool = pool;
    this.browser = new TestBrowser(pool);
    this.client = pool.client("browser");
    this.#clock = clock;
  }

  static async open(options: Partial<CognitoOptions> = {}): Promise<CodeClient> {
    const clock = { time: Date.parse("2026-01-01T00:00:00Z") };
    return new CodeClient(await openPool({ now: () => new Date(clock.time), ...options }), clock);
  }

  pass(seconds: number): void {
    this.#clock.time += seconds * 1000;
  }

  url(changes: Changes = {}): string {
    const all = {
      response_type: "code",
      client_id: this.client.id,
      redirect_uri: CALLBACK,
      scope: SCOPES,
      state: "st&te=1",
      code_challenge: CHALLENGE,
      code_challenge_method: "S256",
      resource: RESOURCE,
      ...changes,
    };
    const present = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return `${this.pool.domain}/oauth2/authorize?${new URLSearchParams(present)}`;
  }

  /** Where the browser gets to with its cookies alone. */
  visit(changes: Changes = {}) {
    return this.browser.visit(this.url(changes));
  }

  /** The sign-in form. */
  async form(): Promise<Response> {
    const { page } = await this.visit();
    if (!page) throw new Error("No form was shown.");
    return page;
  }

  signIn(changes: Changes = {}, email = "writer@example.com"): Promise<URL> {
    return this.browser.signIn(this.url(changes), email, PASSWORD);
  }

  /** A code, by form or by the live session. */
  async code(changes: Changes = {}, email?: string): Promise<string> {
    const { url, page } = await this.visit(changes);
    const back = page ? await this.signIn(changes, email) : new URL(url);
    return back.searchParams.get("code") ?? "";
  }

  exchange(code: string, changes: Record<string, string> = {}, headers = basic(this.client)): Promise<Response> {
    const form = {
      grant_type: "authorization_code",
      code,
      redirect_uri: CALLBACK,
      code_verifier: verifier,
      ...changes,
    };
    return this.pool.post("/oauth2/token", form, headers);
  }

  /** The same as a public client: no secret. */
  exchangePublic(code: string): Promise<Response> {
    const { id } = this.pool.client("public");
    const form = {
      grant_type: "authorization_code",
      code,
      redirect_uri: CALLBACK,
      code_verifier: verifier,
      client_id: id,
    };
    return this.pool.post("/oauth2/token", form);
  }

  refresh(refresh_token: string, changes: Record<string, string> = {}): Promise<Response> {
    const form = { grant_type: "refresh_token", refresh_token, ...changes };
    return this.pool.post("/oauth2/token", form, basic(this.client));
  }

  async tokens(changes: Changes = {}): Promise<Tokens> {
    return tokens(this.exchange(await this.code(changes)));
  }
}
