import { createHash, randomBytes } from "node:crypto";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import { TestBrowser } from "./test-browser.ts";
import { basic, CALLBACK, openPool, PASSWORD, RESOURCE, type TestPool } from "./test-pool.ts";

const verifier = randomBytes(32).toString("base64url");
const challenge = createHash("sha256").update(verifier).digest("base64url");
const SCOPES = `openid email ${RESOURCE}/read`;

let pool: TestPool;
let client: { id: string; secret: string };
let browser: TestBrowser;
let clock: number;

beforeEach(async () => {
  clock = Date.parse("2026-01-01T00:00:00Z");
  pool = await openPool({ now: () => new Date(clock) });
  client = pool.client("browser");
  browser = new TestBrowser(pool);
});

const pass = (seconds: number) => {
  clock += seconds * 1000;
};

/** The authorization URL of a well-behaved client, with changes; `undefined` leaves a parameter out. */
function authorizeUrl(changes: Record<string, string | undefined> = {}): string {
  const all = {
    response_type: "code",
    client_id: client.id,
    redirect_uri: CALLBACK,
    scope: SCOPES,
    state: "st&te=1",
    code_challenge: challenge,
    code_challenge_method: "S256",
    resource: RESOURCE,
    ...changes,
  };
  const present = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `${pool.domain}/oauth2/authorize?${new URLSearchParams(present)}`;
}

async function obtainCode(changes: Record<string, string | undefined> = {}, email = "writer@example.com") {
  const back = await browser.signIn(authorizeUrl(changes), email, PASSWORD);
  return back.searchParams.get("code") ?? "";
}

const exchange = (
  code: string,
  changes: Record<string, string> = {},
  headers: Record<string, string> = basic(client),
) =>
  pool.post(
    "/oauth2/token",
    { grant_type: "authorization_code", code, redirect_uri: CALLBACK, code_verifier: verifier, ...changes },
    headers,
  );
const refresh = (refresh_token: string, changes: Record<string, string> = {}) =>
  pool.post("/oauth2/token", { grant_type: "refresh_token", refresh_token, ...changes }, basic(client));

interface Tokens {
  access_token: string;
  id_token: string;
  refresh_token: string;
}
const tokens = async (response: Response | Promise<Response>) => (await (await response).json()) as Tokens;
const signIn = async () => tokens(exchange(await obtainCode()));
const outcome = async (response: Response | Promise<Response>) => {
  const { status } = await response;
  return [status, await (await response).json()];
};
const INVALID_GRANT = [400, { error: "invalid_grant" }];

