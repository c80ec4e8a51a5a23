import { describe, expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import { asPage, asUrl } from "./browser.ts";
import {
  allow,
  authorizeUrl,
  newSecret,
  newVerifier,
  ORIGIN,
  openFront,
  PASSWORD,
  REDIRECT,
  RESOURCE,
  WRITER,
} from "./oauth-front.ts";

type Front = Awaited<ReturnType<typeof openFront>>;
type Tokens = { access_token: string; refresh_token: string; scope: string; expires_in: number; token_type: string };

async function codeFor(front: Front, clientId: string, verifier: string): Promise<string> {
  const back = await front.logIn(authorizeUrl(clientId, verifier));
  return back.searchParams.get("code") ?? "";
}

async function tokensFor(front: Front, clientId: string): Promise<Tokens> {
  const verifier = newVerifier();
  const code = await codeFor(front, clientId, verifier);
  const response = await front.post("/token", {
    grant_type: "authorization_code",
    client_id: clientId,
    code,
    redirect_uri: REDIRECT,
    code_verifier: verifier,
    resource: RESOURCE,
  });
  return (await response.json()) as Tokens;
}

const redeem = (front: Front, clientId: string, code: string, verifier: string) =>
  front.post("/token", { grant_type: "authorization_code", client_id: clientId, code, code_verifier: verifier });
const refresh = (front: Front, clientId: string, token: string, changes: Record<string, string> = {}) =>
  front.post("/token", { grant_type: "refresh_token", client_id: clientId, refresh_token: token, ...changes });
const outcome = async (response: Response) => [response.status, ((await response.json()) as { error?: string }).error];

describe("a login", () => {
  it("ends with tokens for this resource and the scopes that were allowed", async () => {
    const front = await openFront();
    const { client_id } = await front.registered();
    const tokens = await tokensFor(front, client_id);
    expect(tokens).toMatchObject({
      token_type: "Bearer",
      expires_in: 900,
      scope: `${RESOURCE}/read ${RESOURCE}/write`,
    });
    expect(tokens).not.toHaveProperty("id_token");
    expect(decodeJwt(tokens.access_token)).toMatchObject({ aud: RESOURCE, token_use: "access" });
  });

  it("gives no more than what the person left ticked", async () => {
    const front = await openFront();
    const { client_id } = await front.registered();
    const verifier = newVerifier();
    const back = await front.logIn(authorizeUrl(client_id, verifier), { scope: [] });
    const response = await redeem(front, client_id, back.searchParams.get("code") ?? "", verifier);
    expect(await response.json()).toMatchObject({ scope: `${RESOURCE}/read` });
  });

  it("gives no scope that was not asked for, whatever the form says", async () => {
    const front = await openFront();
    const { client_id } = await front.registered();
    const verifier = newVerifier();
    const url = authorizeUrl(client_id, verifier, { scope: `${RESOURCE}/read` });
    const back = await front.logIn(url, { scope: ["write", "read", "admin"] });
    const response = await redeem(front, client_id, back.searchParams.get("code") ?? "", verifier);
    expect(await response.json()).toMatchObject({ scope: `${RESOURCE}/read` });
  });

  it("leaves nothing secret in the log", async () => {
    const front = await openFront();
    const { client_id } = await front.registered();
    const verifier = newVerifier();
    const browser = front.newBrowser();
    const url = authorizeUrl(client_id, verifier, { state: "needle-state" });
    const back = await front.logIn(url, { browser });
    const code = back.searchParams.get("code") ?? "";
    const { access_token, refresh_token } = (await (await redeem(front, client_id, code, verifier)).json()) as Tokens;
    await redeem(front, client_id, code, verifier);
    const log = front.state.log.join("\n");
    for (const secret of ["needle-state", code, verifier, access_token, refresh_token, client_id])
      expect(log).not.toContain(secret);
    expect(log).toContain("token.issued");
  });
});

describe("time", () => {
  const steps = [
    ["the consent page", 601],
    ["the login page", 601],
    ["the code", 121],
  ] as const;
  it.each(steps)("ends %s", async (step, seconds) => {
    const front = await openFront();
    const { client_id } = await front.registered();
    const verifier = newVerifier();
    const browser = front.newBrowser();
    const wait = (at: string) => {
      if (at === step) front.state.time += seconds * 1000;
    };

    const consent = asPage(await browser.open(authorizeUrl(client_id, verifier)));
    wait("the consent page");
    const login = asPage(await allow(browser, consent));
    if (step === "the consent page") return expect(login.status).toBe(403);
    wait("the login page");
    const result = await browser.submit(login, { username: WRITER, password: PASSWORD, action: "signin" });
    // The look-alike's own login page may have expired as well; neither way leads back to the client.
    if (step === "the login page") return expect(asPage(result).status).toBeGreaterThanOrEqual(400);
    wait("the code");
    const code = asUrl(result).searchParams.get("code") ?? "";
    return expect(await outcome(await redeem(front, client_id, code, verifier))).toEqual([400, "invalid_grant"]);
  });

  it("ends a registration after a year, and says so on a page", async () => {
    const front = await openFront();
    const { client_id } = await front.registered();
    front.state.time += 366 * 24 * 3600 * 1000;
    const page = asPage(await front.newBrowser().open(authorizeUrl(client_id, newVerifier())));
    expect([page.status, page.html]).toEqual([400, expect.stringContaining("its registration has expired")]);
    expect(await outcome(await refresh(front, client_id, "x"))).toEqual([401, "invalid_client"]);
  });
});

describe("refresh", () => {
  it("gives new tokens, of the same scope", async () => {
    const front = await openFront();
    const { client_id } = await front.registered();
    const first = await tokensFor(front, client_id);
    front.state.time += 3600_000;
    const response = await refresh(front, client_id, first.refresh_token, { resource: RESOURCE, scope: first.scope });
    const second = (await response.json()) as Tokens;
    expect([response.status, second.scope]).toEqual([200, first.scope]);
    expect(second.access_token).not.toBe(first.access_token);
  });

  it("rotates where Cognito rotates (RFC 9700, 2.2.2: refresh tokens for public clients MUST be sender-constrained or use rotation)", async () => {
    const front = await openFront({ rotation: true });
    const { client_id } = await front.registered();
    const first = await tokensFor(front, client_id);
    const second = (await (await refresh(front, client_id, first.refresh_token)).json()) as Tokens;
    front.state.time += 60_000;
    expect(await outcome(await refresh(front, client_id, first.refresh_token))).toEqual([400, "invalid_grant"]);
    expect((await refresh(front, client_id, second.refresh_token)).status).toBe(200);
  });

  it("refuses a scope that was not granted (RFC 6749, 6)", async () => {
    const front = await openFront();
    const { client_id } = await front.registered();
    const verifier = newVerifier();
    const back = await front.logIn(authorizeUrl(client_id, verifier), { scope: [] });
    const code = back.searchParams.get("code") ?? "";
    const { refresh_token } = (await (await redeem(front, client_id, code, verifier)).json()) as Tokens;
    const wider = await refresh(front, client_id, refresh_token, { scope: `${RESOURCE}/write` });
    expect(await outcome(wider)).toEqual([400, "invalid_scope"]);
  });

  it("does nothing after revocation", async () => {
    const front = await openFront();
    const { client_id } = await front.registered();
    const { refresh_token } = await tokensFor(front, client_id);
    const revoked = await front.post("/revoke", { client_id, token: refresh_token });
    expect([revoked.status, await revoked.text()]).toEqual([200, ""]);
    expect(await outcome(await refresh(front, client_id, refresh_token))).toEqual([400, "invalid_grant"]);
  });

  it("is not revoked by another client (RFC 7009, 2.1)", async () => {
    const front = await openFront();
    const { client_id } = await front.registered();
    const other = await front.registered();
    const { refresh_token } = await tokensFor(front, client_id);
    const refused = await front.post("/revoke", { client_id: other.client_id, token: refresh_token });
    expect(refused.status).toBe(400);
    expect((await refresh(front, client_id, refresh_token)).status).toBe(200);
  });
});

describe("rotating the sealing secret", () => {
  it("ends no login and no registration at once, and both the second time", async () => {
    const front = await openFront();
    const { client_id } = await front.registered();
    const first = await tokensFor(front, client_id);

    const before = front.state.secrets.current;
    front.state.secrets = { current: newSecret(), previous: before };
    front.state.time += 10 * 60_000;
    const second = (await (await refresh(front, client_id, first.refresh_token)).json()) as Tokens;
    expect(second.access_token).toBeDefined();

    front.state.secrets = { current: newSecret(), previous: front.state.secrets.current };
    front.state.time += 10 * 60_000;
    expect(await outcome(await refresh(front, client_id, second.refresh_token))).toEqual([401, "invalid_client"]);
  });
});

describe("a Cognito that gives more than was asked for", () => {
  it("gets nothing through: a wider scope, another audience", async () => {
    const front = await openFront();
    const { client_id } = await front.registered();
    for (const tamper of [
      (url: URL) => url.searchParams.set("scope", `${RESOURCE}/read ${RESOURCE}/write`),
      (url: URL) => url.searchParams.delete("resource"),
    ]) {
      const verifier = newVerifier();
      const browser = front.newBrowser();
      const consent = asPage(await browser.open(authorizeUrl(client_id, verifier)));
      const login = asPage(await allow(browser, consent, []));
      const url = new URL(login.url);
      tamper(url);
      const wider = asPage(await browser.open(url.href));
      const back = asUrl(await browser.submit(wider, { username: WRITER, password: PASSWORD, action: "signin" }));
      const refused = await redeem(front, client_id, back.searchParams.get("code") ?? "", verifier);
      expect(await outcome(refused)).toEqual([503, "temporarily_unavailable"]);
    }
  });
});

describe("a Cognito that does not answer", () => {
  it("is told to the client as something to try again", async () => {
    const front = await openFront();
    const { client_id } = await front.registered();
    const { refresh_token } = await tokensFor(front, client_id);
    front.state.cognitoIsDown = true;
    const response = await refresh(front, client_id, refresh_token);
    expect(response.headers.get("retry-after")).toBe("5");
    expect(await outcome(response)).toEqual([503, "temporarily_unavailable"]);
    front.state.cognitoIsDown = false;
    expect((await refresh(front, client_id, refresh_token)).status).toBe(200);
  });
});

describe("configuration", () => {
  const app = { id: "team-app", name: "Team app", redirectUris: ["team.app://callback", "https://app.example/back"] };

  it("knows clients without registration, with their own redirect URIs only", async () => {
    const front = await openFront({ configuredClients: [app] });
    const browser = front.newBrowser();
    const url = authorizeUrl("team-app", newVerifier(), { redirect_uri: "team.app://callback" });
    const page = asPage(await browser.open(url));
    expect(page.html).toContain("“Team app” asks for access");
    expect(page.html).toContain("that opens team.app: links");
    const denied = asUrl(await browser.submit(page, { decision: "deny" }));
    expect(denied.href).toMatch(/^team\.app:\/\/callback\?error=access_denied&/);
    expect(asPage(await browser.open(authorizeUrl("team-app", newVerifier()))).status).toBe(400);
  });

  it.each([
    ["a configured client's id", { configuredClients: [app], deniedClients: ["team-app"] }, "team-app"],
    ["a host of a configured redirect URI", { configuredClients: [app], deniedClients: ["app.example"] }, "team-app"],
    [
      "the host of a client's document",
      { deniedClients: ["claude.ai"] },
      "https://claude.ai/oauth/claude-code-client-metadata",
    ],
  ])("denies by %s", async (_, options, clientId) => {
    const front = await openFront(options);
    const page = asPage(await front.newBrowser().open(authorizeUrl(clientId, newVerifier())));
    expect([page.status, page.html]).toEqual([403, expect.stringContaining("does not let this app connect")]);
    expect(await outcome(await refresh(front, clientId, "x"))).toEqual([401, "invalid_client"]);
  });

  it("denies a registered client by the host it returns to", async () => {
    const callback = "https://claude.ai/api/mcp/auth_callback";
    const front = await openFront({ deniedClients: ["claude.ai"] });
    const claude = await front.registered({ redirect_uris: [callback] });
    const url = authorizeUrl(claude.client_id, newVerifier(), { redirect_uri: callback });
    expect(asPage(await front.newBrowser().open(url)).status).toBe(403);
    expect(await outcome(await refresh(front, claude.client_id, "x"))).toEqual([401, "invalid_client"]);
  });

  it("does not let a registration from before outlive a stricter list of redirect URIs", async () => {
    const callback = "https://hosted.example/back";
    const lenient = await openFront({ hostedRedirects: [callback] });
    const { client_id } = await lenient.registered({ redirect_uris: [callback] });
    const strict = await openFront({ hostedRedirects: [] });
    strict.state.secrets = lenient.state.secrets;
    const url = authorizeUrl(client_id, newVerifier(), { redirect_uri: callback });
    expect(asPage(await strict.newBrowser().open(url)).html).toContain("an address that it may not use");
  });
});

describe("copies of well-known documents", () => {
  it("serve where the client's host cannot be reached, and the log says so", async () => {
    const front = await openFront();
    const id = "https://claude.ai/oauth/claude-code-client-metadata";
    const url = authorizeUrl(id, newVerifier(), { redirect_uri: "http://localhost:51234/callback" });
    const page = asPage(await front.newBrowser().open(url));
    expect(page.html).toContain("“Claude Code” asks for access");
    expect(page.html).toContain("The name belongs to claude.ai, but any app on this device could use it");
    expect(front.state.log.join("\n")).toContain("client_document.copy_used");
  });

  it("serve nobody else", async () => {
    const front = await openFront();
    const page = asPage(await front.newBrowser().open(authorizeUrl("https://app.example/client.json", newVerifier())));
    expect([page.status, page.html]).toEqual([400, expect.stringContaining("could not be fetched from its site")]);
  });
});

describe("issuer", () => {
  it("comes with every answer (RFC 9207, 2: In authorization responses to the client, including error responses)", async () => {
    const front = await openFront();
    const { client_id } = await front.registered();
    const done = await front.logIn(authorizeUrl(client_id, newVerifier()));
    const failed = asUrl(await front.newBrowser().open(authorizeUrl(client_id, newVerifier(), { scope: "x" })));
    expect([done.searchParams.get("iss"), failed.searchParams.get("iss")]).toEqual([ORIGIN, ORIGIN]);
    expect(done.searchParams.get("state")).toBe("st&te=1");
  });
});
