import type { GrantStore } from "./grants.ts";
import type { SigningKeys } from "./signing-keys.ts";
import type { UserDirectory } from "./users.ts";

export interface UserInfoOptions {
  keys: SigningKeys;
  grants: GrantStore;
  users: UserDirectory;
  now: () => Date;
}

/** GET /oauth2/userInfo: the person behind an access token that has the scope `openid` (userinfo-endpoint). */
export function createUserInfo({ keys, grants, users, now }: UserInfoOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    const token = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    if (token === undefined) return refuse(400, "invalid_request", "Bad OAuth2 request at UserInfo Endpoint");
    const claims = await keys.verify(token, now());
    const scopes = String(claims?.scope ?? "").split(" ");
    const user = claims?.token_use === "access" && scopes.includes("openid") ? users.find(claims.sub ?? "") : undefined;
    if (!user || grants.isRevoked(String(claims?.origin_jti)))
      return refuse(
        401,
        "invalid_token",
        "Access token is expired, disabled, or deleted, or the user has globally signed out.",
      );
    // `email_verified` is a string here and a boolean in the ID token (aws-amplify and others stumble over it).
    const email = scopes.includes("email") ? { email: user.email, email_verified: "true" } : {};
    return Response.json({ sub: user.sub, ...email, username: user.sub });
  };
}

function refuse(status: 400 | 401, error: string, description: string): Response {
  return Response.json(
    { error, error_description: description },
    { status, headers: { "www-authenticate": `error="${error}", error_description="${description}"` } },
  );
}