describe("the login", () => {
  it("leads over the form back to the client with code and state, and no iss", async () => {
    const { url, page } = await browser.visit(authorizeUrl());
    expect(url).toContain("/login?response_type=code&");
    expect(page?.headers.get("content-security-policy")).not.toContain("form-action");
    const back = await browser.signIn(authorizeUrl(), "writer@example.com", PASSWORD);
    expect(back.origin + back.pathname).toBe(CALLBACK);
    expect([...back.searchParams.keys()].sort()).toEqual(["code", "state"]);
    expect(back.searchParams.get("state")).toBe("st&te=1");
  });

  it("skips the form while the browser has a live session, also for another client, for one hour", async () => {
    await browser.signIn(authorizeUrl(), "writer@example.com", PASSWORD);
    const other = authorizeUrl({ client_id: pool.client("public").id, redirect_uri: "myapp://callback" });
    expect((await browser.visit(other)).url).toMatch(/^myapp:\/\/callback\?code=/);
    pass(3599);
    expect((await browser.visit(authorizeUrl())).url).toMatch(/\?code=/);
    pass(1);
    expect((await browser.visit(authorizeUrl())).url).toContain("/login?");
  });

  it("stays on the form after a failure, the same for a wrong password and an unknown user", async () => {
    const texts = [];
    for (const username of ["writer@example.com", "nobody@example.com"]) {
      const { page } = await browser.visit(authorizeUrl());
      const answer = await browser.submit(page as Response, { username, password: "wrong", action: "signin" });
      expect(answer.status).toBe(200);
      texts.push((await answer.text()).replace(username, ""));
    }
    expect(texts[0]).toContain('role="alert"');
    expect(texts[0]).toBe(texts[1]);
    expect((await browser.visit(authorizeUrl())).url).toContain("/login?");
  });

  it("tells the client when the person cancels", async () => {
    const { page } = await browser.visit(authorizeUrl());
    const answer = await browser.submit(page as Response, { action: "cancel" });
    expect(answer.headers.get("location")).toBe(
      `${CALLBACK}?error_description=User+cancelled&state=st%26te%3D1&error=access_denied`,
    );
  });

  it("takes no form that another site made", async () => {
    const query = new URL(authorizeUrl()).search;
    const forged = await pool.post(`/login${query}`, { username: "writer@example.com", password: PASSWORD });
    expect(forged.status).toBe(200);
    expect(forged.headers.get("location")).toBeNull();
    const { page } = await browser.visit(authorizeUrl());
    const attacker = await new TestBrowser(pool).submit(page as Response, {
      username: "writer@example.com",
      password: PASSWORD,
    });
    expect(attacker.headers.get("location")).toBeNull();
  });

  it("escapes what it shows", async () => {
    const nasty = `"><script>alert(1)</script>`;
    const { page } = await browser.visit(authorizeUrl({ state: nasty }));
    expect(await page?.clone().text()).not.toContain("<script>");
    const answer = await browser.submit(page as Response, { username: nasty, password: nasty, action: "signin" });
    expect(await answer.text()).not.toContain("<script>");
    const error = await pool.fetch(new Request(`${pool.domain}/error?error=${encodeURIComponent(nasty)}`));
    expect([error.status, await error.text()]).toEqual([400, expect.not.stringContaining("<script>")]);
  });

  it("ends with /logout, which leads to registered places only", async () => {
    await browser.signIn(authorizeUrl(), "writer@example.com", PASSWORD);
    const logout = (more: string) => browser.visit(`${pool.domain}/logout?client_id=${client.id}${more}`);
    expect((await logout("&logout_uri=https://evil.example/")).page?.status).toBe(400);
    expect((await logout("&logout_uri=http://127.0.0.1:3000/bye")).url).toBe("http://127.0.0.1:3000/bye");
    expect((await browser.visit(authorizeUrl())).url).toContain("/login?");
    expect((await logout("")).page?.status).toBe(400);
    const again = await logout(`&redirect_uri=${encodeURIComponent(CALLBACK)}&response_type=code&scope=openid`);
    expect(again.url).toContain("/login?");
  });
});

