import { describe, expect, it } from "@jest/globals";
import {
  asPage,
  asUrl,
  authorizeUrl,
  Browser,
  newVerifier,
  origin,
  publicClient,
  READ,
  refusal,
  register,
  resource,
} from "./support.ts";

const verifier = newVerifier();
type Changes = Parameters<typeof authorizeUrl>[2];

async function url(changes: Changes = {}): Promise<string> {
  return authorizeUrl((await publicClient()).client_id, verifier, changes);
}
const open = async (changes: Changes = {}, language?: string) =>
  new Browser(origin, undefined, language).open(await url(changes));

describe("RFC 6749, 4.1.2.1: the authorization server MUST inform the resource owner of the error and MUST NOT automatically redirect", () => {
  it.each<[string, Changes]>([
    ["no client_id", { client_id: undefined }],
    ["an unknown client_id", { client_id: "unknown" }],
    ["a client_id that looks sealed", { client_id: "eyJhbGciOiJkaXIifQ..a.b.c" }],
    ["a client_id of 100,000 characters", { client_id: "a".repeat(6000) }],
    ["two client_ids", { client_id: ["a", "b"] }],
    ["no redirect_uri", { redirect_uri: undefined }],
    ["two redirect_uris", { redirect_uri: ["http://127.0.0.1:50123/callback", "https://evil.example/"] }],
    ["another host", { redirect_uri: "https://evil.example/callback" }],
    ["another path", { redirect_uri: "http://127.0.0.1:50123/other" }],
    ["another loopback name than registered", { redirect_uri: "http://localhost:50123/callback" }],
    ["a query beside the registered path", { redirect_uri: "http://127.0.0.1:50123/callback?a=b" }],
    ["userinfo", { redirect_uri: "http://127.0.0.1:50123@evil.example/callback" }],
    ["a fragment", { redirect_uri: "http://127.0.0.1:50123/callback#a" }],
    ["an encoded slash", { redirect_uri: "http://127.0.0.1:50123/callback%2f.." }],
    ["a dot segment", { redirect_uri: "http://127.0.0.1:50123/x/../callback" }],
    ["a name that begins like loopback", { redirect_uri: "http://127.0.0.1.evil.example/callback" }],
    ["localhost.evil", { redirect_uri: "http://localhost.evil/callback" }],
    ["an IPv6 zone id", { redirect_uri: "http://[::1%25eth0]:50123/callback" }],
    ["a backslash", { redirect_uri: "http://127.0.0.1:50123\\@evil.example/callback" }],
    ["a line break", { redirect_uri: "http://127.0.0.1:50123/callback\r\nSet-Cookie: a=b" }],
    ["javascript", { redirect_uri: "javascript:alert(1)" }],
    ["data", { redirect_uri: "data:text/html,x" }],
    ["an app that nobody configured", { redirect_uri: "evil.app://callback" }],
  ])("%s", async (_, changes) => {
    const browser = new Browser(origin);
    const page = asPage(await browser.open(await url(changes)));
    expect([page.status, page.headers.get("location")]).toEqual([400, null]);
    expect(page.html).toContain("Nothing has been allowed");
    expect(browser.cookies.size).toBe(0);
  });
});

describe("RFC 6749, 4.1.2.1: other errors go to the client, with its state", () => {
  it.each<[string, Changes, string]>([
    ["no response_type", { response_type: undefined }, "invalid_request"],
    ["the implicit grant (RFC 9700, 2.1.2)", { response_type: "token" }, "unsupported_response_type"],
    ["a hybrid response_type", { response_type: "code token" }, "unsupported_response_type"],
    ["an unknown response_mode", { response_mode: "form_post" }, "invalid_request"],
    ["a request object (RFC 9101)", { request: "e30.e30." }, "invalid_request"],
    ["a request_uri (RFC 9101)", { request_uri: "https://evil.example/" }, "invalid_request"],
    ["a scope of nobody", { scope: `${READ} admin` }, "invalid_scope"],
    ["openid", { scope: "openid" }, "invalid_scope"],
    ["a scope twice as a parameter", { scope: [READ, READ] }, "invalid_request"],
  ])("%s", async (_, changes, error) =>
    expect(await refusal(await url(changes))).toEqual({ error, state: "st&te=1", iss: origin }),
  );
});

describe("RFC 7636, 4.4.1: if the server requires PKCE and the client does not send the challenge, the server MUST return invalid_request", () => {
  it.each<[string, Changes]>([
    ["no code_challenge", { code_challenge: undefined }],
    ["an empty code_challenge", { code_challenge: "" }],
    ["no code_challenge_method, which means plain", { code_challenge_method: undefined }],
    ["plain", { code_challenge_method: "plain" }],
    ["s256 in lower case", { code_challenge_method: "s256" }],
    ["a code_challenge that is no digest", { code_challenge: "abc" }],
    ["two code_challenges", { code_challenge: ["a".repeat(43), "b".repeat(43)] }],
  ])("%s", async (_, changes) => expect((await refusal(await url(changes))).error).toBe("invalid_request"));
});

