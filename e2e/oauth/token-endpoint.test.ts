import { describe, expect, it } from "@jest/globals";
import { call, send, toolCall } from "../support/http.ts";
import { claimsOf } from "../support/tokens.ts";
import {
  authorizeUrl,
  basic,
  describeWithPeople,
  exchange,
  logIn,
  machine,
  newCode,
  newTokens,
  newVerifier,
  outcome,
  post,
  publicClient,
  READ,
  reader,
  refresh,
  register,
  resource,
  type Tokens,
  WRITE,
} from "./support.ts";

const verifier = newVerifier();

describeWithPeople("tokens of a person", () => {
  it("RFC 6749, 5.1: access_token, token_type, expires_in, refresh_token and the granted scope, not stored anywhere", async () => {
    const { client_id } = await publicClient();
    const answer = await exchange(client_id, await newCode(client_id, verifier), verifier);
    expect(answer.json).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      token_type: "Bearer",
      expires_in: 900,
      scope: `${READ} ${WRITE}`,
    });
    expect(answer.headers).toMatchObject({ "cache-control": "no-store", pragma: "no-cache" });
    expect(answer.headers["access-control-allow-origin"]).toBe("*");
  });

  it("RFC 8707, 2: are for this resource", async () => {
    const { access_token } = await newTokens((await publicClient()).client_id);
    expect(claimsOf(access_token)).toMatchObject({ aud: resource, token_use: "access" });
  });

  it("open the MCP server", async () => {
    const { access_token } = await newTokens((await publicClient()).client_id);
    const answer = await call(access_token, toolCall("add", { a: 2, b: 3 }));
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('"result":5')]);
  });

  it("allow no more than what was consented to", async () => {
    const { client_id } = await publicClient();
    const back = await logIn(authorizeUrl(client_id, verifier), { scope: [] });
    const tokens = (await exchange(client_id, back.searchParams.get("code") ?? "", verifier)).json as Tokens;
    expect(tokens.scope).toBe(READ);
    const saved = await call(tokens.access_token, toolCall("save_file", { key: "no.txt", content: "no" }));
    expect(saved.text).toContain('"isError":true');
  });

  it("allow no writing to a person who is not in the group for it, whatever they consent to", async () => {
    const { client_id } = await publicClient();
    const back = await logIn(authorizeUrl(client_id, verifier), { user: reader });
    const tokens = (await exchange(client_id, back.searchParams.get("code") ?? "", verifier)).json as Tokens;
    const saved = await call(tokens.access_token, toolCall("save_file", { key: "no.txt", content: "no" }));
    expect(saved.text).toContain('"isError":true');
  });

  it("RFC 6749, 6: are refreshed, with the same scope and another refresh token", async () => {
    const { client_id } = await publicClient();
    const first = await newTokens(client_id);
    const second = (await refresh(client_id, first.refresh_token, { scope: first.scope })).json as Tokens;
    expect(second).toMatchObject({ scope: first.scope, token_type: "Bearer" });
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect((await call(second.access_token, toolCall("add", { a: 1, b: 1 }))).status).toBe(200);
  });

  it("RFC 6749, 6: the refresh token is bound to the client to which it was issued", async () => {
    const { refresh_token } = await newTokens((await publicClient()).client_id);
    const other = await register();
    expect(outcome(await refresh(other.client_id, refresh_token))).toEqual([400, "invalid_grant"]);
  });

  it("RFC 8707, 2.2: are not refreshed for another resource", async () => {
    const { client_id } = await publicClient();
    const { refresh_token } = await newTokens(client_id);
    const answer = await refresh(client_id, refresh_token, { resource: "https://evil.example/mcp" });
    expect(outcome(answer)).toEqual([400, "invalid_target"]);
  });

  it("RFC 7009, 2: cannot be refreshed after revocation; the access token lives on, and the server says so", async () => {
    const { client_id } = await publicClient();
    const tokens = await newTokens(client_id);
    const refused = await post("/revoke", { client_id, token: tokens.access_token });
    expect([...outcome(refused), refused.text]).toEqual([
      400,
      "unsupported_token_type",
      expect.stringContaining("15 minutes"),
    ]);
    expect((await post("/revoke", { client_id, token: tokens.refresh_token })).status).toBe(200);
    expect(outcome(await refresh(client_id, tokens.refresh_token))).toEqual([400, "invalid_grant"]);
  });

  it("RFC 7009, 2.2: an invalid token is answered with 200", async () => {
    const { client_id } = await publicClient();
    expect((await post("/revoke", { client_id, token: "unknown", token_type_hint: "refresh_token" })).status).toBe(200);
  });
});

describeWithPeople("a client with a secret", () => {
  it.each(["client_secret_basic", "client_secret_post"])("RFC 6749, 2.3.1: authenticates by %s", async (method) => {
    const { client_id, client_secret = "" } = await register({ token_endpoint_auth_method: method });
    const code = await newCode(client_id, verifier);
    const answer =
      method === "client_secret_basic"
        ? await exchange(client_id, code, verifier, { client_id: undefined }, basic(client_id, client_secret))
        : await exchange(client_id, code, verifier, { client_secret });
    expect(answer.status).toBe(200);
  });

  it("RFC 6749, 3.2.1: MUST authenticate; without, or with another's secret, its code stays unused", async () => {
    const { client_id, client_secret = "" } = await register({ token_endpoint_auth_method: "client_secret_post" });
    const other = await register({ token_endpoint_auth_method: "client_secret_post" });
    const code = await newCode(client_id, verifier);
    const wrong = [{}, { client_secret: "" }, { client_secret: "wrong" }, { client_secret: other.client_secret ?? "" }];
    for (const changes of [
      ...wrong,
      { client_secret: client_secret.slice(0, -1) },
      { client_secret: `${client_secret}a` },
    ]) {
      const answer = await exchange(client_id, code, verifier, changes);
      expect(outcome(answer)).toEqual([401, "invalid_client"]);
      expect(answer.text).toBe((await exchange("unknown", code, verifier, changes)).text);
    }
    expect((await exchange(client_id, code, verifier, { client_secret })).status).toBe(200);
  });

  it("RFC 6749, 2.3: MUST NOT use more than one authentication method in each request", async () => {
    const { client_id, client_secret = "" } = await register({ token_endpoint_auth_method: "client_secret_post" });
    const both = await exchange(client_id, "x", verifier, { client_secret }, basic(client_id, client_secret));
    expect(outcome(both)).toEqual([400, "invalid_request"]);
    const different = await exchange("another", "x", verifier, {}, basic(client_id, client_secret));
    expect(outcome(different)).toEqual([400, "invalid_request"]);
  });
});

