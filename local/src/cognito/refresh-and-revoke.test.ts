import { beforeEach, describe, expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import { CodeClient, INVALID_GRANT, outcome, tokens } from "./test-code-client.ts";
import { basic } from "./test-pool.ts";

let at: CodeClient;
beforeEach(async () => {
  at = await CodeClient.open();
});

describe("refresh_token", () => {
  it("looks like Cognito's in size and form", async () => {
    const { refresh_token } = await at.tokens();
    expect(refresh_token.split(".")).toHaveLength(5);
    expect(refresh_token.length).toBeGreaterThan(1700);
  });

  it("gives new tokens of the same sign-in with the same audience", async () => {
    const first = await at.tokens();
    at.pass(600);
    const second = await tokens(at.refresh(first.refresh_token));
    const [before, after] = [decodeJwt(first.access_token), decodeJwt(second.access_token)];
    for (const claim of ["sub", "aud", "scope", "origin_jti", "auth_time", "cognito:groups"])
      expect(after[claim]).toEqual(before[claim]);
    expect(after.jti).not.toBe(before.jti);
    expect(second.id_token).toEqual(expect.any(String));
  });

  it("is rotated where the client says so; the old one dies after its grace period", async () => {
    const first = await at.tokens();
    const second = await tokens(at.refresh(first.refresh_token));
    expect(second.refresh_token).not.toBe(first.refresh_token);
    at.pass(9);
    expect((await at.refresh(first.refresh_token)).status).toBe(200);
    at.pass(1);
    expect(await outcome(at.refresh(first.refresh_token))).toEqual(INVALID_GRANT);
    expect((await at.refresh(second.refresh_token)).status).toBe(200);
  });

  it("does not live longer by being rotated", async () => {
    let { refresh_token } = await at.tokens();
    at.pass(29 * 86_400);
    ({ refresh_token } = await tokens(at.refresh(refresh_token)));
    at.pass(86_400);
    expect(await outcome(at.refresh(refresh_token))).toEqual(INVALID_GRANT);
  });

  it("stays the same, and is not returned, where the client does not rotate", async () => {
    const { id } = at.pool.client("public");
    const first = await tokens(at.exchangePublic(await at.code({ client_id: id })));
    for (let i = 0; i < 2; i++) {
      const again = await at.pool.post("/oauth2/token", {
        grant_type: "refresh_token",
        refresh_token: first.refresh_token,
        client_id: id,
      });
      expect(again.status).toBe(200);
      expect(await again.json()).not.toHaveProperty("refresh_token");
    }
  });

  it("is bound to its client and resource, and is no access token or garbage", async () => {
    const { refresh_token, access_token } = await at.tokens();
    const { id } = at.pool.client("public");
    const stolen = { grant_type: "refresh_token", refresh_token, client_id: id };
    expect(await outcome(at.pool.post("/oauth2/token", stolen))).toEqual(INVALID_GRANT);
    expect(await outcome(at.refresh(refresh_token, { resource: "https://other.example" }))).toEqual(INVALID_GRANT);
    for (const wrong of [access_token, "x", refresh_token.slice(0, -1)])
      expect(await outcome(at.refresh(wrong))).toEqual(INVALID_GRANT);
    expect(await outcome(at.refresh(""))).toEqual([400, { error: "invalid_request" }]);
  });
});

describe("/oauth2/revoke", () => {
  const revoke = (token: string, headers: Record<string, string> = basic(at.client)) =>
    at.pool.post("/oauth2/revoke", { token }, headers);
  const userInfo = (token?: string) =>
    at.pool.fetch(
      new Request(`${at.pool.domain}/oauth2/userInfo`, token ? { headers: { authorization: `Bearer ${token}` } } : {}),
    );

  it("ends the refresh token, those rotated from it, and the access tokens at userInfo", async () => {
    const { refresh_token } = await at.tokens();
    const second = await tokens(at.refresh(refresh_token));
    expect((await userInfo(second.access_token)).status).toBe(200);
    const answer = await revoke(second.refresh_token);
    expect([answer.status, await answer.text()]).toEqual([200, ""]);
    expect(await outcome(at.refresh(refresh_token))).toEqual(INVALID_GRANT);
    expect(await outcome(at.refresh(second.refresh_token))).toEqual(INVALID_GRANT);
    expect((await userInfo(second.access_token)).status).toBe(401);
  });

  it("answers as the documentation says to what cannot be revoked", async () => {
    const { refresh_token, access_token } = await at.tokens();
    expect((await revoke("garbage")).status).toBe(200);
    expect(await outcome(revoke(access_token))).toEqual([400, { error: "unsupported_token_type" }]);
    expect(await outcome(revoke(""))).toEqual([400, { error: "invalid_request" }]);
    const wrong = basic({ ...at.client, secret: "wrong" });
    expect((await revoke(refresh_token, wrong)).status).toBe(401);
    expect(
      (await at.pool.post("/oauth2/revoke", { token: refresh_token, client_id: at.pool.client("public").id })).status,
    ).toBe(200);
    expect((await at.refresh(refresh_token)).status).toBe(200);
  });

  it("has userInfo tell who the person is, to valid access tokens with openid only", async () => {
    const { access_token, id_token } = await at.tokens();
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
    at.pass(900);
    expect((await userInfo(access_token)).status).toBe(401);
  });
});
