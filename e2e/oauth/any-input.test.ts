import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type Answer, send } from "../support/http.ts";
import { authorizeUrl, newVerifier, origin, patiently, publicClient, REDIRECT, resource } from "./support.ts";

/** As many as a throttled gateway can bear in a test's time. */
const RUNS = 80;

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom("", " ", "\r\n", "\u0000", "../", "%00", "<script>", "a".repeat(3000), "🙂", "\u202e"),
);
const value = fc.oneof(
  text,
  fc.constantFrom(
    "code",
    "S256",
    "plain",
    "authorization_code",
    "refresh_token",
    "client_credentials",
    "a".repeat(43),
    resource,
    `${resource}/read`,
    REDIRECT,
    "http://127.0.0.1:1/callback",
    "https://evil.example/callback",
    "https://app.invalid/client.json",
    "https://169.254.169.254/latest",
    "https://claude.ai/oauth/claude-code-client-metadata",
    "javascript:alert(1)",
    "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..a.b.c",
  ),
);
const names = [
  "client_id",
  "redirect_uri",
  "response_type",
  "scope",
  "state",
  "code_challenge",
  "code_challenge_method",
  "resource",
  "code",
  "error",
  "id",
  "decision",
  "grant_type",
  "code_verifier",
  "refresh_token",
  "client_secret",
  "token",
];
const pairs = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), text), value), { maxLength: 12 });
const header = fc.string({ maxLength: 60 }).map((given) => given.replace(/[^\x20-\x7e]/g, ""));

/** Lone surrogates have no UTF-8 form: they arrive as U+FFFD, as from every client. */
const encode = (all: readonly (readonly [string, string])[]) =>
  new URLSearchParams(all.map(([name, one]): [string, string] => [name.toWellFormed(), one.toWellFormed()])).toString();

/** What must hold whatever came in. */
function expectHarmless(answer: Answer): void {
  expect(answer.status).toBeLessThan(500);
  const { location } = answer.headers;
  if (location === undefined) return;
  // Nothing here is registered but REDIRECT, for any port, and the loopback callbacks of Claude Code.
  const to = new URL(location);
  const known =
    to.protocol === "http:" && ["127.0.0.1", "localhost"].includes(to.hostname) && to.pathname === "/callback";
  expect(known || to.origin === origin).toBe(true);
}

describe("whatever comes in: no 5xx, and no redirect to a URI that nobody registered", () => {
  const check = (ask: (given: readonly (readonly [string, string])[], credentials: string) => Promise<Answer>) =>
    fc.assert(
      fc.asyncProperty(pairs, header, async (given, credentials) =>
        expectHarmless(await patiently(() => ask(given, credentials))),
      ),
      { numRuns: RUNS },
    );

  it("GET /authorize", () => check((given) => send(`/authorize?${encode(given)}`)), 120_000);

  it("GET /authorize, with all that is right and something more", async () => {
    const right = authorizeUrl((await publicClient()).client_id, newVerifier()).slice(origin.length);
    await check((given) => send(`${right}&${encode(given)}`));
  }, 120_000);

  it("GET /authorize, with one thing wrong", async () => {
    const { client_id } = await publicClient();
    const wrong = fc.tuple(fc.constantFrom(...names.slice(0, 8)), value);
    await fc.assert(
      fc.asyncProperty(wrong, async ([name, one]) => {
        const url = authorizeUrl(client_id, newVerifier(), { [name]: one.toWellFormed() });
        expectHarmless(await patiently(() => send(url.slice(origin.length))));
      }),
      { numRuns: RUNS },
    );
  }, 120_000);

  it(
    "GET /callback",
    () => check((given, cookie) => send(`/callback?${encode(given)}`, { headers: { Cookie: cookie } })),
    120_000,
  );

  it.each(["/authorize", "/token", "/revoke"])(
    "POST %s",
    (path) =>
      check((given, credentials) =>
        send(path, {
          method: "POST",
          headers: {
            "Content-Type": "application/x-www-form-urlencoded",
            Cookie: credentials,
            ...(credentials.length % 2 === 1 && {
              Authorization: `Basic ${Buffer.from(credentials).toString("base64")}`,
            }),
          },
          body: encode(given),
        }),
      ),
    120_000,
  );

  it("POST /token of a known client", async () => {
    const { client_id } = await publicClient();
    await check((given) =>
      send("/token", {
        method: "POST",
        headers: { "Content-Type": "application/x-www-form-urlencoded" },
        body: `client_id=${client_id}&${encode(given.filter(([name]) => name !== "client_id"))}`,
      }),
    );
  }, 120_000);

  it("POST /register", async () => {
    const metadata = fc.oneof(
      fc.json(),
      fc
        .record(
          {
            redirect_uris: fc.oneof(fc.array(value, { maxLength: 7 }), fc.jsonValue()),
            client_name: fc.oneof(text, fc.jsonValue()),
            token_endpoint_auth_method: fc.oneof(fc.constantFrom("none", "client_secret_post"), fc.jsonValue()),
            grant_types: fc.jsonValue(),
          },
          { requiredKeys: [] },
        )
        .map((given) => JSON.stringify(given)),
      fc.string({ unit: "binary" }),
    );
    await fc.assert(
      fc.asyncProperty(metadata, async (body) => {
        const answer = await patiently(() =>
          send("/register", { method: "POST", headers: { "Content-Type": "application/json" }, body }),
        );
        expectHarmless(answer);
        if (answer.status !== 201) return;
        const { redirect_uris } = answer.json as { redirect_uris: string[] };
        for (const uri of redirect_uris) expect(uri).toMatch(/^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?\/callback$/);
      }),
      { numRuns: RUNS },
    );
  }, 120_000);
});
