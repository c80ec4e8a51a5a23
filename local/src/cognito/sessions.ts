import { randomBytes } from "node:crypto";
import { parse, serialize } from "hono/utils/cookie";

// limits, "Hosted UI session cookie": 1 hour. One session serves all clients of a pool (application-client-based-multi-tenancy).
const SESSION_SECONDS = 3600;
const SESSION = "cognito";
// Seen in Cognito's answers: set-cookie: XSRF-TOKEN=…; HttpOnly (amazon-cognito-auth-js#52).
const CSRF = "XSRF-TOKEN";

export interface Session {
  sub: string;
  authTime: Date;
}

/** Live sign-ins of browsers, in memory: who has one is not asked for a password again. */
export class SessionStore {
  readonly #path: string;
  readonly #now: () => Date;
  readonly #sessions = new Map<string, Session>();

  /** `path` keeps the cookies to the domain's pages, which share their origin with everything else on this machine. */
  constructor(path: string, now: () => Date) {
    this.#path = path;
    this.#now = now;
  }

  /** Starts a session; gives it with its Set-Cookie header. */
  open(sub: string): { session: Session; cookie: string } {
    for (const [id, session] of this.#sessions) if (!this.#isLive(session)) this.#sessions.delete(id);
    const id = randomToken();
    const session = { sub, authTime: this.#now() };
    this.#sessions.set(id, session);
    return { session, cookie: this.#cookie(SESSION, id, SESSION_SECONDS) };
  }

  find(request: Request): Session | undefined {
    const session = this.#sessions.get(cookieOf(request, SESSION) ?? "");
    return session && this.#isLive(session) ? session : undefined;
  }

  /** Ends the browser's session; gives the Set-Cookie header that removes its cookie. */
  close(request: Request): string {
    this.#sessions.delete(cookieOf(request, SESSION) ?? "");
    return this.#cookie(SESSION, "", 0);
  }

  /** The browser's token against forged forms, with the Set-Cookie header that gives it one. */
  csrfToken(request: Request): { token: string; cookie: string } {
    const token = cookieOf(request, CSRF) ?? randomToken();
    return { token, cookie: this.#cookie(CSRF, token, SESSION_SECONDS) };
  }

  /** True when the form carries the token of the browser's cookie, which another site can neither read nor set. */
  isOwnForm(request: Request, token: string | undefined): boolean {
    return token !== undefined && token === cookieOf(request, CSRF);
  }

  #isLive({ authTime }: Session): boolean {
    return this.#now().getTime() - authTime.getTime() < SESSION_SECONDS * 1000;
  }

  /** Not Secure: the local stack speaks http on loopback. */
  #cookie(name: string, value: string, maxAge: number): string {
    return serialize(name, value, { path: this.#path, httpOnly: true, sameSite: "Lax", maxAge });
  }
}

const randomToken = () => randomBytes(32).toString("base64url");
const cookieOf = (request: Request, name: string) =>
  parse(request.headers.get("cookie") ?? "", name)[name] || undefined;
