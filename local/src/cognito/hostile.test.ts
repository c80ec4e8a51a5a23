import { beforeAll, describe, expect, it } from "@jest/globals";
import { array, assert, asyncProperty, constantFrom, oneof, string, subarray, tuple } from "fast-check";
import { basic, CALLBACK, openPool, PASSWORD, RESOURCE, type TestPool } from "./test-pool.ts";

let pool: TestPool;
beforeAll(async () => {
  pool = await openPool();
});

/** Parameters of a request that is right but for what is left out, and for what nearly right or nonsense comes on top. */
function almost(right: Record<string, string>) {
  const { id, secret } = pool.client("browser");
  const names = ["client_id", "redirect_uri", "scope", "state", "resource", "code_challenge", "logout_uri", "token"];
  const values = [
    id,
    secret,
    pool.client("machine").id,
    "https://evil.example/",
    `${CALLBACK}@evil.example`,
    "token",
    "x".repeat(43),
    "refresh_token",
    "client_credentials",
    "\r\nset-cookie: a=b",
    "",
  ];
  const kept = subarray(Object.entries(right), { minLength: Object.keys(right).length - 1 });
  const name = oneof(constantFrom(...names, ...Object.keys(right)), string());
  const value = oneof(constantFrom(...values, ...Object.values(right)), string({ unit: "binary" }));
  return tuple(kept, array(tuple(name, value), { maxLength: 3 })).map((pairs) => new URLSearchParams(pairs.flat()));
}

const authorization = () => ({
  client_id: pool.client("browser").id,
  redirect_uri: CALLBACK,
  response_type: "code",
  scope: `openid ${RESOURCE}/read`,
  state: "s",
  code_challenge: "x".repeat(43),
  code_challenge_method: "S256",
  resource: RESOURCE,
});

/** No 5xx, no header of the sender's making, and no redirect but to the pool's own pages or a registered URI. */
function expectHarmless(response: Response): void {
  expect(response.status).toBeLessThan(500);
  const location = response.headers.get("location");
  const allowed = [`${pool.domain}/`, `${CALLBACK}?`, "myapp://callback?"];
  if (location !== null) expect(allowed.filter((start) => location.startsWith(start))).toHaveLength(1);
  for (const cookie of response.headers.getSetCookie()) expect(cookie).toMatch(/^(cognito|XSRF-TOKEN)=[\w-]*; /);
}

describe("whatever the parameters", () => {
  it.each(["/oauth2/authorize", "/login", "/logout", "/error", "/oauth2/userInfo", "/oauth2/token"])(
    "GET %s does no harm",
    async (path) => {
      const harmless = async (query: URLSearchParams) =>
        expectHarmless(await pool.fetch(new Request(`${pool.domain}${path}?${query}`)));
      await assert(asyncProperty(almost(authorization()), harmless), { numRuns: 100 });
    },
  );

  it("POST /login does no harm", async () => {
    const right = { _csrf: "t", username: "writer@example.com", password: PASSWORD, action: "signin" };
    const headers = { cookie: "XSRF-TOKEN=t" };
    const both = tuple(almost(authorization()), almost(right));
    const redirects: string[] = [];
    const harmless = async ([query, form]: [URLSearchParams, URLSearchParams]) => {
      const response = await pool.post(`/login?${query}`, form.toString(), headers);
      expectHarmless(response);
      redirects.push(response.headers.get("location") ?? "");
    };
    await assert(asyncProperty(both, harmless), { numRuns: 300 });
    // The requests are near enough to right ones to get through at times.
    expect(redirects.filter((location) => location.includes("code="))).not.toEqual([]);
  });

  it.each<[string, Record<string, string>]>([
    ["/oauth2/token", { grant_type: "authorization_code", code: "c", redirect_uri: CALLBACK, code_verifier: "v" }],
    ["/oauth2/token", { grant_type: "client_credentials", scope: `${RESOURCE}/read` }],
    ["/oauth2/revoke", { token: "t" }],
  ])("POST %s does no harm", async (path, right) => {
    const authenticated = basic(pool.client("browser"));
    const harmless = async (form: URLSearchParams) => {
      expectHarmless(await pool.post(path, form.toString()));
      expectHarmless(await pool.post(path, form.toString(), authenticated));
    };
    await assert(asyncProperty(almost(right), harmless), { numRuns: 100 });
  });
});
