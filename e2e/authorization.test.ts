import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { call, mcpHeaders, send, toolCall } from "./support/http.ts";
import { invocations } from "./support/invocations.ts";
import { forgeToken, signedByPool } from "./support/pool-key.ts";
import { readTarget } from "./support/target.ts";
import { claimsOf, machineToken } from "./support/tokens.ts";

const { resource, machine } = readTarget();
const host = new URL(resource).origin;
const scopes = machine.scope.split(" ");
const listTools = { jsonrpc: "2.0", id: 1, method: "tools/list" };

/** RFC 9728 section 5.1 and the MCP authorization page: where to find the login, and which scopes to ask for. */
const challenge = `Bearer resource_metadata="${host}/.well-known/oauth-protected-resource/mcp", scope="${machine.scope}"`;

let before = 0;
beforeEach(async () => {
  before = await invocations();
});

describe("the gateway rejects before the function runs", () => {
  it.each<[string, Record<string, string | string[]>]>([
    ["no token", {}],
    ["an empty header", { Authorization: "" }],
    ["a scheme without a token", { Authorization: "Bearer" }],
    ["garbage", { Authorization: "Bearer garbage" }],
    ["three garbage parts", { Authorization: "Bearer a.b.c" }],
    ["Basic credentials", { Authorization: "Basic dXNlcjpwYXNz" }],
    ["a very long token", { Authorization: `Bearer ${"a".repeat(8_000)}` }],
  ])("401 with the challenge: %s", async (_name, headers) => {
    const answer = await send("/mcp", {
      method: "POST",
      headers: { ...mcpHeaders, ...headers },
      body: JSON.stringify(listTools),
    });
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe(challenge);
    expect(answer.headers["content-type"]).toMatch(/^application\/json/);
    expect(answer.headers["access-control-allow-origin"]).toBe("*");
    expect(answer.json).toHaveProperty("message");
    expect(await invocations()).toBe(before);
  });

  it("keeps every line of the access log JSON, so that no caller can hide from the alarms", async () => {
    const { local } = readTarget();
    if (local === undefined) return;
    for (const agent of ['"', "\\", 'x","status":"200'])
      await send("/mcp", { method: "POST", headers: { ...mcpHeaders, "User-Agent": agent }, body: "{}" });
    const lines = readFileSync(local.logs, "utf8").trim().split("\n");
    const accesses = lines.map((line) => JSON.parse(line)).flatMap((line) => line.access ?? []);
    expect(accesses.length).toBeGreaterThan(3);
    for (const access of accesses) expect(access).toMatchObject({ status: expect.anything() });
  });

  it("401: a token in the query string (RFC 9700 section 4.3.2)", async () => {
    const token = await machineToken();
    const answer = await send(`/mcp?access_token=${token}`, {
      method: "POST",
      headers: mcpHeaders,
      body: JSON.stringify(listTools),
    });
    expect(answer.status).toBe(401);
    expect(await invocations()).toBe(before);
  });

  it("401: `alg: none`, and a token whose payload was changed", async () => {
    const token = await machineToken();
    const [header, payload, signature] = token.split(".");
    const widened = encode({ ...claimsOf(token), client_id: "another" });
    for (const forged of [`${encode({ alg: "none", typ: "JWT" })}.${payload}.`, `${header}.${widened}.${signature}`]) {
      const answer = await call(forged, listTools);
      expect(answer.status).toBe(401);
      expect(answer.headers["www-authenticate"]).toBe(challenge);
    }
    expect(await invocations()).toBe(before);
  });
});

describe("tokens that only a pool could sign", () => {
  const now = Math.floor(Date.now() / 1_000);

  it.each<[string, Record<string, unknown>]>([
    ["expired", { iat: now - 7_200, exp: now - 3_600 }],
    ["from another issuer", { iss: "https://cognito-idp.ap-northeast-1.amazonaws.com/ap-northeast-1_Foreign00" }],
    ["an ID token", { token_use: "id" }],
  ])("401 with the challenge, function not invoked: %s", async (_name, claims) => {
    const token = await signedByPool({ ...claimsOf(await machineToken()), ...claims });
    const answer = await call(token, listTools);
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe(challenge);
    expect(await invocations()).toBe(before);
  });

  it("401: our claims signed by a foreign key with our key id", async () => {
    const token = await forgeToken(await machineToken());
    expect((await call(token, listTools)).status).toBe(401);
    expect(await invocations()).toBe(before);
  });

  it.each(["", "openid", `${resource}/admin`, `${scopes[0]}x`, "https://other.example/mcp/read"])(
    "403 insufficient_scope, function not invoked: scope %p",
    async (scope) => {
      const token = await signedByPool({ ...claimsOf(await machineToken()), scope });
      const answer = await call(token, listTools);
      expect(answer.status).toBe(403);
      const header = answer.headers["www-authenticate"];
      expect(header).toContain('error="insufficient_scope"');
      expect(header).toContain(`scope="${machine.scope}"`);
      expect(header).toContain(`resource_metadata="${host}/.well-known/oauth-protected-resource/mcp"`);
      expect(await invocations()).toBe(before);
    },
  );

  it("403 from the function: our scope and a foreign `aud`", async () => {
    const token = await signedByPool({ ...claimsOf(await machineToken()), aud: "https://other.example/mcp" });
    const answer = await call(token, listTools);
    expect(answer.status).toBe(403);
    expect(answer.text).not.toContain("https://other.example");
    expect(await invocations()).toBe(before + 1);
  });

  it("403 from the function: no `aud` and a client that is not a machine client", async () => {
    const token = await signedByPool({ ...claimsOf(await machineToken()), client_id: "unknownclient" });
    expect((await call(token, listTools)).status).toBe(403);
  });

  it("answers a person's token: our `aud`, read scope", async () => {
    const token = await signedByPool({
      ...claimsOf(await machineToken()),
      sub: "4c1f0e2a-0000-4000-8000-000000000001",
      username: "4c1f0e2a-0000-4000-8000-000000000001",
      client_id: "browserclient",
      aud: resource,
      scope: `${resource}/read`,
    });
    expect((await call(token, toolCall("add", { a: 1, b: 2 }))).status).toBe(200);
  });
});

describe("Origin (DNS rebinding, browsers)", () => {
  it("403: a foreign Origin", async () => {
    for (const origin of ["https://evil.example", "null", `${host}.evil.example`]) {
      const answer = await call(await machineToken(), listTools, { Origin: origin });
      expect(answer.status).toBe(403);
    }
  });

  it("200: the host's own Origin, and none", async () => {
    expect((await call(await machineToken(), listTools, { Origin: host })).status).toBe(200);
    expect((await call(await machineToken(), listTools)).status).toBe(200);
  });
});

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
