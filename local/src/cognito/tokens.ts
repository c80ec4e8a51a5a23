import { createHash, randomUUID } from "node:crypto";
import type { AppClient } from "./app-client.ts";
import type { Grant } from "./grants.ts";
import type { SigningKeys } from "./signing-keys.ts";
import type { UserPool } from "./user-pool.ts";
import type { User } from "./users.ts";

/** Makes the tokens of one pool. Claims as in amazon-cognito-user-pools-using-the-access-token and -the-id-token. */
export interface TokenMint {
  machineToken(client: AppClient, scopes: readonly string[]): Promise<string>;
  /** An access token, and an ID token when `openid` was granted. */
  userTokens(client: AppClient, grant: Grant, user: User): Promise<{ accessToken: string; idToken?: string }>;
}

export function createTokenMint(pool: UserPool, keys: SigningKeys, now: () => Date): TokenMint {
  const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
  const lifetime = (length: number) => ({ iat: seconds(now()), exp: seconds(now()) + length });

  return {
    // No `aud`, no `username`, `sub` is the client: "resource" binds the code and implicit grants only
    // (cognito-user-pools-define-resource-servers, "Resource binding").
    machineToken: (client, scopes) =>
      keys.sign("access", {
        sub: client.id,
        token_use: "access",
        scope: scopes.join(" "),
        auth_time: seconds(now()),
        iss: pool.issuer,
        ...lifetime(client.accessTokenLifetime),
        version: 2,
        jti: randomUUID(),
        client_id: client.id,
      }),

    async userTokens(client, grant, user) {
      const shared = {
        sub: user.sub,
        ...(user.groups.size > 0 ? { "cognito:groups": [...user.groups] } : {}),
        iss: pool.issuer,
        origin_jti: grant.originJti,
        event_id: randomUUID(),
        auth_time: seconds(grant.authTime),
      };
      const accessToken = await keys.sign("access", {
        ...shared,
        ...(grant.resource === undefined ? {} : { aud: grant.resource }),
        version: 2,
        client_id: client.id,
        token_use: "access",
        scope: grant.scopes.join(" "),
        ...lifetime(client.accessTokenLifetime),
        jti: randomUUID(),
        username: user.sub,
      });
      // authorization-endpoint, "scope": an ID token is only returned if the openid scope is requested.
      if (!grant.scopes.includes("openid")) return { accessToken };
      const hash = createHash("sha256").update(accessToken).digest().subarray(0, 16);
      const idToken = await keys.sign("id", {
        ...shared,
        at_hash: hash.toString("base64url"),
        aud: client.id,
        token_use: "id",
        "cognito:username": user.sub,
        ...(grant.nonce === undefined ? {} : { nonce: grant.nonce }),
        ...(grant.scopes.includes("email") ? { email: user.email, email_verified: true } : {}),
        ...lifetime(client.idTokenLifetime),
        jti: randomUUID(),
      });
      return { accessToken, idToken };
    },
  };
}
