import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { machineCredentials, machineToken, send } from "./support/http.ts";
import { region } from "./support/small-stack.ts";
import { type SmallStack, startSmall } from "./support/start-small.ts";

let stack: SmallStack;
beforeAll(async () => {
  stack = await startSmall();
});
afterAll(() => stack.close());

const token = (scope: string) => machineToken(stack, scope);
const secured = (headers: [string, string][]) => send(`${stack.url}/secured`, { method: "POST", headers, body: "" });

describe("the authorizer", () => {
  it("lets a token through that has one of the scopes, and hands its claims to the function as strings", async () => {
    const answer = await secured([["Authorization", `Bearer ${await token("api/read api/write")}`]]);
    expect(answer.status).toBe(200);
    const { claims } = JSON.parse(answer.text).event.requestContext.authorizer;
    expect(claims).toMatchObject({
      token_use: "access",
      scope: "api/read api/write",
      client_id: (await machineCredentials(stack)).clientId,
    });
    expect(claims.exp).toMatch(/^\w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4}$/);
  });

  it("takes a token without the word Bearer, as API Gateway does", async () => {
    expect((await secured([["Authorization", await token("api/read")]])).status).toBe(200);
  });

  it("answers 403 AccessDeniedException to a token without any of the scopes", async () => {
    const answer = await secured([["Authorization", `Bearer ${await token("api/write")}`]]);
    expect(answer.status).toBe(403);
    expect(answer.headers["x-amzn-errortype"]).toBe("AccessDeniedException");
  });

  it.each<[string, [string, string][]]>([
    ["no token", []],
    ["an empty one", [["Authorization", ""]]],
    ["the scheme alone", [["Authorization", "Bearer"]]],
    ["no JSON Web Token", [["Authorization", "Bearer a.b.c"]]],
    ["other credentials", [["Authorization", "Basic dXNlcjpwYXNz"]]],
    ["a token without signature", [["Authorization", `Bearer ${unsigned()}`]]],
  ])("answers 401 UnauthorizedException to %s and runs nothing", async (_, headers) => {
    const before = stack.invocations();
    const answer = await secured(headers);
    expect(answer.status).toBe(401);
    expect(answer.headers["x-amzn-errortype"]).toBe("UnauthorizedException");
    expect(answer.text).toBe('{"message":"Unauthorized"}');
    expect(stack.invocations()).toEqual(before);
  });

  it("answers 401 when the header stands twice, whatever is in it", async () => {
    const good: [string, string] = ["Authorization", `Bearer ${await token("api/read")}`];
    expect((await secured([good, ["Authorization", "Bearer other"]])).status).toBe(401);
    expect((await secured([good, good])).status).toBe(401);
  });
});

