import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { MAX_BODY_BYTES, MAX_DEPTH, MAX_ELEMENTS } from "../src/mcp/limits.ts";
import {
  json,
  loadFunction,
  machineClaims,
  personClaims,
  post,
  RESOURCE,
  request,
  type TestFunction,
} from "./function.ts";

let fn: TestFunction;
beforeAll(async () => {
  fn = await loadFunction();
});
afterAll(() => fn.remove());
afterEach(() => void fn.takeLog());

const ping = request("ping");
const status = async (event: unknown) => (await fn.invoke(event)).statusCode;

describe("claims fail closed", () => {
  const { sub: _, ...noSubject } = personClaims;
  const { token_use: __, ...noUse } = personClaims;
  it.each<[string, unknown]>([
    ["none", undefined],
    ["null", null],
    ["a string", "admin"],
    ["an array", [personClaims]],
    ["an ID token's", { ...personClaims, token_use: "id" }],
    ["without token_use", noUse],
    ["without sub", noSubject],
    ["with an empty sub", { ...personClaims, sub: "" }],
    ["with token_use twice", { ...personClaims, token_use: "access,access" }],
    ["with a foreign aud", { ...personClaims, aud: "https://other.example/mcp" }],
    ["with aud and a slash", { ...personClaims, aud: `${RESOURCE}/` }],
    ["with aud twice", { ...personClaims, aud: `${RESOURCE},${RESOURCE}` }],
    ["with aud as an array", { ...personClaims, aud: [RESOURCE] }],
    ["with an empty aud", { ...machineClaims, aud: "" }],
    ["of a machine with a foreign aud", { ...machineClaims, aud: "https://other.example/mcp" }],
    ["without aud, of a client that is no machine", { ...machineClaims, client_id: "browser-client" }],
    ["with client_id twice", { ...machineClaims, client_id: "machine-client,machine-client" }],
    ["with an empty client_id", { ...machineClaims, client_id: "" }],
    ["without a scope of ours", { ...personClaims, scope: "openid" }],
    ["with a longer scope", { ...personClaims, scope: `${RESOURCE}/reader` }],
    ["with a foreign scope of the same name", { ...personClaims, scope: "https://other.example/mcp/read" }],
    ["with scope as an array", { ...personClaims, scope: [`${RESOURCE}/read`] }],
    ["with scope as a number", { ...personClaims, scope: 1 }],
    ["with groups as an array", { ...personClaims, "cognito:groups": ["write"] }],
  ])("403: claims %s", async (_name, claims) => {
    const answer = await fn.invoke(post(ping, { claims: claims ?? null }));
    expect(answer.statusCode).toBe(403);
    expect(json(answer).error?.message).toMatch(/\.$/);
  });

  it("lets a person of the group write, beside other groups", async () => {
    const claims = { ...personClaims, scope: `${RESOURCE}/write`, "cognito:groups": "admins,write" };
    const list = await fn.invoke(post(request("tools/list"), { claims }));
    expect(list.body).toContain("save_file");
    expect(list.body).not.toContain("read_file");
  });

  it("gives 403 to a person of the group whose token lets them do nothing", async () => {
    expect(await status(post(ping, { claims: { ...personClaims, scope: "", "cognito:groups": "write" } }))).toBe(403);
  });
});

describe("the request before the protocol", () => {
  it.each([
    [undefined, 200],
    [new URL(RESOURCE).origin, 200],
    ["https://app.example", 200],
    ["https://evil.example", 403],
    ["https://app.example.evil.example", 403],
    ["http://app.example", 403],
    ["null", 403],
    ["", 403],
  ])("Origin %j: %i", async (origin, expected) => {
    expect(await status(post(ping, { headers: origin === undefined ? {} : { Origin: origin } }))).toBe(expected);
  });

  it.each([
    ["application/json", 200],
    ["application/json; charset=utf-8", 200],
    ["APPLICATION/JSON;charset=UTF-8", 200],
    ["text/plain", 415],
    ["application/json-patch+json", 415],
    ["", 415],
  ])("Content-Type %j: %i", async (type, expected) => {
    expect(await status(post(ping, { headers: { "Content-Type": type } }))).toBe(expected);
  });

  it.each(["application/json", "*/*", "text/event-stream", "application/*;q=0.1", "text/html"])(
    "Accept %j: 200 and JSON, as no tool reports progress",
    async (Accept) => {
      const answer = await fn.invoke(post(ping, { headers: { Accept } }));
      expect(answer).toMatchObject({ statusCode: 200, headers: { "Content-Type": "application/json" } });
    },
  );

  it.each(["GET", "DELETE", "PUT"])("405 with Allow to %s", async (httpMethod) => {
    const answer = await fn.invoke({ ...post(ping), httpMethod });
    expect(answer).toMatchObject({ statusCode: 405, headers: { Allow: "POST, OPTIONS" } });
  });

  it("sends the CORS headers with every answer, and lets nobody keep one", async () => {
    for (const event of [post(ping), post("{"), post(ping, { claims: null })]) {
      expect((await fn.invoke(event)).headers).toMatchObject({
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": expect.stringContaining("WWW-Authenticate"),
        "Cache-Control": "no-store",
      });
    }
  });

  it.each(["", "{", "undefined", "NaN", "\ufeff{}", "{'a':1}"])("400 and -32700: body %j", async (body) => {
    const answer = await fn.invoke(post(body));
    expect(answer.statusCode).toBe(400);
    expect(json(answer)).toMatchObject({ id: null, error: { code: -32700 } });
  });

  it.each(["null", "7", '"ping"', "{}", "[]", '{"jsonrpc":"2.0","method":7,"id":1}', '{"method":"ping","id":1}'])(
    "400 and -32600: body %j",
    async (body) => {
      const answer = await fn.invoke(post(body));
      expect(answer.statusCode).toBe(400);
      expect(json(answer).error).toMatchObject({ code: -32600 });
    },
  );
});

describe("limits hold to the unit", () => {
  const padded = (bytes: number) => {
    const body = JSON.stringify(ping);
    return body + " ".repeat(bytes - body.length);
  };
  it("body bytes", async () => {
    expect(await status(post(padded(MAX_BODY_BYTES)))).toBe(200);
    expect(await status(post(padded(MAX_BODY_BYTES + 1)))).toBe(413);
  });

  it("body bytes, not characters", async () => {
    const body = JSON.stringify(request("ping", { _meta: { x: "é".repeat(MAX_BODY_BYTES / 2) } }));
    expect(body.length).toBeLessThan(MAX_BODY_BYTES);
    expect(await status(post(body))).toBe(413);
  });

  it("depth", async () => {
    // The message and its params are two levels.
    const nested = (levels: number) =>
      `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":${"[".repeat(levels)}${"]".repeat(levels)}}}`;
    expect(await status(post(nested(MAX_DEPTH - 2)))).toBe(200);
    expect(await status(post(nested(MAX_DEPTH - 1)))).toBe(400);
    expect(await status(post(nested(500_000)))).toBe(400);
  });

  it("elements", async () => {
    // Four members of the message, one of its params.
    const many = (count: number) => request("ping", { x: new Array(count - 5).fill(0) });
    expect(await status(post(many(MAX_ELEMENTS)))).toBe(200);
    expect(await status(post(many(MAX_ELEMENTS + 1)))).toBe(400);
  });
});
