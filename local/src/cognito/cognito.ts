import { Hono } from "hono";
import { cors } from "hono/cors";
import type { Resources } from "../terraform/resources.ts";
import { createAdminApi } from "./admin-api.ts";
import { openidConfiguration } from "./discovery.ts";
import { GrantStore } from "./grants.ts";
import { createLogin } from "./login.ts";
import { errorPage } from "./pages.ts";
import { PasswordChallenges } from "./password-challenges.ts";
import { createRevocation } from "./revocation.ts";
import { SessionStore } from "./sessions.ts";
import { openSigningKeys } from "./signing-keys.ts";
import { createTokenEndpoint } from "./token-endpoint.ts";
import { createTokenMint } from "./tokens.ts";
import { createUserInfo } from "./user-info.ts";
import { parseUserPool } from "./user-pool.ts";
import { type SeedUser, UserDirectory } from "./users.ts";

export interface CognitoOptions {
  resources: Resources;
  /** Public origin of the local stack, such as http://127.0.0.1:3000. */
  origin: string;
  /** Folder that keeps the signing keys. */
  stateDir: string;
  /** People who can sign in from the start. */
  users: readonly SeedUser[];
  /** Tells the operator about something that was repaired. */
  warn: (message: string) => void;
  now?: () => Date;
}

export interface Cognito {
  /** Serves `/_aws/cognito-idp.<region>.amazonaws.com/…` and `/_aws/<prefix>.auth.<region>.amazoncognito.com/…`. */
  fetch(request: Request): Promise<Response>;
  /** Serves the user pools API for operators: belongs behind a listener that only this machine's owner reaches. */
  admin(request: Request): Promise<Response>;
}

const endpoints = new Set(["/oauth2/authorize", "/oauth2/token", "/oauth2/revoke", "/oauth2/userInfo"]);

/** The stack's Cognito user pool on a laptop, with Cognito's quirks, so that what logs in here logs in there. */
export async function createCognito(options: CognitoOptions): Promise<Cognito> {
  const { resources, origin, stateDir, warn, now = () => new Date() } = options;
  const pool = parseUserPool(resources, origin);
  const keys = await openSigningKeys(stateDir, warn);
  const users = new UserDirectory(pool.id, pool.groups, now);
  for (const user of options.users) users.seed(user);
  const grants = new GrantStore(now);
  const mint = createTokenMint(pool, keys, now);

  const wellKnown = new Hono()
    .use(cors())
    .get("/openid-configuration", (c) => c.json(openidConfiguration(pool)))
    .get("/jwks.json", (c) => c.json(keys.jwks));

  const domainPath = new URL(pool.domain).pathname;
  const token = createTokenEndpoint({ pool, mint, grants, users });
  const revoke = createRevocation({ pool, keys, grants, now });
  const userInfo = createUserInfo({ keys, grants, users, now });
  const sessions = new SessionStore(domainPath, now);
  const login = createLogin({ pool, users, grants, sessions, challenges: new PasswordChallenges(now) });
  const domain = new Hono()
    .get("/oauth2/authorize", (c) => login.authorize(c.req.raw))
    .get("/login", (c) => login.form(c.req.raw))
    .post("/login", (c) => login.submit(c.req.raw))
    .get("/logout", (c) => login.logout(c.req.raw))
    .get("/error", (c) => errorPage(c.req.query("error") ?? "unknown"))
    // Browser clients call these from their own origin (Cognito's quick starts for single-page apps do).
    .use("/oauth2/*", cors())
    .post("/oauth2/token", (c) => token(c.req.raw))
    .post("/oauth2/revoke", (c) => revoke(c.req.raw))
    .on(["GET", "POST"], "/oauth2/userInfo", (c) => userInfo(c.req.raw))
    // token-endpoint: "only supports HTTPS POST"; other methods get an empty 405 (amazon-cognito-auth-js#52).
    .all("/oauth2/*", (c) => (endpoints.has(c.req.path.slice(domainPath.length)) ? c.body(null, 405) : c.notFound()));

  const app = new Hono().route(`${new URL(pool.issuer).pathname}/.well-known`, wellKnown).route(domainPath, domain);
  return { fetch: async (request) => app.fetch(request), admin: createAdminApi(pool, users) };
}
