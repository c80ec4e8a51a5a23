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
  newCode,
  newTokens,
  newVerifier,
  origin,
  outcome,
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
