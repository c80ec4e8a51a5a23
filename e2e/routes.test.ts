import { beforeEach, describe, expect, it } from "@jest/globals";
import { send } from "./support/http.ts";
import { invocations } from "./support/invocations.ts";
import { readTarget } from "./support/target.ts";
import { machineToken } from "./support/tokens.ts";

const { resource, machine } = readTarget();
const host = new URL(resource).origin;

let before = 0;
beforeEach(async () => {
  before = await invocations();
});

describe("documents", () => {
  it.each(["/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp"])(
    "RFC 9728 section 3: %s describes the resource",
    async (path) => {
      const answer = await send(path);
      expect(answer.status).toBe(200);
      expect(answer.headers["content-type"]).toMatch(/^application\/json/);
      expect(answer.headers["access-control-allow-origin"]).toBe("*");
      expect(answer.json).toMatchObject({
        resource,
        authorization_servers: [host],
        scopes_supported: machine.scope.split(" "),
        bearer_methods_supported: ["header"],
      });
      expect(answer.text).not.toContain("offline_access");
    },
  );

  it("RFC 8414 section 3.3: the issuer is the URL the document was fetched from", async () => {
    const answer = await send("/.well-known/oauth-authorization-server");
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ issuer: host, code_challenge_methods_supported: ["S256"] });
    expect(answer.text).not.toContain("offline_access");
  });
});

describe("methods of /mcp", () => {
  it.each(["GET", "DELETE", "PUT", "PATCH", "HEAD"])("405 with Allow: %s, with and without a token", async (method) => {
    for (const headers of [{}, { Authorization: `Bearer ${await machineToken()}` }]) {
      const answer = await send("/mcp", { method, headers });
      expect(answer.status).toBe(405);
      expect(answer.headers.allow).toBe("POST, OPTIONS");
    }
    expect(await invocations()).toBe(before);
  });

  it("204 with CORS headers: a browser's preflight", async () => {
    const answer = await send("/mcp", {
      method: "OPTIONS",
      headers: { Origin: "https://example.com", "Access-Control-Request-Method": "POST" },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers["access-control-allow-origin"]).toBe("*");
    expect(answer.headers["access-control-allow-headers"]).toContain("Authorization");
    expect(answer.headers["access-control-allow-methods"]).toContain("POST");
    expect(await invocations()).toBe(before);
  });
});

describe("unknown routes", () => {
  it.each(["/nothing", "/mcp/deeper", "/.well-known/nothing", "/mcpx", "/live/mcp", "/%2e%2e/mcp", "/favicon.ico"])(
    "404, with and without a token: %s",
    async (path) => {
      for (const headers of [{}, { Authorization: `Bearer ${await machineToken()}` }]) {
        const answer = await send(path, { headers });
        expect(answer.status).toBe(404);
        expect(answer.headers["content-type"]).toMatch(/^application\/json/);
      }
      expect(await invocations()).toBe(before);
    },
  );
});
