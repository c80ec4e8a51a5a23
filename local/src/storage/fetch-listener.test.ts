import { createServer, request as httpRequest, type RequestOptions } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { type FetchHandler, fetchListener } from "./fetch-listener.ts";

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** One exchange over a real connection, with the request target as given. */
async function exchange(handler: FetchHandler, options: RequestOptions, body = "", warnings: string[] = []) {
  const server = createServer(fetchListener(handler, (message) => warnings.push(message)));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return new Promise<{ status: number | undefined; headers: Record<string, unknown>; text: string }>(
    (resolve, reject) => {
      const sent = httpRequest({ port, host: "127.0.0.1", agent: false, ...options }, async (reply) => {
        let text = "";
        for await (const part of reply) text += part;
        resolve({ status: reply.statusCode, headers: reply.headers, text });
      });
      sent.on("error", reject).end(body);
    },
  );
}

describe("fetchListener", () => {
  it("hands over the raw target, repeated headers and the body, and gives back several cookies", async () => {
    const handler: FetchHandler = async (request, target) => {
      const headers = new Headers([
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
      ]);
      const seen = { target, url: request.url, twice: request.headers.get("x-twice"), body: await request.text() };
      return new Response(JSON.stringify(seen), { status: 201, headers });
    };
    const options = { method: "POST", path: "/a/../b?x=1", headers: { "x-twice": ["1", "2"], host: "evil.example" } };
    const { status, headers, text } = await exchange(handler, options, "hello");
    expect(status).toBe(201);
    expect(headers["set-cookie"]).toEqual(["a=1", "b=2"]);
    expect(JSON.parse(text)).toEqual({
      target: "/a/../b?x=1",
      url: "http://127.0.0.1/b?x=1",
      twice: "1, 2",
      body: "hello",
    });
  });

  it("refuses an absolute target and TRACE without asking the handler", async () => {
    const handler: FetchHandler = () => Promise.reject(new Error("must not be asked"));
    expect((await exchange(handler, { path: "http://evil.example/" })).status).toBe(400);
    expect((await exchange(handler, { method: "TRACE" })).status).toBe(400);
  });

  it("answers 500 without details when the handler fails, and tells the operator", async () => {
    const warnings: string[] = [];
    const handler: FetchHandler = () => Promise.reject(new Error("secret detail"));
    expect(await exchange(handler, { path: "/x?token=t" }, "", warnings)).toMatchObject({ status: 500, text: "" });
    expect(warnings).toEqual([expect.stringMatching(/^GET \/x failed: Error: secret detail/)]);
  });

  it("breaks the connection when a body breaks after its start", async () => {
    const handler: FetchHandler = async () => {
      const chunks = (async function* () {
        yield new TextEncoder().encode("part");
        throw new Error("broken");
      })();
      return new Response(ReadableStream.from(chunks));
    };
    await expect(exchange(handler, { path: "/" })).rejects.toMatchObject({ code: "ECONNRESET" });
  });
});
