import { expect, it } from "@jest/globals";
import {
  allow,
  asPage,
  asUrl,
  authorizeUrl,
  Browser,
  codeAtCallback,
  describeWithPeople,
  exchange,
  newVerifier,
  origin,
  outcome,
  post,
  publicClient,
  REDIRECT,
  signIn,
} from "./support.ts";

const verifier = newVerifier();
const url = async () => authorizeUrl((await publicClient()).client_id, verifier);
const idOf = (html: string) => /name="id" value="([^"]+)"/.exec(html)?.[1] ?? "";

describeWithPeople("RFC 9700, 4.7: the flow is bound to the browser that started it", () => {
  it("consent in one browser and login in another ends with 403 and no code", async () => {
    const attacker = new Browser(origin);
    const victim = new Browser(origin);
    const login = asPage(await allow(attacker, asPage(await attacker.open(await url()))));
    const victimsLogin = asPage(await victim.open(login.url));
    const end = asPage(await signIn(victim, victimsLogin));
    expect([end.status, end.url]).toEqual([403, expect.stringContaining("/callback?")]);
    expect(end.html).toContain("was not started in this browser");
  });

  it("a victim's live Cognito session does not help an attacker's consent", async () => {
    const victim = new Browser(origin);
    const own = asPage(await allow(victim, asPage(await victim.open(await url()))));
    asUrl(await signIn(victim, own));
    const attacker = new Browser(origin);
    const login = asPage(await allow(attacker, asPage(await attacker.open(await url()))));
    // The victim is sent to Cognito, which answers with a code at once: it ends at our callback, without a cookie.
    const end = asPage(await victim.open(login.url.replace("/login?", "/oauth2/authorize?")));
    expect([end.status, end.url]).toEqual([403, expect.stringContaining("/callback?")]);
  });

  it("an attacker's Cognito code cannot be put into a victim's login", async () => {
    const attacker = new Browser(origin);
    const login = asPage(await allow(attacker, asPage(await attacker.open(await url()))));
    const stolen = await codeAtCallback(attacker, login);
    const victim = new Browser(origin);
    const pending = asPage(await allow(victim, asPage(await victim.open(await url()))));
    const state = new URL(pending.url).searchParams.get("state") ?? "";
    const back = asUrl(await victim.open(`${origin}/callback?code=${stolen}&state=${state}`));
    // Our own PKCE verifier is another: Cognito refuses.
    const code = back.searchParams.get("code") ?? "";
    expect(outcome(await exchange((await publicClient()).client_id, code, verifier))).toEqual([400, "invalid_grant"]);
  });

  it("the callback works once", async () => {
    const browser = new Browser(origin);
    const login = asPage(await allow(browser, asPage(await browser.open(await url()))));
    const state = new URL(login.url).searchParams.get("state") ?? "";
    asUrl(await signIn(browser, login));
    expect(asPage(await browser.open(`${origin}/callback?code=x&state=${state}`)).status).toBe(403);
  });

  it("the login cannot begin without consent: a consent's cookie is no login's", async () => {
    const browser = new Browser(origin);
    const id = idOf(asPage(await browser.open(await url())).html);
    const cookie = browser.cookies.get(`__Host-consent-${id}`)?.value ?? "";
    expect(cookie).not.toBe("");
    browser.plant(`__Host-login-${id}`, cookie);
    expect(asPage(await browser.open(`${origin}/callback?code=x&state=${id}`)).status).toBe(403);
  });

  it("a cookie is worth nothing under another id", async () => {
    const browser = new Browser(origin);
    const consent = asPage(await browser.open(await url()));
    const id = idOf(consent.html);
    const other = `${id.slice(0, -1)}${id.endsWith("A") ? "B" : "A"}`;
    browser.plant(`__Host-consent-${other}`, browser.cookies.get(`__Host-consent-${id}`)?.value ?? "");
    expect(asPage(await browser.submit(consent, { id: other, decision: "allow" })).status).toBe(403);
  });

  it("the cookie is out of reach: __Host-, Secure, HttpOnly, SameSite=Lax, ten minutes", async () => {
    const response = await new Browser(origin).request(new Request(await url()));
    const [cookie = ""] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-consent-[A-Za-z0-9_-]{22}=/);
    expect(cookie.split("; ").slice(1).sort()).toEqual(["HttpOnly", "Max-Age=600", "Path=/", "SameSite=Lax", "Secure"]);
  });

  it("abandoned logins make room: a browser never carries more than three", async () => {
    const browser = new Browser(origin);
    for (let i = 0; i < 6; i++) await browser.open(await url());
    expect([...browser.cookies.keys()].filter((name) => name.startsWith("__Host-")).length).toBe(3);
    const last = asPage(await browser.open(await url()));
    expect(asPage(await allow(browser, last)).url).toContain("/login");
  });
});

