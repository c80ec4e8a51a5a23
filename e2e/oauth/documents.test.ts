import { describe, expect, it } from "@jest/globals";
import { send } from "../support/http.ts";
import { machine, origin } from "./support.ts";

const paths = [
  "/.well-known/oauth-authorization-server",
  "/.well-known/oauth-authorization-server/mcp",
  "/.well-known/openid-configuration",
];

describe.each(paths)("%s", (path) => {
  const read = async () => (await send(path)).json as Record<string, unknown>;

  it("RFC 8414, 3.3: the issuer value returned MUST be identical to the authorization server's issuer identifier value", async () =>
    expect((await read()).issuer).toBe(origin));

  it("RFC 8414, 2: names the endpoints, all of this origin", async () =>
    expect(await read()).toMatchObject({
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      registration_endpoint: `${origin}/register`,
      revocation_endpoint: `${origin}/revoke`,
      response_types_supported: ["code"],
      grant_types_supported: ["authorization_code", "refresh_token", "client_credentials"],
    }));

  it("MCP 2025-11-25, authorization: clients MUST verify the presence of code_challenge_methods_supported", async () =>
    expect((await read()).code_challenge_methods_supported).toEqual(["S256"]));

  it("MCP 2025-11-25, authorization: says that client metadata documents work, and that public clients do", async () =>
    expect(await read()).toMatchObject({
      client_id_metadata_document_supported: true,
      token_endpoint_auth_methods_supported: ["none", "client_secret_basic", "client_secret_post"],
    }));

  it("RFC 9207, 3: authorization_response_iss_parameter_supported is true", async () =>
    expect((await read()).authorization_response_iss_parameter_supported).toBe(true));

  it("MCP 2026-07-28, authorization: does not list offline_access", async () =>
    expect((await read()).scopes_supported).toEqual(machine.scope.split(" ")));

  it("can be read by a client in a browser, and never costs a function call", async () => {
    const answer = await send(path, { headers: { Origin: "https://inspector.example" } });
    expect(answer.headers["access-control-allow-origin"]).toBe("*");
    expect(answer.headers["content-type"]).toMatch(/^application\/json/);
  });
});

describe("OpenID Connect Discovery 1.0, 3", () => {
  it("has the fields that its parsers require", async () =>
    expect((await send("/.well-known/openid-configuration")).json).toMatchObject({
      jwks_uri: expect.stringMatching(/\/\.well-known\/jwks\.json$/),
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
    }));
});

describe("methods", () => {
  it.each([
    ["/authorize", "PUT", "GET, POST"],
    ["/callback", "POST", "GET"],
    ["/token", "GET", "POST, OPTIONS"],
    ["/register", "GET", "POST, OPTIONS"],
    ["/revoke", "DELETE", "POST, OPTIONS"],
  ])("of %s: %s is answered 405 with Allow: %s", async (path, method, allowed) => {
    const answer = await send(path, { method });
    expect([answer.status, answer.headers.allow]).toEqual([405, allowed]);
  });

  it.each(["/token", "/register", "/revoke"])("lets a browser's preflight of %s through", async (path) => {
    const answer = await send(path, { method: "OPTIONS", headers: { Origin: "https://inspector.example" } });
    expect([answer.status, answer.headers["access-control-allow-origin"]]).toEqual([204, "*"]);
  });

  it.each(["/authorize", "/callback"])("gives no other site's script access to %s", async (path) => {
    for (const method of ["GET", "OPTIONS", "PUT"]) {
      const answer = await send(path, { method, headers: { Origin: "https://evil.example" } });
      expect(answer.headers).not.toHaveProperty("access-control-allow-origin");
    }
  });
});