describe("an authorization request", () => {
  it.each<[string, Record<string, string | undefined>]>([
    ["an unknown client", { client_id: "nobody" }],
    ["no client", { client_id: undefined }],
    ["no redirect URI", { redirect_uri: undefined }],
    ["another path", { redirect_uri: `${CALLBACK}/` }],
    ["another port on loopback", { redirect_uri: CALLBACK.replace("3000", "3001") }],
    ["a query added", { redirect_uri: `${CALLBACK}?x=1` }],
    ["userinfo", { redirect_uri: "http://127.0.0.1:3000@evil.example/callback" }],
    ["another case", { redirect_uri: CALLBACK.toUpperCase() }],
    ["a very long state", { state: "x".repeat(9000) }],
  ])("never leaves the pool's own error page with %s", async (_, changes) => {
    const { url, page } = await browser.visit(authorizeUrl(changes));
    expect(url).toContain(`${pool.domain}/error?error=`);
    expect(page?.status).toBe(400);
  });

  it("names a redirect mismatch as users report it", async () => {
    const { url } = await browser.visit(authorizeUrl({ redirect_uri: "https://evil.example/" }));
    expect(url).toBe(`${pool.domain}/error?error=redirect_mismatch&client_id=${client.id}`);
  });

  const twice = (name: string) => `${authorizeUrl()}&${name}=x`;
  it("gives a redirect URI or client that occurs twice no redirect, and other duplicates an error", async () => {
    for (const name of ["client_id", "redirect_uri"])
      expect((await browser.visit(twice(name))).url).toContain(`${pool.domain}/error?`);
    for (const name of ["scope", "resource", "code_challenge", "response_type"])
      expect((await browser.visit(twice(name))).url).toBe(`${CALLBACK}?state=st%26te%3D1&error=invalid_request`);
    expect((await browser.visit(twice("state"))).url).toBe(`${CALLBACK}?error=invalid_request`);
  });

  const invalidRequest = "state=st%26te%3D1&error=invalid_request";
  it.each<[string, Record<string, string | undefined>, string]>([
    ["no response type", { response_type: undefined }, invalidRequest],
    ["an unknown response type", { response_type: "id_token" }, invalidRequest],
    ["the implicit flow", { response_type: "token" }, `error_description=unauthorized_client&${invalidRequest}`],
    ["plain PKCE", { code_challenge_method: "plain" }, invalidRequest],
    ["a challenge without method", { code_challenge_method: undefined }, invalidRequest],
    ["a method without challenge", { code_challenge: undefined }, invalidRequest],
    ["a challenge that no S256 gives", { code_challenge: "short" }, invalidRequest],
    ["offline_access", { scope: "openid offline_access" }, `error_description=invalid_scope&${invalidRequest}`],
    ["a scope the client lacks", { scope: "openid phone" }, `error_description=invalid_scope&${invalidRequest}`],
    ["email without openid", { scope: "email" }, `error_description=invalid_scope&${invalidRequest}`],
  ])("is sent back with an error for %s", async (_, changes, query) => {
    expect((await browser.visit(authorizeUrl(changes))).url).toBe(`${CALLBACK}?${query}`);
  });

  it("is refused for a client of machines", async () => {
    const { url } = await browser.visit(authorizeUrl({ client_id: pool.client("machine").id }));
    expect(url).toContain("/error?error=redirect_mismatch");
  });
});