describeWithPeople("a forged consent form (CSRF)", () => {
  const form = (id: string) => new URLSearchParams({ id, decision: "allow", scope: "write" }).toString();
  const type = { "content-type": "application/x-www-form-urlencoded" };

  it("is refused without the browser's cookie, even with the right id", async () => {
    const victim = new Browser(origin);
    const id = idOf(asPage(await victim.open(await url())).html);
    expect((await post("/authorize", form(id))).status).toBe(403);
  });

  it.each([
    ["no id", ""],
    ["an invented id", "a".repeat(22)],
    ["an id that is a cookie's name", "__Host-consent-x"],
    ["an id with a separator", "a; b=c"],
  ])("is refused with %s", async (_, id) => {
    const victim = new Browser(origin);
    await victim.open(await url());
    const page = asPage(await victim.open(`${origin}/authorize`, { method: "POST", body: form(id), headers: type }));
    expect(page.status).toBe(403);
  });

  it.each([
    ["another origin", { origin: "https://evil.example" }],
    ["an opaque origin", { origin: "null" }],
    ["another site", { "sec-fetch-site": "cross-site" }],
    ["a sibling host", { "sec-fetch-site": "same-site" }],
    ["the address bar", { "sec-fetch-site": "none" }],
  ])("is refused from %s, even with cookie and id", async (_, headers) => {
    const victim = new Browser(origin);
    const id = idOf(asPage(await victim.open(await url())).html);
    const page = asPage(
      await victim.open(`${origin}/authorize`, { method: "POST", body: form(id), headers: { ...type, ...headers } }),
    );
    expect(page.status).toBe(403);
  });

  it("cannot be sent twice", async () => {
    const browser = new Browser(origin);
    const consent = asPage(await browser.open(await url()));
    await allow(browser, consent);
    expect(asPage(await allow(browser, consent)).html).toContain("no longer valid");
  });

  it.each([
    ["JSON", '{"id":"x"}', "application/json"],
    ["100 KB", `id=${"a".repeat(100_000)}`, "application/x-www-form-urlencoded"],
  ])("is refused as %s", async (_, body, contentType) => {
    const page = asPage(
      await new Browser(origin).open(`${origin}/authorize`, {
        method: "POST",
        body,
        headers: { "content-type": contentType },
      }),
    );
    expect([400, 413]).toContain(page.status);
  });
});

describeWithPeople("a login that does not end well", () => {
  it("goes back to the client as an error: the person cancelled", async () => {
    const browser = new Browser(origin);
    const login = asPage(await allow(browser, asPage(await browser.open(await url()))));
    const back = asUrl(await browser.submit(login, { action: "cancel" }));
    expect(back.href.startsWith(REDIRECT)).toBe(true);
    expect(Object.fromEntries(back.searchParams)).toMatchObject({
      error: "access_denied",
      state: "st&te=1",
      iss: origin,
    });
  });

  it("does not repeat what somebody wrote into the callback", async () => {
    const browser = new Browser(origin);
    const login = asPage(await allow(browser, asPage(await browser.open(await url()))));
    const state = new URL(login.url).searchParams.get("state") ?? "";
    const back = asUrl(
      await browser.open(
        `${origin}/callback?error=evil%0d%0aSet-Cookie:a&error_description=%3Cb%3Eneedle&state=${state}`,
      ),
    );
    expect(back.searchParams.get("error")).toBe("server_error");
    expect(back.href).not.toMatch(/needle|evil|Set-Cookie/);
  });
});
