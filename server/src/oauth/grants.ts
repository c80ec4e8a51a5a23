import * as z from "zod";
import type { Kind } from "./seal.ts";

/** What a client gets at its redirect URI: Cognito's code, and all that must be true of whoever redeems it. */
export const authorizationCode: Kind<{
  code: string;
  codeVerifier: string;
  client: string;
  redirectUri: string;
  codeChallenge: string;
  /** What the person allowed: tokens that say more are not given out. */
  scope: string;
}> = {
  name: "code",
  // RFC 6749, 4.1.2 allows ten minutes; Cognito's code inside lives five and works once.
  lifetimeSeconds: 120,
  schema: z.object({
    code: z.string(),
    codeVerifier: z.string(),
    client: z.string(),
    redirectUri: z.string(),
    codeChallenge: z.string(),
    scope: z.string(),
  }),
};

export const refreshToken: Kind<{ token: string; client: string; scope: string }> = {
  name: "refresh",
  // As long as Cognito's inside (refresh_token_validity of the app client).
  lifetimeSeconds: 30 * 24 * 3600,
  schema: z.object({ token: z.string(), client: z.string(), scope: z.string() }),
};