describe("RFC 6749, 5.2: errors", () => {
  const known = { grant_type: "authorization_code", code: "x", code_verifier: verifier };
  it.each<[string, Record<string, string> | string, [number, string]]>([
    ["no client", known, [401, "invalid_client"]],
    ["an unknown client", { ...known, client_id: "x" }, [401, "invalid_client"]],
    ["nothing at all", "", [401, "invalid_client"]],
    ["a repeated parameter", "client_id=a&client_id=b&grant_type=refresh_token", [400, "invalid_request"]],
    ["a foreign resource", { ...known, client_id: "x", resource: "https://evil.example" }, [400, "invalid_target"]],
  ])("%s", async (_, form, expected) => {
    const answer = await post("/token", form);
    expect(outcome(answer)).toEqual(expected);
    expect(answer.headers).toMatchObject({ "cache-control": "no-store", "content-type": "application/json" });
    expect(answer.json).toHaveProperty("error_description");
  });

  it.each<[string, Record<string, string>, string]>([
    ["no grant_type", {}, "invalid_request"],
    ["an unknown grant_type", { grant_type: "x" }, "unsupported_grant_type"],
    ["the password grant (RFC 9700, 2.4: MUST NOT be used)", { grant_type: "password" }, "unsupported_grant_type"],
    [
      "client_credentials of a client that registered itself",
      { grant_type: "client_credentials" },
      "unauthorized_client",
    ],
    ["no code", { grant_type: "authorization_code", code_verifier: verifier }, "invalid_request"],
    ["no code_verifier", { grant_type: "authorization_code", code: "x" }, "invalid_request"],
    ["no refresh_token", { grant_type: "refresh_token" }, "invalid_request"],
    ["a refresh_token that is none", { grant_type: "refresh_token", refresh_token: "x" }, "invalid_grant"],
  ])("%s", async (_, form, error) => {
    const { client_id } = await publicClient();
    expect(outcome(await post("/token", { client_id, ...form }))).toEqual([400, error]);
  });

  it("JSON where a form is due", async () => {
    const answer = await send("/token", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(known),
    });
    expect(outcome(answer)).toEqual([400, "invalid_request"]);
  });

  it("more than 16 KB", async () => expect((await post("/token", { code: "a".repeat(20_000) })).status).toBe(413));

  it("a client that failed with an Authorization header is told the scheme", async () => {
    const answer = await post("/token", { grant_type: "refresh_token" }, basic("x", "y"));
    const scheme = answer.headers["www-authenticate"] ?? answer.headers["x-amzn-remapped-www-authenticate"];
    expect([answer.status, scheme]).toEqual([401, "Basic"]);
  });

  it.each(["Basic", "Basic !!!", "Basic YQ==", "Bearer x", "Basic JTo=", "Digest a=b"])(
    "an Authorization header that cannot be read: %s",
    async (header) =>
      expect(outcome(await post("/token", { grant_type: "refresh_token" }, { Authorization: header }))).toEqual([
        401,
        "invalid_client",
      ]),
  );
});

describe("machines (RFC 6749, 4.4)", () => {
  const { clientId, clientSecret, scope } = machine;
  const grant = { grant_type: "client_credentials" };

  it("get tokens at the same URL, with their resource dropped on the way to Cognito", async () => {
    const answer = await post("/token", { ...grant, resource, scope }, basic(clientId, clientSecret));
    expect(answer.json).toEqual({
      access_token: expect.any(String),
      token_type: "Bearer",
      expires_in: expect.any(Number),
      scope,
    });
  });

  it("may authenticate in the form, ask for less, or for nothing in particular", async () => {
    const form = { ...grant, client_id: clientId, client_secret: clientSecret };
    expect((await post("/token", { ...form, scope: READ })).json).toMatchObject({ scope: READ });
    expect((await post("/token", form)).json).toMatchObject({ scope: expect.stringContaining(READ) });
  });

  it.each<[string, Record<string, string>, [number, string]]>([
    ["a wrong secret", { client_secret: "wrong" }, [401, "invalid_client"]],
    ["no secret", { client_secret: "" }, [401, "invalid_client"]],
    ["another client", { client_id: "x" }, [401, "invalid_client"]],
    ["a foreign resource", { resource: "https://evil.example" }, [400, "invalid_target"]],
    ["a scope of nobody", { scope: "aws.cognito.signin.user.admin" }, [400, "invalid_scope"]],
  ])("are refused with %s", async (_, changes, expected) => {
    const form = { ...grant, client_id: clientId, client_secret: clientSecret, ...changes };
    expect(outcome(await post("/token", form))).toEqual(expected);
  });

  it("cannot log anybody in", async () => {
    const page = await send(
      `/authorize?${new URLSearchParams({ client_id: clientId, redirect_uri: "http://127.0.0.1/" })}`,
    );
    expect(page.status).toBe(400);
  });
});
