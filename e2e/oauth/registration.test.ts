import { describe, expect, it } from "@jest/globals";
import { send } from "../support/http.ts";
import { machine, outcome, postJson, REDIRECT, registration } from "./support.ts";

const ask = (changes: Record<string, unknown>) => postJson("/register", registration(changes));

describe("RFC 7591, 3.2.1: client information response", () => {
  it("has the registered metadata and a client_id, and is not stored", async () => {
    const answer = await ask({});
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({ "cache-control": "no-store", pragma: "no-cache" });
    expect(answer.json).toEqual({
      client_id: expect.any(String),
      client_id_issued_at: expect.any(Number),
      client_name: "Test client",
      redirect_uris: [REDIRECT],
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      scope: machine.scope,
    });
  });

  it("has a secret, and when it expires, for a client that wants one", async () => {
    const { client_secret, client_secret_expires_at } = (
      await ask({ token_endpoint_auth_method: "client_secret_basic" })
    ).json as { client_secret: string; client_secret_expires_at: number };
    expect(client_secret.length).toBeGreaterThanOrEqual(43);
    expect(client_secret_expires_at).toBeGreaterThan(Date.now() / 1000);
  });

  it("RFC 7591, 2: the default authentication method is client_secret_basic", async () =>
    expect((await ask({ token_endpoint_auth_method: undefined })).json).toMatchObject({
      token_endpoint_auth_method: "client_secret_basic",
      client_secret: expect.any(String),
    }));

  it("RFC 7591, 2: ignores what it does not understand", async () =>
    expect(
      (await ask({ logo_uri: "https://evil.example/x.png", jwks_uri: "http://169.254.169.254/", foo: [1] })).status,
    ).toBe(201));

  it("RFC 7591, 3.2.1: may replace what it does not support: other grants are not given", async () => {
    const grant_types = ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"];
    expect((await ask({ grant_types })).json).toMatchObject({ grant_types: ["authorization_code", "refresh_token"] });
  });
});

describe("RFC 7591, 3.2.2: invalid_redirect_uri", () => {
  it.each<[string, unknown]>([
    ["none", []],
    ["missing", undefined],
    ["not a list", REDIRECT],
    ["six", Array.from({ length: 6 }, (_, i) => `http://127.0.0.1/${i}`)],
    ["one too long", [`http://127.0.0.1/${"a".repeat(600)}`]],
    ["a hosted one that is not on the list", ["https://evil.example/callback"]],
    ["a good one and a bad one", [REDIRECT, "https://evil.example/callback"]],
    ["http to a site", ["http://claude.ai/api/mcp/auth_callback"]],
    ["a name that begins like loopback", ["http://localhost.evil/callback"]],
    ["userinfo", ["http://127.0.0.1@evil.example/"]],
    ["a fragment", [`${REDIRECT}#`]],
    ["javascript", ["javascript:alert(1)"]],
    ["an app that nobody configured", ["evil.app://callback"]],
    ["a wildcard", ["https://chatgpt.com/connector/oauth/*"]],
    ["not text", [1]],
  ])("%s", async (_, redirect_uris) =>
    expect(outcome(await ask({ redirect_uris }))).toEqual([400, "invalid_redirect_uri"]),
  );
});

describe("RFC 7591, 3.2.2: invalid_client_metadata", () => {
  it.each<[string, Record<string, unknown>]>([
    ["a method this server cannot check", { token_endpoint_auth_method: "private_key_jwt" }],
    ["no grant that it gives", { grant_types: ["client_credentials"] }],
    ["no response type that it has", { response_types: ["token"] }],
    ["a name that is not text", { client_name: { en: "x" } }],
    ["a name of 1,000 characters", { client_name: "x".repeat(1000) }],
    [
      "more in all than a client_id can carry",
      { redirect_uris: Array.from({ length: 5 }, (_, i) => `http://127.0.0.1/${i}${"a".repeat(400)}`) },
    ],
  ])("%s", async (_, changes) => expect(outcome(await ask(changes))).toEqual([400, "invalid_client_metadata"]));

  it.each(["", "null", "[]", "1", "{", '"x"'])("a body of %j", async (body) => {
    const [status, error] = outcome(await postJson("/register", body));
    expect([status, String(error)]).toEqual([400, expect.stringMatching(/^invalid_(client_metadata|redirect_uri)$/)]);
  });

  it("another content type", async () => {
    const body = JSON.stringify(registration());
    const answer = await send("/register", { method: "POST", headers: { "Content-Type": "text/plain" }, body });
    expect(outcome(answer)).toEqual([400, "invalid_client_metadata"]);
  });

  it("more than 8 KB", async () => expect((await ask({ contacts: ["a".repeat(9000)] })).status).toBe(413));
});
