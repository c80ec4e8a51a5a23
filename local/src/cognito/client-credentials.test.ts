import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from "jose";
import { basic, browser, loadPool, machine, openPool, RESOURCE, type TestPool } from "./test-pool.ts";

const grant = { grant_type: "client_credentials" };
let pool: TestPool;
let client: { id: string; secret: string };
beforeAll(async () => {
  pool = await openPool();
  client = pool.client("machine");
});

const get = async (from: TestPool, url: string) => (await from.fetch(new Request(url))).json();
const jwks = async (from: TestPool): Promise<JSONWebKeySet> =>
  (await get(from, `${from.issuer}/.well-known/jwks.json`)) as JSONWebKeySet;
const outcome = async (response: Response | Promise<Response>) => {
  const { status, body } = { status: (await response).status, body: await (await response).json() };
  return [status, body];
};
const token = async (form: Record<string, string> = {}, headers = basic(client), from = pool) =>
  (await (await from.post("/oauth2/token", { ...grant, ...form }, headers)).json()) as {
    access_token: string;
    expires_in: number;
  };

describe("the issuer", () => {
  it("publishes discovery without PKCE methods, registration or offline_access, as Cognito does", async () => {
    const document = (await get(pool, `${pool.issuer}/.well-known/openid-configuration`)) as object;
    expect(document).toMatchObject({
      issuer: pool.issuer,
      token_endpoint: `${pool.domain}/oauth2/token`,
      jwks_uri: `${pool.issuer}/.well-known/jwks.json`,
      scopes_supported: ["openid", "email", "phone", "profile"],
    });
    expect(Object.keys(document)).not.toContain("code_challenge_methods_supported");
    expect(Object.keys(document)).not.toContain("registration_endpoint");
    expect((await pool.fetch(new Request(`${pool.domain}/.well-known/oauth-authorization-server`))).status).toBe(404);
  });

  it("publishes two RS256 keys and no private part", async () => {
    const { keys } = await jwks(pool);
    expect(keys).toHaveLength(2);
    for (const key of keys) expect(Object.keys(key).sort()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
  });
});

describe("client_credentials", () => {
  it("gives an access token with client_id and no aud, signed with a published key", async () => {
    const { access_token, ...rest } = await token({ resource: RESOURCE });
    expect(rest).toEqual({ expires_in: 3600, token_type: "Bearer" });
    const { payload } = await jwtVerify(access_token, createLocalJWKSet(await jwks(pool)), { issuer: pool.issuer });
    expect(payload).toMatchObject({
      sub: client.id,
      client_id: client.id,
      token_use: "access",
      version: 2,
      scope: `${RESOURCE}/read ${RESOURCE}/write`,
    });
    expect(payload).not.toHaveProperty("aud");
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
    expect(decodeProtectedHeader(access_token)).toEqual({ alg: "RS256", kid: expect.any(String) });
  });

  it("takes the secret in the form as well, and only the scopes that were asked for", async () => {
    const form = { client_id: client.id, client_secret: client.secret, scope: `${RESOURCE}/read` };
    const { access_token } = (await (await pool.post("/oauth2/token", { ...grant, ...form })).json()) as {
      access_token: string;
    };
    const { payload } = await jwtVerify(access_token, createLocalJWKSet(await jwks(pool)));
    expect(payload.scope).toBe(`${RESOURCE}/read`);
  });

  it("keeps to the client's token lifetime", async () => {
    const short = await openPool({
      resources: loadPool({
        machine: { ...machine, access_token_validity: 300, token_validity_units: [{ access_token: "seconds" }] },
      }),
    });
    expect(await token({}, basic(short.client("machine")), short)).toMatchObject({ expires_in: 300 });
  });

  const form = (more: object = {}) => ({ ...grant, client_id: client.id, client_secret: client.secret, ...more });
  it.each<[string, () => Record<string, string>, unknown]>([
    ["no grant type", () => ({ client_id: client.id }), { error: "invalid_request" }],
    ["an unknown grant type", () => form({ grant_type: "password" }), { error: "unsupported_grant_type" }],
    ["a name of every object's", () => form({ grant_type: "constructor" }), { error: "unsupported_grant_type" }],
    ["no client", () => grant, { error: "invalid_request" }],
    ["an unknown client", () => form({ client_id: "nobody" }), { error: "invalid_client" }],
    [
      "a wrong secret",
      () => form({ client_secret: "wrong" }),
      { error: "invalid_client", error_description: "invalid_client_secret" },
    ],
    [
      "no secret",
      () => ({ ...grant, client_id: client.id }),
      { error: "invalid_client", error_description: "invalid_client_secret" },
    ],
    ["a scope of no one's", () => form({ scope: `${RESOURCE}/admin` }), { error: "invalid_scope" }],
    ["a system scope", () => form({ scope: "openid" }), { error: "invalid_scope" }],
    ["a public client", () => ({ ...grant, client_id: pool.client("public").id }), { error: "unauthorized_client" }],
    [
      "a secret from a public client",
      () => ({ ...grant, client_id: pool.client("public").id, client_secret: "x" }),
      { error: "invalid_client" },
    ],
  ])("answers 400 to %s", async (_, make, expected) => {
    expect(await outcome(pool.post("/oauth2/token", make()))).toEqual([400, expected]);
  });

  it("answers unauthorized_client to a client of people, invalid_grant to one whose OAuth is off", async () => {
    const { id, secret } = pool.client("browser");
    expect(await outcome(pool.post("/oauth2/token", grant, basic({ id, secret })))).toEqual([
      400,
      { error: "unauthorized_client" },
    ]);
    const off = await openPool({
      resources: loadPool({ machine: { ...machine, allowed_oauth_flows_user_pool_client: false } }),
    });
    expect(await outcome(off.post("/oauth2/token", grant, basic(off.client("machine"))))).toEqual([
      400,
      { error: "invalid_grant" },
    ]);
  });

  it("refuses hostile requests without a 5xx", async () => {
    const post = (body: string, headers: Record<string, string> = {}) =>
      outcome(pool.post("/oauth2/token", body, headers));
    const ok = `grant_type=client_credentials&client_id=${client.id}&client_secret=${client.secret}`;
    const invalidRequest = [400, { error: "invalid_request" }];
    const invalidClient = [400, { error: "invalid_client" }];
    expect(await post(`${ok}&scope=a&scope=b`)).toEqual(invalidRequest);
    expect(await post(`${ok}&x=${"y".repeat(20_000)}`)).toEqual(invalidRequest);
    expect(await post(ok, { "content-type": "application/json" })).toEqual(invalidRequest);
    expect(await post(ok, basic(client))).toEqual(invalidRequest);
    expect(await post("grant_type=client_credentials&client_id=other", basic(client))).toEqual(invalidClient);
    for (const authorization of ["Bearer x", "Basic", "Basic !!!", "Basic bm8tY29sb24=", "Basic JTo6", "Basic Og=="])
      expect(await post("grant_type=client_credentials", { authorization })).toEqual(invalidClient);
    expect((await pool.fetch(new Request(`${pool.domain}/oauth2/token`))).status).toBe(405);
  });
});

describe("other origins", () => {
  const ask = (path: string, method: string, headers = {}) =>
    pool.fetch(
      new Request(path, {
        method,
        headers: { origin: "https://app.example", "access-control-request-method": "POST", ...headers },
      }),
    );

  it("may call the token endpoint and read the issuer's documents, but not the login", async () => {
    const preflight = await ask(`${pool.domain}/oauth2/token`, "OPTIONS", {
      "access-control-request-headers": "content-type",
    });
    expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual([204, "*"]);
    const keys = await ask(`${pool.issuer}/.well-known/jwks.json`, "GET");
    expect(keys.headers.get("access-control-allow-origin")).toBe("*");
    const login = await ask(`${pool.domain}/login`, "GET");
    expect(login.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("signing keys", () => {
  const file = (stateDir: string) => join(stateDir, "cognito-keys.json");
  const folders: string[] = [];
  const newFolder = () => {
    const folder = mkdtempSync(join(tmpdir(), "keys-"));
    folders.push(folder);
    return folder;
  };
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  it("survive a restart, readable by the owner only", async () => {
    const stateDir = newFolder();
    const before = await jwks(await openPool({ stateDir }));
    const again = await openPool({ stateDir });
    expect(await jwks(again)).toEqual(before);
    expect(again.warnings).toEqual([]);
    expect(statSync(file(stateDir)).mode & 0o777).toBe(0o600);
  });

  it.each(["", "{", '{"keys":[]}', '{"keys":[{"kty":"RSA"},{"kty":"RSA"}]}'])(
    "are replaced with a notice when the file is %j",
    async (content) => {
      const stateDir = newFolder();
      writeFileSync(file(stateDir), content);
      const repaired = await openPool({ stateDir });
      expect(repaired.warnings).toEqual([expect.stringMatching(/was damaged and has been replaced/)]);
      expect(await jwks(await openPool({ stateDir }))).toEqual(await jwks(repaired));
    },
  );
});

describe("a stack that AWS would refuse", () => {
  it.each<[string, object, RegExp]>([
    ["a machine client without a secret", { ...machine, generate_secret: false }, /needs generate_secret/],
    ["mixed flows", { ...machine, allowed_oauth_flows: ["code", "client_credentials"] }, /cannot be combined/],
    [
      "a scope of no resource server",
      { ...machine, allowed_oauth_scopes: ["x/y"] },
      /no resource server has the scope x\/y/,
    ],
    ["an http callback", { ...browser, callback_urls: ["http://example.com/cb"] }, /neither https/],
    ["a callback with a fragment", { ...browser, callback_urls: ["https://example.com/#x"] }, /neither https/],
    ["a code client without callback", { ...browser, callback_urls: [] }, /needs callback_urls/],
    ["the implicit flow", { ...browser, allowed_oauth_flows: ["implicit"] }, /use code/],
    ["tokens of two days", { ...machine, access_token_validity: 48 }, /between 5 minutes and 24 hours/],
    ["rotation beside the default flows", { ...browser, explicit_auth_flows: [] }, /ALLOW_REFRESH_TOKEN_AUTH/],
  ])("is refused for %s", async (_, client, message) => {
    await expect(openPool({ resources: loadPool({ bad: { ...client } }) })).rejects.toThrow(message);
  });

  it("is refused, by its address, for a value of the wrong kind", async () => {
    const wrong = { ...machine, access_token_validity: "15" };
    await expect(openPool({ resources: loadPool({ wrong }) })).rejects.toThrow(/aws_cognito_user_pool_client\.wrong/);
  });

  it("is refused for managed login in the tier without it", async () => {
    await expect(openPool({ resources: loadPool({ machine }, { tier: "LITE" }) })).rejects.toThrow(/tier LITE/);
  });

  it("is refused for a reserved word in the domain prefix", async () => {
    for (const domain of ["my-aws-login", "cognito1", "Upper", "-x"])
      await expect(openPool({ resources: loadPool({ machine }, { domain }) })).rejects.toThrow(/domain prefix/);
  });
});
