import { beforeEach, describe, expect, it } from "@jest/globals";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { CHALLENGE, CodeClient, INVALID_GRANT, outcome, SCOPES, tokens } from "./test-code-client.ts";
import { CALLBACK, loadPool, RESOURCE } from "./test-pool.ts";

let at: CodeClient;
beforeEach(async () => {
  at = await CodeClient.open();
});

describe("authorization_code", () => {
  it("gives access, ID and refresh token, and no scope", async () => {
    const response = await at.exchange(await at.code({ nonce: "n-1" }));
    const body = await tokens(response.clone());
    expect(Object.keys(body).sort()).toEqual(["access_token", "expires_in", "id_token", "refresh_token", "token_type"]);
    expect(body).toMatchObject({ expires_in: 900, token_type: "Bearer" });
    expect(response.headers.get("cache-control")).toBe("no-store");
    const access = decodeJwt(body.access_token);
    expect(access).toMatchObject({
      iss: at.pool.issuer,
      aud: RESOURCE,
      client_id: at.client.id,
      token_use: "access",
      version: 2,
      scope: SCOPES,
      "cognito:groups": ["write"],
      username: access.sub,
    });
    expect(decodeJwt(body.id_token)).toMatchObject({
      iss: at.pool.issuer,
      sub: access.sub,
      aud: at.client.id,
      token_use: "id",
      nonce: "n-1",
      email: "writer@example.com",
      email_verified: true,
      "cognito:groups": ["write"],
      origin_jti: access.origin_jti,
    });
  });

  it("signs ID and access tokens with different keys", async () => {
    const { access_token, id_token } = await at.tokens();
    expect(decodeProtectedHeader(access_token).kid).not.toBe(decodeProtectedHeader(id_token).kid);
  });

  it("leaves out groups of who has none, aud without resource, the ID token without openid", async () => {
    const code = await at.code({ resource: undefined, scope: `${RESOURCE}/read` }, "reader@example.com");
    const body = await tokens(at.exchange(code));
    expect(body).not.toHaveProperty("id_token");
    const claims = decodeJwt(body.access_token);
    expect(claims).not.toHaveProperty("aud");
    expect(claims).not.toHaveProperty("cognito:groups");
  });

  it("answers invalid_grant for a resource that no resource server has, at this step only", async () => {
    const unknown = await at.code({ resource: `${RESOURCE}/` });
    expect(await outcome(at.exchange(unknown))).toEqual(INVALID_GRANT);
    expect(await outcome(at.exchange(await at.code(), { resource: "https://other.example/mcp" }))).toEqual(
      INVALID_GRANT,
    );
    expect((await at.exchange(await at.code(), { resource: RESOURCE })).status).toBe(200);
  });

  it("binds no resource with the classic login pages, whatever it is", async () => {
    const classic = await CodeClient.open({ resources: loadPool(undefined, { managedLogin: 1 }) });
    for (const resource of [RESOURCE, "https://other.example"])
      expect(decodeJwt((await classic.tokens({ resource })).access_token)).not.toHaveProperty("aud");
  });

  it("answers invalid_grant to a code from a request that named no scope", async () => {
    expect(await outcome(at.exchange(await at.code({ scope: undefined })))).toEqual(INVALID_GRANT);
  });

  it("takes a code once, also when the first exchange failed, and within five minutes", async () => {
    const code = await at.code();
    expect((await at.exchange(code)).status).toBe(200);
    expect(await outcome(at.exchange(code))).toEqual(INVALID_GRANT);
    const spoilt = await at.code();
    expect(await outcome(at.exchange(spoilt, { code_verifier: "x".repeat(43) }))).toEqual(INVALID_GRANT);
    expect(await outcome(at.exchange(spoilt))).toEqual(INVALID_GRANT);
    const [inTime, late] = [await at.code(), await at.code()];
    at.pass(299);
    expect((await at.exchange(inTime)).status).toBe(200);
    at.pass(1);
    expect(await outcome(at.exchange(late))).toEqual(INVALID_GRANT);
  });

  it("gives exactly one of twenty simultaneous exchanges tokens", async () => {
    const code = await at.code();
    const all = await Promise.all(Array.from({ length: 20 }, () => at.exchange(code)));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it("binds a code to client, redirect URI and verifier", async () => {
    expect(await outcome(at.exchangePublic(await at.code()))).toEqual(INVALID_GRANT);
    expect(await outcome(at.exchange(await at.code(), { redirect_uri: "myapp://callback" }))).toEqual(INVALID_GRANT);
    expect(await outcome(at.exchange(await at.code(), { redirect_uri: `${CALLBACK}/` }))).toEqual([
      400,
      { error: "unauthorized_client" },
    ]);
    for (const code_verifier of ["", "short", "y".repeat(43), "y".repeat(129), CHALLENGE])
      expect(await outcome(at.exchange(await at.code(), { code_verifier }))).toEqual(INVALID_GRANT);
    const noChallenge = { code_challenge: undefined, code_challenge_method: undefined };
    expect(await outcome(at.exchange(await at.code(noChallenge)))).toEqual(INVALID_GRANT);
    expect((await at.exchange(await at.code(noChallenge), { code_verifier: "" })).status).toBe(200);
  });

  it("serves a public client without a secret", async () => {
    const code = await at.code({ client_id: at.pool.client("public").id });
    expect((await at.exchangePublic(code)).status).toBe(200);
  });

  it("answers invalid_request without code or redirect URI", async () => {
    expect(await outcome(at.exchange(""))).toEqual([400, { error: "invalid_request" }]);
    expect(await outcome(at.exchange("x", { redirect_uri: "" }))).toEqual([400, { error: "invalid_request" }]);
  });
});
