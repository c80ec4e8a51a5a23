import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { hostedRedirects } from "./known-clients.ts";
import { allowedRedirect, destinationOf, sameRedirect, withParameters } from "./redirect-uri.ts";

describe("destinationOf", () => {
  it.each([
    ["http://127.0.0.1:33418/", { kind: "device", host: "127.0.0.1:33418" }],
    ["http://127.0.0.1:33418", { kind: "device", host: "127.0.0.1:33418" }],
    ["http://localhost/callback", { kind: "device", host: "localhost" }],
    ["http://[::1]:8080/callback?x=1", { kind: "device", host: "[::1]:8080" }],
    ["https://claude.ai/api/mcp/auth_callback", { kind: "site", host: "claude.ai" }],
    ["cursor://anysphere.cursor-mcp/oauth/callback", { kind: "app", scheme: "cursor" }],
    ["com.example.app:/callback", { kind: "app", scheme: "com.example.app" }],
  ])("reads %s", (uri, expected) => expect(destinationOf(uri)).toEqual(expected));

  it.each([
    ["userinfo", "https://claude.ai@evil.example/api/mcp/auth_callback"],
    ["userinfo before loopback", "http://127.0.0.1@evil.example/"],
    ["a port that is a user's password", "http://127.0.0.1:80@evil.example/"],
    ["a name that begins like loopback", "http://localhost.evil.example/callback"],
    ["a name that begins like an address", "http://127.0.0.1.evil.example/"],
    ["another loopback address", "http://127.1/callback"],
    ["a decimal address", "http://2130706433/callback"],
    ["any interface", "http://0.0.0.0/callback"],
    ["an IPv6 zone id", "http://[::1%25lo]/callback"],
    ["a mapped IPv6 address", "http://[::ffff:127.0.0.1]/callback"],
    ["an upper-case host", "http://LOCALHOST/callback"],
    ["https to a bare name", "https://localhost/callback"],
    ["https to an address", "https://[::1]/callback"],
    ["https with a port", "https://claude.ai:8443/api/mcp/auth_callback"],
    ["http to a site", "http://claude.ai/api/mcp/auth_callback"],
    ["a fragment", "https://claude.ai/api/mcp/auth_callback#a"],
    ["an empty fragment", "http://127.0.0.1/#"],
    ["an encoded slash", "https://claude.ai/api%2Fmcp/auth_callback"],
    ["an encoded backslash", "https://claude.ai/%5c@evil.example"],
    ["an encoded dot", "https://claude.ai/%2e%2e/x"],
    ["a dot segment", "https://claude.ai/api/mcp/auth_callback/../../x"],
    ["a backslash", "https://claude.ai\\@evil.example/"],
    ["a line break", "https://claude.ai/\r\nset-cookie:a=b"],
    ["an encoded line break", "https://claude.ai/%0d%0aset-cookie:a=b"],
    ["a space", "https://claude.ai/a b"],
    ["a quote", 'https://claude.ai/"onclick=x'],
    ["a letter beyond ASCII", "https://claude.аi/"],
    ["a name that browsers take for a broken address", "https://claude.ai.0"],
    ["a name that browsers take for an address", "https://1.2.3/callback"],
    ["port 0", "http://127.0.0.1:0/"],
    ["a port beyond the range", "http://127.0.0.1:65536/"],
    ["javascript", "javascript:alert(1)"],
    ["javascript in upper case", "JAVASCRIPT:alert(1)"],
    ["data", "data:text/html,x"],
    ["file", "file:///etc/passwd"],
    ["a relative path", "/callback"],
    ["a network path", "//evil.example/callback"],
    ["nothing", ""],
    ["more than 512 characters", `http://127.0.0.1/${"a".repeat(600)}`],
  ])("refuses %s", (_, uri) => expect(destinationOf(uri)).toBeUndefined());

  it("sends a browser only where the URL standard reads the same host", () => {
    const texts = fc.oneof(
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
      fc.string({ unit: "binary" }),
      fc.string().map((text) => `http://localhost${text}`),
      fc.string().map((text) => `http://127.0.0.1${text}`),
      fc.string().map((text) => `https://claude.ai${text}`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const destination = destinationOf(text);
        if (destination === undefined || destination.kind === "app") return;
        const url = new URL(text);
        // WHATWG drops a scheme's default port; nothing else may differ.
        expect(destination.host.replace(/:80$/, "")).toBe(url.host);
        expect([url.username, url.password, url.hash]).toEqual(["", "", ""]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("sameRedirect (RFC 8252, 7.3: the port of a loopback redirect is the client's choice)", () => {
  it.each([
    ["http://localhost/callback", "http://localhost:49152/callback", true],
    ["http://127.0.0.1:33418/", "http://127.0.0.1:50000/", true],
    ["http://[::1]:1/a?b=1", "http://[::1]:2/a?b=1", true],
    ["https://claude.ai/api/mcp/auth_callback", "https://claude.ai/api/mcp/auth_callback", true],
    ["http://localhost/callback", "http://127.0.0.1:49152/callback", false],
    ["http://localhost/callback", "http://localhost:49152/callback/", false],
    ["http://localhost/callback", "http://localhost:49152/callback?a=1", false],
    ["http://localhost/callback", "https://localhost:49152/callback", false],
    ["https://claude.ai/api/mcp/auth_callback", "https://claude.ai/api/mcp/auth_callback/", false],
    ["https://claude.ai/api/mcp/auth_callback", "https://claude.ai:443/api/mcp/auth_callback", false],
  ])("%s and %s: %s", (registered, requested, expected) => expect(sameRedirect(registered, requested)).toBe(expected));
});

describe("allowedRedirect", () => {
  it.each([
    "https://claude.ai/api/mcp/auth_callback",
    "https://claude.com/api/mcp/auth_callback",
    "https://vscode.dev/redirect",
    "https://insiders.vscode.dev/redirect",
    "https://chatgpt.com/connector_platform_oauth_redirect",
    "https://chatgpt.com/connector/oauth/abc_DEF-123",
    "https://www.cursor.com/agents/mcp/oauth/callback",
    "http://localhost:8787/callback",
    "http://[::1]:1/",
  ])("lets a hosted client or loopback through: %s", (uri) => expect(allowedRedirect(uri, hostedRedirects)).toBe(true));

  it.each([
    "https://evil.example/callback",
    "https://chatgpt.com/connector/oauth/",
    "https://chatgpt.com/connector/oauth/a/b",
    "https://chatgpt.com/connector/oauth/a?next=https://evil.example",
    "https://claude.ai/api/mcp/auth_callback?x=1",
    "cursor://anysphere.cursor-mcp/oauth/callback",
  ])("refuses what nobody listed: %s", (uri) => expect(allowedRedirect(uri, hostedRedirects)).toBe(false));

  it("lets a private-use scheme through where configuration names the whole URI", () =>
    expect(allowedRedirect("cursor://a/b", [...hostedRedirects, "cursor://a/b"])).toBe(true));
});

describe("withParameters", () => {
  it("keeps a query that the client registered (RFC 6749, 3.1.2)", () =>
    expect(withParameters("http://[::1]:1/a?b=1", { code: "x y", state: undefined })).toBe(
      "http://[::1]:1/a?b=1&code=x+y",
    ));
});
