import { expect, it } from "@jest/globals";
import {
  allow,
  asPage,
  asUrl,
  authorizeUrl,
  Browser,
  describeWithPeople,
  exchange,
  newCode,
  newTokens,
  newVerifier,
  origin,
  outcome,
  post,
  publicClient,
  REDIRECT,
  refresh,
  register,
  resource,
  signIn,
  type Tokens,
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

describeWithPeople("codes", () => {
  it("RFC 6749, 4.1.2: the client MUST NOT use the authorization code more than once", async () => {
    const { client_id } = await publicClient();
    const code = await newCode(client_id, verifier);
    expect((await exchange(client_id, code, verifier)).status).toBe(200);
    expect(outcome(await exchange(client_id, code, verifier))).toEqual([400, "invalid_grant"]);
  });

  it("work once, however many ask at the same time", async () => {
    const { client_id } = await publicClient();
    const code = await newCode(client_id, verifier);
    const answers = await Promise.all(Array.from({ length: 5 }, () => exchange(client_id, code, verifier)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400]);
  });

  it("RFC 6749, 4.1.3: ensure that the authorization code was issued to the authenticated client", async () => {
    const { client_id } = await publicClient();
    const other = await register();
    const code = await newCode(client_id, verifier);
    expect(outcome(await exchange(other.client_id, code, verifier))).toEqual([400, "invalid_grant"]);
  });

  it("RFC 6749, 4.1.3: ensure that redirect_uri is identical to the one of the authorization request", async () => {
    const { client_id } = await publicClient();
    const code = await newCode(client_id, verifier);
    for (const redirect_uri of ["http://127.0.0.1:50124/callback", "https://evil.example/", `${REDIRECT}/`])
      expect(outcome(await exchange(client_id, code, verifier, { redirect_uri }))).toEqual([400, "invalid_grant"]);
    // Refusals spend nothing, so that nobody can burn another's code.
    expect((await exchange(client_id, code, verifier)).status).toBe(200);
  });

  it("RFC 7636, 4.6: if the values are not equal, an error response indicating invalid_grant MUST be returned", async () => {
    const { client_id } = await publicClient();
    const code = await newCode(client_id, verifier);
    for (const wrong of [newVerifier(), "a".repeat(43), "a", "a".repeat(129), `${verifier}a`])
      expect(outcome(await exchange(client_id, code, wrong))).toEqual([400, "invalid_grant"]);
    expect(outcome(await exchange(client_id, code, "", {}))).toEqual([400, "invalid_request"]);
  });

  it("RFC 8707, 2.2: are good for the resource they were asked for", async () => {
    const { client_id } = await publicClient();
    const code = await newCode(client_id, verifier);
    const foreign = await exchange(client_id, code, verifier, { resource: "https://evil.example/mcp" });
    expect(outcome(foreign)).toEqual([400, "invalid_target"]);
    expect((await exchange(client_id, code, verifier, { resource: undefined })).status).toBe(200);
  });

  it("are not taken where they are truncated or altered", async () => {
    const { client_id } = await publicClient();
    const code = await newCode(client_id, verifier);
    for (const bad of [code.slice(0, -4), `A${code.slice(1)}`, `${code}A`, code.split(".").reverse().join("."), "x"])
      expect(outcome(await exchange(client_id, bad, verifier))).toEqual([400, "invalid_grant"]);
  });

  it("of Cognito itself are not codes of this server", async () => {
    const browser = new Browser(origin);
    const login = asPage(await allow(browser, asPage(await browser.open(await url()))));
    const inner = await codeAtCallback(browser, login);
    expect(outcome(await exchange((await publicClient()).client_id, inner, verifier))).toEqual([400, "invalid_grant"]);
  });
});

describeWithPeople("sealed values", () => {
  it("are good for what they were sealed for, and nothing else", async () => {
    const { client_id } = await publicClient();
    const code = await newCode(client_id, verifier);
    const tokens = await newTokens(client_id);
    const browser = new Browser(origin);
    const id = idOf(asPage(await browser.open(await url())).html);
    const cookie = browser.cookies.get(`__Host-consent-${id}`)?.value ?? "";

    for (const wrong of [client_id, tokens.refresh_token, cookie, tokens.access_token])
      expect(outcome(await exchange(client_id, wrong, verifier))).toEqual([400, "invalid_grant"]);
    for (const wrong of [client_id, code, cookie, tokens.access_token])
      expect(outcome(await refresh(client_id, wrong))).toEqual([400, "invalid_grant"]);
    for (const wrong of [code, cookie, tokens.refresh_token.slice(0, 1000)])
      expect(outcome(await refresh(wrong, tokens.refresh_token))).toEqual([401, "invalid_client"]);
    expect(asPage(await browser.open(authorizeUrl(code, verifier))).status).toBe(400);
  });

  it("fit: client id, code and cookie stay far below the gateway's 10,240 bytes of headers", async () => {
    const { client_id } = await register({
      client_name: "n".repeat(100),
      redirect_uris: [`http://127.0.0.1/${"p".repeat(480)}`],
    });
    const redirect_uri = `http://127.0.0.1:50123/${"p".repeat(480)}`;
    const browser = new Browser(origin);
    const long = authorizeUrl(client_id, verifier, { redirect_uri, state: '"'.repeat(512) });
    const consent = asPage(await browser.open(long));
    const [cookie] = [...browser.cookies.values()];
    expect(client_id.length).toBeLessThanOrEqual(1200);
    expect(cookie?.value.length).toBeLessThan(3500);
    const back = asUrl(await signIn(browser, asPage(await allow(browser, consent))));
    expect(back.searchParams.get("state")).toBe('"'.repeat(512));
    expect(back.searchParams.get("code")?.length).toBeLessThan(1000);
    const tokens = await exchange(client_id, back.searchParams.get("code") ?? "", verifier, { redirect_uri });
    expect((tokens.json as Tokens).refresh_token.length).toBeLessThan(8000);
  });
});

describeWithPeople("mix-up (RFC 9207, 1)", () => {
  it("cannot succeed: iss is this server in the answer, and its metadata says that it always is", async () => {
    const browser = new Browser(origin);
    const back = asUrl(await signIn(browser, asPage(await allow(browser, asPage(await browser.open(await url()))))));
    expect(back.searchParams.getAll("iss")).toEqual([origin]);
    expect(back.searchParams.getAll("code").length).toBe(1);
    expect(resource.startsWith(`${origin}/`)).toBe(true);
  });
});

/** Signs in, and takes Cognito's own code out of the redirect before our callback sees it. */
async function codeAtCallback(browser: Browser, login: Awaited<ReturnType<typeof asPage>>): Promise<string> {
  let code: string | null = null;
  const spy = new Browser(origin, async (request) => {
    const at = new URL(request.url);
    if (at.pathname === "/callback") {
      code = at.searchParams.get("code");
      return new Response("stopped");
    }
    return fetch(request, { redirect: "manual" });
  });
  for (const [name, { value, path }] of browser.cookies) spy.plant(name, value, path);
  await signIn(spy, login);
  if (code === null) throw new Error("Cognito gave no code");
  return code;
}
