import { beforeEach, describe, expect, it } from "@jest/globals";
import { CodeClient } from "./test-code-client.ts";
import { CALLBACK } from "./test-pool.ts";

let at: CodeClient;
beforeEach(async () => {
  at = await CodeClient.open();
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
    const { url, page } = await at.visit(changes);
    expect(url).toContain(`${at.pool.domain}/error?error=`);
    expect(page?.status).toBe(400);
  });

  it("names a redirect mismatch as users report it", async () => {
    const { url } = await at.visit({ redirect_uri: "https://evil.example/" });
    expect(url).toBe(`${at.pool.domain}/error?error=redirect_mismatch&client_id=${at.client.id}`);
  });

  const twice = (name: string) => `${at.url()}&${name}=x`;
  it("gives a redirect URI or client that occurs twice no redirect, and other duplicates an error", async () => {
    for (const name of ["client_id", "redirect_uri"])
      expect((await at.browser.visit(twice(name))).url).toContain(`${at.pool.domain}/error?`);
    for (const name of ["scope", "resource", "code_challenge", "response_type"])
      expect((await at.browser.visit(twice(name))).url).toBe(`${CALLBACK}?state=st%26te%3D1&error=invalid_request`);
    expect((await at.browser.visit(twice("state"))).url).toBe(`${CALLBACK}?error=invalid_request`);
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
    expect((await at.visit(changes)).url).toBe(`${CALLBACK}?${query}`);
  });

  it("is refused for a client of machines", async () => {
    const { url } = await at.visit({ client_id: at.pool.client("machine").id });
    expect(url).toContain("/error?error=redirect_mismatch");
  });

  it("is read from GET only", async () => {
    const { search } = new URL(at.url());
    expect((await at.pool.post(`/oauth2/authorize${search}`, {})).status).toBe(405);
  });
});