describe("the event", () => {
  it("is API Gateway's proxy event, version 1", async () => {
    const answer = await send(`${stack.url}/buffered?a=1&a=2&b=%E3%81%82`, {
      method: "PUT",
      headers: [
        ["X-Twice", "one"],
        ["X-Twice", "two"],
        ["Max-Forwards", "1"],
        ["User-Agent", "test"],
        ["Host", stack.url.slice(7)],
      ],
      body: "{}",
    });
    const event = JSON.parse(answer.text);
    expect(event).toMatchObject({
      resource: "/buffered",
      path: "/buffered",
      httpMethod: "PUT",
      queryStringParameters: { a: "2", b: "あ" },
      multiValueQueryStringParameters: { a: ["1", "2"], b: ["あ"] },
      pathParameters: null,
      stageVariables: null,
      body: "{}",
      isBase64Encoded: false,
      headers: { "X-Twice": "two", "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "https" },
      multiValueHeaders: { "X-Twice": ["one", "two"] },
      requestContext: {
        stage: "live",
        path: "/live/buffered",
        resourcePath: "/buffered",
        httpMethod: "PUT",
        identity: { userAgent: "test" },
      },
    });
    // CloudFront does not hand on the viewer's Host.
    expect(event.headers.Host).toBe(`${event.requestContext.apiId}.execute-api.${region}.amazonaws.com`);
    expect(event.requestContext).not.toHaveProperty("authorizer");
    expect(event.headers).not.toHaveProperty("Max-Forwards");
  });

  it("has null for what is not there", async () => {
    expect(JSON.parse((await send(`${stack.url}/buffered`)).text)).toMatchObject({
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      body: null,
    });
  });

  it("has decoded path parameters, and the same resource for a path that ends in a slash", async () => {
    const event = JSON.parse((await send(`${stack.url}/buffered/a%2Fb%20c/`)).text);
    expect(event).toMatchObject({ resource: "/buffered/{name}", pathParameters: { name: "a/b c" } });
    expect((await send(`${stack.url}/document/`)).status).toBe(200);
  });
});

describe("what is not mapped", () => {
  it("misses a token without one, and complains about the signature with one", async () => {
    const without = await send(`${stack.url}/nothing`);
    expect(without).toMatchObject({ status: 403, text: '{"message":"Missing Authentication Token"}' });
    const withOne = await send(`${stack.url}/nothing`, { headers: [["Authorization", "Bearer x"]] });
    expect(withOne.text).toContain("Invalid key=value pair");
    expect(withOne.status).toBe(403);
  });

  it("is also another method of a mapped path, and HEAD where only GET is", async () => {
    expect((await send(`${stack.url}/document`, { method: "POST" })).status).toBe(403);
    expect((await send(`${stack.url}/document`, { method: "HEAD" })).status).toBe(403);
  });
});

describe("limits", () => {
  it("10,240 bytes of headers", async () => {
    const answer = await send(`${stack.url}/document`, { headers: [["X-Large", "x".repeat(10_240)]] });
    expect(answer).toMatchObject({ status: 431, text: "HTTP header is larger than 10240 bytes." });
  });

  it("8192 bytes of URL", async () => {
    expect((await send(`${stack.url}/document?${"x".repeat(8192)}`)).status).toBe(414);
  });

  it("10 MB of payload, known before or while it is read", async () => {
    const large = "x".repeat(10 * 1024 * 1024 + 1);
    expect((await send(`${stack.url}/buffered`, { method: "POST", body: large })).status).toBe(413);
    const chunked = fetch(`${stack.url}/buffered`, {
      method: "POST",
      body: new Blob([large]).stream(),
      duplex: "half",
    } as RequestInit);
    expect((await chunked).status).toBe(413);
  });

  it("methods that the distribution allows", async () => {
    expect((await send(`${stack.url}/document`, { method: "PROPFIND" })).status).toBe(403);
  });
});

describe("a foreign host name", () => {
  it.each(["evil.example", "127.0.0.1", "localhost:1", "127.0.0.1.nip.io:80"])(
    "%s is refused on both listeners",
    async (host) => {
      for (const url of [`${stack.url}/document`, `${stack.awsEndpoint}/_local/invocations`])
        expect((await send(url, { headers: [["Host", host]] })).status).toBe(403);
    },
  );

  it("localhost and [::1] with the port are this machine", async () => {
    const { port } = new URL(stack.url);
    for (const host of [`localhost:${port}`, `[::1]:${port}`, `LOCALHOST:${port}`])
      expect((await send(`${stack.url}/document`, { headers: [["Host", host]] })).status).toBe(200);
  });
});

it("answers a MOCK in the words of its templates", async () => {
  const answer = await send(`${stack.url}/document`);
  expect(answer).toMatchObject({ status: 200, text: '{"stage":"live"}' });
  expect(answer.headers).toMatchObject({ "cache-control": "no-store", "content-type": "application/json" });
  expect(answer.headers["x-amzn-requestid"]).toMatch(/^[0-9a-f-]{36}$/);
  const text = await send(`${stack.url}/document`, { headers: [["Content-Type", "text/plain"]] });
  expect(text).toMatchObject({ status: 415, text: '{"message":"Unsupported Media Type"}' });
});

/** Claims as they should be, and `alg: none`. */
function unsigned(): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ iss: "x", token_use: "access", scope: "api/read" })}.`;
}