describe("RFC 8707, 2: invalid_target, the requested resource is invalid, missing, unknown", () => {
  it.each<[string, Changes]>([
    ["none", { resource: undefined }],
    ["another server's", { resource: "https://evil.example/mcp" }],
    ["ours and another's", { resource: [resource, "https://evil.example/mcp"] }],
    ["one with a fragment", { resource: `${resource}#a` }],
    ["another path of ours", { resource: `${origin}/other` }],
  ])("%s", async (_, changes) => expect((await refusal(await url(changes))).error).toBe("invalid_target"));

  it.each([
    ["the canonical form", resource],
    ["a trailing slash", `${resource}/`],
    ["the bare origin, as Claude Code sends it", `${origin}/`],
    ["the canonical form twice", [resource, resource]],
  ])("is not the answer to %s", async (_, value) => expect(asPage(await open({ resource: value })).status).toBe(200));
});

describe("state", () => {
  it("may be missing (RFC 6749, 4.1.1: RECOMMENDED)", async () =>
    expect(await refusal(await url({ state: undefined, scope: "x" }))).toMatchObject({ state: null }));

  it.each([
    ["more than 512 characters", "a".repeat(513)],
    ["a line break", "a\nb"],
    ["letters beyond ASCII", "é"],
  ])("is not repeated where it has %s", async (_, state) =>
    expect(await refusal(await url({ state }))).toEqual({ error: "invalid_request", state: null, iss: origin }),
  );

  it("comes back with every character of RFC 6749, appendix A.5", async () => {
    const all = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join("");
    expect((await refusal(await url({ state: all, scope: "x" }))).state).toBe(all);
  });
});

describe("RFC 6749, 3.1", () => {
  it("MUST ignore unrecognized request parameters", async () =>
    expect(asPage(await open({ prompt: "login", foo: ["a", "a"].join() })).status).toBe(200));

  it("parameters sent without a value MUST be treated as if they were omitted", async () =>
    expect(asPage(await open({ scope: "", response_mode: "" })).status).toBe(200));

  it("request parameters MUST NOT be included more than once", async () =>
    expect((await refusal(await url({ state: ["a", "b"] }))).error).toBe("invalid_request"));
});

describe("RFC 8252, 7.3: MUST allow any port to be specified at the time of the request for loopback IP redirect URIs", () => {
  it.each(["http://127.0.0.1/callback", "http://127.0.0.1:1/callback", "http://127.0.0.1:65535/callback"])(
    "%s",
    async (uri) => expect(asPage(await open({ redirect_uri: uri })).status).toBe(200),
  );
});

describe("the consent page", () => {
  it("is shown every time: nothing is remembered", async () => {
    const browser = new Browser(origin);
    const first = asPage(await browser.open(await url()));
    await browser.submit(first, { decision: "allow" });
    expect(asPage(await browser.open(await url())).html).toContain("asks for access");
  });

  it("speaks the person's language", async () => {
    expect(asPage(await open({}, "ja-JP,ja;q=0.9,en;q=0.8")).html).toContain("アクセスを許可しますか");
    expect(asPage(await open({}, "fr")).html).toContain("Allow access?");
  });

  it("cannot be framed, runs no script, loads nothing, is not kept (RFC 9700, 4.16: clickjacking)", async () => {
    const { headers } = asPage(await open());
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+'; frame-ancestors 'none'; base-uri 'none'$/,
    );
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("cache-control")).toBe("no-store");
  });

  it("shows a client's name as text", async () => {
    const { client_id } = await register({ client_name: `<img src=x onerror=alert(1)>"'&` });
    const page = asPage(await new Browser(origin).open(authorizeUrl(client_id, verifier)));
    expect(page.html).toContain("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;");
    expect(page.html).not.toContain("<img");
  });

  it("lets a person say no", async () => {
    const browser = new Browser(origin);
    const back = asUrl(await browser.submit(asPage(await browser.open(await url())), { decision: "deny" }));
    expect(Object.fromEntries(back.searchParams)).toMatchObject({
      error: "access_denied",
      state: "st&te=1",
      iss: origin,
    });
  });

  it("takes a decision that is neither for a no", async () => {
    const browser = new Browser(origin);
    const consent = asPage(await browser.open(await url()));
    expect(asUrl(await browser.submit(consent, { decision: "maybe" })).searchParams.get("error")).toBe("access_denied");
  });
});
