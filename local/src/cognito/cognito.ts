import { Hono } from "hono";
import { cors } from "hono/cors";
import type { Resources } from "../terraform/resources.ts";
import { openidConfiguration } from "./discovery.ts";
import { GrantStore } from "./grants.ts";
import { openSigningKeys } from "./signing-keys.ts";
import { createTokenEndpoint } from "./token-endpoint.ts";
import { createTokenMint } from "./tokens.ts";
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
}

/** The stack's Cognito user pool on a laptop, with Cognito's quirks, so that what logs in here logs in there. */
export async function createCognito(options: CognitoOptions): Promise<Cognito> {
  const { resources, origin, stateDir, warn, now = () => new Date() } = options;
  const pool = parseUserPool(resources, origin);
  const keys = await openSigningKeys(stateDir, warn);
  const users = new UserDirectory(pool.id, pool.groups, options.users);
  const grants = new GrantStore(now);
  const mint = createTokenMint(pool, keys, now);

  const wellKnown = new Hono()
    .use(cors())
    .get("/openid-configuration", (c) => c.json(openidConfiguration(pool)))
    .get("/jwks.json", (c) => c.json(keys.jwks));

  const token = createTokenEndpoint({ pool, mint, grants, users });
  const domain = new Hono()
    // Browser clients call these three from their own origin (Cognito's quick starts for single-page apps do).
    .use("/oauth2/token", cors())
    // token-endpoint: "only supports HTTPS POST"; other methods get an empty 405 (amazon-cognito-auth-js#52).
    .post("/oauth2/token", (c) => token(c.req.raw))
    .all("/oauth2/token", (c) => c.body(null, 405));

  const app = new Hono()
    .route(`${new URL(pool.issuer).pathname}/.well-known`, wellKnown)
    .route(new URL(pool.domain).pathname, domain);
  return { fetch: async (request) => app.fetch(request) };
}