describe("authorization_code", () => {
  it("gives access, ID and refresh token, and no scope", async () => {
    const response = await exchange(await obtainCode({ nonce: "n-1" }));
    const body = (await response.json()) as Tokens;
    expect(Object.keys(body).sort()).toEqual(["access_token", "expires_in", "id_token", "refresh_token", "token_type"]);
    expect(body).toMatchObject({ expires_in: 900, token_type: "Bearer" });
    expect(response.headers.get("cache-control")).toBe("no-store");
    const access = decodeJwt(body.access_token);
    expect(access).toMatchObject({
      iss: pool.issuer,
      aud: RESOURCE,
      client_id: client.id,
      token_use: "access",
      version: 2,
      scope: SCOPES,
      "cognito:groups": ["write"],
      username: access.sub,
    });
    expect(decodeJwt(body.id_token)).toMatchObject({
      iss: pool.issuer,
      sub: access.sub,
      aud: client.id,
      token_use: "id",
      nonce: "n-1",
      email: "writer@example.com",
      email_verified: true,
      "cognito:groups": ["write"],
      origin_jti: access.origin_jti,
    });
  });

  it("leaves out groups of who has none, aud without resource, the ID token without openid", async () => {
    const code = await obtainCode({ resource: undefined, scope: `${RESOURCE}/read` }, "reader@example.com");
    const body = await tokens(exchange(code));
    expect(body).not.toHaveProperty("id_token");
    const claims = decodeJwt(body.access_token);
    expect(claims).not.toHaveProperty("aud");
    expect(claims).not.toHaveProperty("cognito:groups");
  });

  it("answers invalid_grant for a resource that no resource server has, at this step only", async () => {
    const unknown = await obtainCode({ resource: `${RESOURCE}/` });
    expect(await outcome(exchange(unknown))).toEqual(INVALID_GRANT);
    expect(await outcome(exchange(await visitForCode(), { resource: "https://other.example/mcp" }))).toEqual(
      INVALID_GRANT,
    );
    expect((await exchange(await visitForCode(), { resource: RESOURCE })).status).toBe(200);
  });
  const visitForCode = async (changes = {}) =>
    new URL((await browser.visit(authorizeUrl(changes))).url).searchParams.get("code") ?? "";

  it("answers invalid_grant to a code from a request that named no scope", async () => {
    expect(await outcome(exchange(await obtainCode({ scope: undefined })))).toEqual(INVALID_GRANT);
  });

  it("takes a code once, also when the first exchange failed, and within five minutes", async () => {
    const code = await obtainCode();
    expect((await exchange(code)).status).toBe(200);
    expect(await outcome(exchange(code))).toEqual(INVALID_GRANT);
    const spoilt = await visitForCode();
    expect(await outcome(exchange(spoilt, { code_verifier: "x".repeat(43) }))).toEqual(INVALID_GRANT);
    expect(await outcome(exchange(spoilt))).toEqual(INVALID_GRANT);
    const [inTime, late] = [await visitForCode(), await visitForCode()];
    pass(299);
    expect((await exchange(inTime)).status).toBe(200);
    pass(1);
    expect(await outcome(exchange(late))).toEqual(INVALID_GRANT);
  });

  it("gives exactly one of twenty simultaneous exchanges tokens", async () => {
    const code = await obtainCode();
    const all = await Promise.all(Array.from({ length: 20 }, () => exchange(code)));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it("binds a code to client, redirect URI and verifier", async () => {
    await obtainCode();
    const { id } = pool.client("public");
    expect(await outcome(exchange(await visitForCode(), { client_id: id }, {}))).toEqual(INVALID_GRANT);
    expect(await outcome(exchange(await visitForCode(), { redirect_uri: "myapp://callback" }))).toEqual(INVALID_GRANT);
    expect(await outcome(exchange(await visitForCode(), { redirect_uri: `${CALLBACK}/` }))).toEqual([
      400,
      { error: "unauthorized_client" },
    ]);
    for (const code_verifier of ["", "short", "y".repeat(43), "y".repeat(129), challenge])
      expect(await outcome(exchange(await visitForCode(), { code_verifier }))).toEqual(INVALID_GRANT);
    const noChallenge = { code_challenge: undefined, code_challenge_method: undefined };
    expect(await outcome(exchange(await visitForCode(noChallenge)))).toEqual(INVALID_GRANT);
    expect((await exchange(await visitForCode(noChallenge), { code_verifier: "" })).status).toBe(200);
  });

  it("serves a public client without a secret", async () => {
    const { id } = pool.client("public");
    const code = await obtainCode({ client_id: id });
    expect((await exchange(code, { client_id: id }, {})).status).toBe(200);
  });

  it("answers invalid_request without code or redirect URI", async () => {
    expect(await outcome(exchange(""))).toEqual([400, { error: "invalid_request" }]);
    expect(await outcome(exchange("x", { redirect_uri: "" }))).toEqual([400, { error: "invalid_request" }]);
  });
});

describe("refresh_token", () => {
  it("looks like Cognito's in size and form", async () => {
    const { refresh_token } = await signIn();
    expect(refresh_token.split(".")).toHaveLength(5);
    expect(refresh_token.length).toBeGreaterThan(1700);
  });

  it("gives new tokens of the same sign-in with the same audience", async () => {
    const first = await signIn();
    pass(600);
    const second = await tokens(refresh(first.refresh_token));
    const [before, after] = [decodeJwt(first.access_token), decodeJwt(second.access_token)];
    for (const claim of ["sub", "aud", "scope", "origin_jti", "auth_time", "cognito:groups"])
      expect(after[claim]).toEqual(before[claim]);
    expect(after.jti).not.toBe(before.jti);
    expect(second.id_token).toEqual(expect.any(String));
  });

  it("is rotated where the client says so; the old one dies after its grace period", async () => {
    const first = await signIn();
    const second = await tokens(refresh(first.refresh_token));
    expect(second.refresh_token).not.toBe(first.refresh_token);
    pass(9);
    expect((await refresh(first.refresh_token)).status).toBe(200);
    pass(1);
    expect(await outcome(refresh(first.refresh_token))).toEqual(INVALID_GRANT);
    expect((await refresh(second.refresh_token)).status).toBe(200);
  });

  it("does not live longer by being rotated", async () => {
    let { refresh_token } = await signIn();
    pass(29 * 86_400);
    ({ refresh_token } = await tokens(refresh(refresh_token)));
    pass(86_400);
    expect(await outcome(refresh(refresh_token))).toEqual(INVALID_GRANT);
  });

  it("stays the same, and is not returned, where the client does not rotate", async () => {
    const { id } = pool.client("public");
    const code = await obtainCode({ client_id: id });
    const first = await tokens(exchange(code, { client_id: id }, {}));
    for (let i = 0; i < 2; i++) {
      const again = await pool.post("/oauth2/token", {
        grant_type: "refresh_token",
        refresh_token: first.refresh_token,
        client_id: id,
      });
      expect(again.status).toBe(200);
      expect(await again.json()).not.toHaveProperty("refresh_token");
    }
  });

  it("is bound to its client and resource, and is no access token or garbage", async () => {
    const { refresh_token, access_token } = await signIn();
    const { id } = pool.client("public");
    const stolen = { grant_type: "refresh_token", refresh_token, client_id: id };
    expect(await outcome(pool.post("/oauth2/token", stolen))).toEqual(INVALID_GRANT);
    expect(await outcome(refresh(refresh_token, { resource: "https://other.example" }))).toEqual(INVALID_GRANT);
    for (const wrong of [access_token, "x", refresh_token.slice(0, -1)])
      expect(await outcome(refresh(wrong))).toEqual(INVALID_GRANT);
    expect(await outcome(refresh(""))).toEqual([400, { error: "invalid_request" }]);
  });
});

describe("/oauth2/revoke", () => {
  const revoke = (token: string, headers: Record<string, string> = basic(client)) =>
    pool.post("/oauth2/revoke", { token }, headers);
  const userInfo = (token?: string) =>
    pool.fetch(
      new Request(`${pool.domain}/oauth2/userInfo`, token ? { headers: { authorization: `Bearer ${token}` } } : {}),
    );

  it("ends the refresh token, those rotated from it, and the access tokens at userInfo", async () => {
    const { refresh_token } = await signIn();
    const second = await tokens(refresh(refresh_token));
    expect((await userInfo(second.access_token)).status).toBe(200);
    const answer = await revoke(second.refresh_token);
    expect([answer.status, await answer.text()]).toEqual([200, ""]);
    expect(await outcome(refresh(refresh_token))).toEqual(INVALID_GRANT);
    expect(await outcome(refresh(second.refresh_token))).toEqual(INVALID_GRANT);
    expect((await userInfo(second.access_token)).status).toBe(401);
  });

  it("answers as the documentation says to what cannot be revoked", async () => {
    const { refresh_token, access_token } = await signIn();
    expect((await revoke("garbage")).status).toBe(200);
    expect(await outcome(revoke(access_token))).toEqual([400, { error: "unsupported_token_type" }]);
    expect(await outcome(revoke(""))).toEqual([400, { error: "invalid_request" }]);
    const wrong = basic({ ...client, secret: "wrong" });
    expect((await revoke(refresh_token, wrong)).status).toBe(401);
    expect(
      (await pool.post("/oauth2/revoke", { token: refresh_token, client_id: pool.client("public").id })).status,
    ).toBe(200);
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  it("has userInfo tell who the person is, to valid access tokens with openid only", async () => {
    const { access_token, id_token } = await signIn();
    const { sub } = decodeJwt(access_token);
    expect(await outcome(userInfo(access_token))).toEqual([
      200,
      { sub, username: sub, email: "writer@example.com", email_verified: "true" },
    ]);
    expect((await userInfo()).status).toBe(400);
    for (const wrong of [id_token, "garbage", `${access_token}x`]) {
      const refused = await userInfo(wrong);
      expect(refused.status).toBe(401);
      expect(refused.headers.get("www-authenticate")).toMatch(/^error="invalid_token"/);
    }
    pass(900);
    expect((await userInfo(access_token)).status).toBe(401);
  });
});
