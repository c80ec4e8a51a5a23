import { describe, expect, it } from "@jest/globals";
import { Hono } from "hono";
import { setCookie } from "hono/cookie";
import { proxyHandler } from "./lambda.ts";

const app = new Hono().all("/echo", async (c) => {
  setCookie(c, "a", "1");
  setCookie(c, "b", "2");
  const url = new URL(c.req.url);
  return c.json(
    {
      method: c.req.method,
      origin: url.origin,
      query: [...url.searchParams],
      cookie: c.req.header("cookie"),
      authorization: c.req.header("authorization"),
      body: await c.req.text(),
    },
    201,
  );
});
const handler = proxyHandler(app, "https://mcp.example");
const call = async (event: Record<string, unknown>) => {
  const result = await handler({ httpMethod: "POST", path: "/echo", multiValueHeaders: null, ...event });
  return { ...result, echo: JSON.parse(result.body) };
};

describe("an API Gateway proxy event (REST, version 1.0)", () => {
  it("becomes a request at the configured origin, with every value of a repeated parameter", async () => {
    const { echo } = await call({
      httpMethod: "GET",
      multiValueQueryStringParameters: { a: ["1 &", "2"], "b=": ["%41"] },
      multiValueHeaders: { Host: ["evil.example"], Cookie: ["x=1", "y=2"] },
    });
    expect(echo).toEqual({
      method: "GET",
      origin: "https://mcp.example",
      query: [
        ["a", "1 &"],
        ["a", "2"],
        ["b=", "%41"],
      ],
      cookie: "x=1; y=2",
      body: "",
    });
  });

  it("keeps two Authorization headers from being one valid one", async () => {
    const { echo } = await call({ multiValueHeaders: { Authorization: ["Basic YTpi", "Basic YTpj"] } });
    expect(echo.authorization).toBe("Basic YTpi, Basic YTpj");
  });

  it("may bring its body in Base64", async () => {
    expect((await call({ body: Buffer.from("é").toString("base64"), isBase64Encoded: true })).echo.body).toBe("é");
    expect((await call({ body: "é" })).echo.body).toBe("é");
  });

  it("gets an answer with one entry for each cookie", async () => {
    const { statusCode, multiValueHeaders, isBase64Encoded } = await call({});
    expect([statusCode, multiValueHeaders["set-cookie"], isBase64Encoded]).toEqual([
      201,
      ["a=1; Path=/", "b=2; Path=/"],
      false,
    ]);
  });
});
