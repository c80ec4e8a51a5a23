import { beforeEach, describe, expect, it } from "@jest/globals";
import { TestBrowser } from "./test-browser.ts";
import { CodeClient } from "./test-code-client.ts";
import { browser, CALLBACK, loadPool, PASSWORD } from "./test-pool.ts";

let at: CodeClient;
beforeEach(async () => {
  at = await CodeClient.open();
});

describe("the login", () => {
  it("leads over the form back to the client with code and state, and no iss", async () => {
    const { url, page } = await at.visit();
    expect(url).toContain("/login?response_type=code&");
    expect(page?.headers.get("content-security-policy")).not.toContain("form-action");
    const back = await at.signIn();
    expect(back.origin + back.pathname).toBe(CALLBACK);
    expect([...back.searchParams.keys()].sort()).toEqual(["code", "state"]);
    expect(back.searchParams.get("state")).toBe("st&te=1");
  });

  it("skips the form while the browser has a live session, also for another client, for one hour", async () => {
    await at.signIn();
    const other = at.url({ client_id: at.pool.client("public").id, redirect_uri: "myapp://callback" });
    expect((await at.browser.visit(other)).url).toMatch(/^myapp:\/\/callback\?code=/);
    at.pass(3599);
    expect((await at.visit()).url).toMatch(/\?code=/);
    at.pass(1);
    expect((await at.visit()).url).toContain("/login?");
  });

  it("stays on the form after a failure, the same for a wrong password and an unknown user", async () => {
    const texts = [];
    for (const username of ["writer@example.com", "nobody@example.com"]) {
      const answer = await at.browser.submit(await at.form(), { username, password: "wrong", action: "signin" });
      expect(answer.status).toBe(200);
      texts.push((await answer.text()).replace(username, ""));
    }
    expect(texts[0]).toContain('role="alert"');
    expect(texts[0]).toBe(texts[1]);
    expect((await at.visit()).url).toContain("/login?");
  });

  it("tells the client when the person cancels", async () => {
    const answer = await at.browser.submit(await at.form(), { action: "cancel" });
    expect(answer.headers.get("location")).toBe(
      `${CALLBACK}?error_description=User+cancelled&state=st%26te%3D1&error=access_denied`,
    );
  });

  it("takes no form that another site made", async () => {
    const query = new URL(at.url()).search;
    const forged = await at.pool.post(`/login${query}`, { username: "writer@example.com", password: PASSWORD });
    expect(forged.status).toBe(200);
    expect(forged.headers.get("location")).toBeNull();
    const attacker = await new TestBrowser(at.pool).submit(await at.form(), {
      username: "writer@example.com",
      password: PASSWORD,
    });
    expect(attacker.headers.get("location")).toBeNull();
  });

  it.each<[string, Parameters<typeof loadPool>]>([
    ["a style for managed login", [{ browser }, { branded: [] }]],
    ["an identity provider", [{ browser: { ...browser, supported_identity_providers: [] } }]],
  ])("is unavailable to a client without %s", async (_, pool) => {
    const without = await CodeClient.open({ resources: loadPool(...pool) });
    expect(await (await without.form()).text()).toContain("Login pages unavailable");
    const { search } = new URL(without.url());
    const right = { _csrf: "t", username: "writer@example.com", password: PASSWORD };
    const posted = await without.pool.post(`/login${search}`, right, { cookie: "XSRF-TOKEN=t" });
    expect(await posted.text()).toContain("Login pages unavailable");
    const classic = await CodeClient.open({ resources: loadPool({ browser }, { branded: [], managedLogin: 1 }) });
    expect(await (await classic.form()).text()).toContain("Email address");
  });

  it("escapes what it shows", async () => {
    const nasty = `"><script>alert(1)</script>`;
    const { page } = await at.visit({ state: nasty });
    expect(await page?.clone().text()).not.toContain("<script>");
    const answer = await at.browser.submit(page as Response, { username: nasty, password: nasty, action: "signin" });
    expect(await answer.text()).not.toContain("<script>");
    const error = await at.pool.fetch(new Request(`${at.pool.domain}/error?error=${encodeURIComponent(nasty)}`));
    expect([error.status, await error.text()]).toEqual([400, expect.not.stringContaining("<script>")]);
  });

  it("ends with /logout, which leads to registered places only", async () => {
    await at.signIn();
    const logout = (more: string) => at.browser.visit(`${at.pool.domain}/logout?client_id=${at.client.id}${more}`);
    expect((await logout("&logout_uri=https://evil.example/")).page?.status).toBe(400);
    expect((await logout("&logout_uri=http://127.0.0.1:3000/bye")).url).toBe("http://127.0.0.1:3000/bye");
    expect((await at.visit()).url).toContain("/login?");
    expect((await logout("")).page?.status).toBe(400);
    const again = await logout(`&redirect_uri=${encodeURIComponent(CALLBACK)}&response_type=code&scope=openid`);
    expect(again.url).toContain("/login?");
  });
});
