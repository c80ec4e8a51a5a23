import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { send } from "./support/http.ts";
import { type SmallStack, startSmall } from "./support/start-small.ts";

let stack: SmallStack;
beforeAll(async () => {
  stack = await startSmall();
});
afterAll(() => stack.close());

const stream = (query: string, body?: string) =>
  send(`${stack.url}/stream?${query}`, {
    method: "POST",
    body: body ?? "",
    headers: [["Content-Type", "application/json"]],
  });

describe("a streamed answer", () => {
  it("reaches the client while the function still writes", async () => {
    const file = join(stack.folder, "go-on");
    const response = await fetch(`${stack.url}/stream?do=wait&file=${encodeURIComponent(file)}`, { method: "POST" });
    const seen: string[] = [];
    // The function ends only when the file is there, and the file is made only when its first words have arrived.
    for await (const chunk of response.body ?? []) {
      seen.push(Buffer.from(chunk).toString());
      if (!existsSync(file)) writeFileSync(file, "");
    }
    expect(seen.join("")).toBe("firstlast");
    expect(seen[0]).toBe("first");
  });

  it("is cut, not completed, when the function throws or ends in the middle", async () => {
    for (const does of ["throw-midway", "crash-midway"]) {
      const response = await fetch(`${stack.url}/stream?do=${does}`, { method: "POST" });
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow();
    }
  });

  it("may be larger than any buffer, and waits for a client that reads slowly", async () => {
    const response = await fetch(`${stack.url}/stream?do=large`, { method: "POST" });
    let size = 0;
    let chunks = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (chunks++ % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(size).toBe(320 * 65_536);
  });

  it("lets the function run to its end when the client has gone", async () => {
    const file = join(stack.folder, "client-gone");
    const before = JSON.parse((await stream("do=echo")).text);
    const gone = new AbortController();
    const response = await fetch(`${stack.url}/stream?do=wait&file=${encodeURIComponent(file)}`, {
      method: "POST",
      signal: gone.signal,
    });
    await response.body?.getReader().read();
    gone.abort();
    const reports = () => stack.logLines().filter(({ event }) => event === "report").length;
    const ended = reports() + 1;
    writeFileSync(file, "");
    await until(() => reports() === ended);
    // The same process serves on, and nothing of the former answer is left in it.
    const after = JSON.parse((await stream("do=echo")).text);
    expect(after).toMatchObject({ pid: before.pid, runs: before.runs + 2 });
  });

  it.each([
    ["ends without a write, so that its prelude is never sent", "end-without-write"],
    ["passes its only chunk to end(), which loses the prelude", "end-with-chunk"],
    ["writes no prelude", "no-prelude"],
    ["throws before the first byte", "throw"],
    ["ends its process", "crash"],
    ["rejects without anybody catching it", "reject"],
  ])("is 502 without a word of the cause when the function %s", async (_, does) => {
    const answer = await stream(`do=${does}`);
    expect(answer.status).toBe(502);
    expect(JSON.parse(answer.text)).toEqual({ message: "Internal server error" });
  });

  it("carries status, headers and cookies of the prelude; some headers are renamed or dropped as on AWS", async () => {
    const headers = {
      "WWW-Authenticate": "Bearer",
      Server: "mine",
      "Content-Length": "99",
      "Transfer-Encoding": "gzip",
      "X-Own": "kept",
      "Content-Type": "text/plain",
    };
    const answer = await stream("do=headers", JSON.stringify(headers));
    expect(answer.status).toBe(401);
    expect(answer.headers).toMatchObject({
      "x-amzn-remapped-www-authenticate": "Bearer",
      "x-amzn-remapped-server": "mine",
      "x-own": "kept",
      "content-type": "text/plain",
      "set-cookie": ["a=1", "b=2"],
    });
    expect(answer.headers).not.toHaveProperty("www-authenticate");
    expect(answer.headers["transfer-encoding"]).toBe("chunked");
  });
});

describe("a function's process", () => {
  it("has the configured environment and nothing of the developer's", async () => {
    const { env, context, cwd } = JSON.parse((await stream("do=echo")).text);
    expect(env).toMatchObject({
      GREETING: "hello",
      AWS_REGION: "ap-northeast-1",
      AWS_LAMBDA_FUNCTION_NAME: "small-streaming",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
      AWS_ENDPOINT_URL_S3: `${stack.awsEndpoint}/s3`,
    });
    const leaked = Object.keys(env).filter((name) => name in process.env && env[name] === process.env[name]);
    expect(leaked.filter((name) => !["LANG", "TZ"].includes(name))).toEqual([]);
    expect(cwd).toBe(env.LAMBDA_TASK_ROOT);
    expect(context.invokedFunctionArn).toBe("arn:aws:lambda:ap-northeast-1:000000000000:function:small-streaming:live");
  });

  it("is used again for the next call", async () => {
    const runs = [];
    for (let i = 0; i < 3; i++) runs.push(JSON.parse((await stream("do=echo")).text));
    expect(new Set(runs.map(({ pid }) => pid)).size).toBe(1);
    expect(runs[2].runs).toBe(runs[0].runs + 2);
  });

  it("serves one call at a time: simultaneous calls get processes of their own", async () => {
    const file = join(stack.folder, "together");
    const query = `do=wait&file=${encodeURIComponent(file)}`;
    const before = stack.invocations()["small-streaming"] ?? 0;
    const calls = [stream(query), stream(query)];
    await until(() => (stack.invocations()["small-streaming"] ?? 0) === before + 2);
    writeFileSync(file, "");
    expect((await Promise.all(calls)).map(({ text }) => text)).toEqual(["firstlast", "firstlast"]);
  });

  it.each([
    ["sleeps", "sleep"],
    ["blocks its event loop", "spin"],
  ])("is killed at its time limit when it %s, and replaced", async (_, does) => {
    expect((await stream(`do=${does}`)).status).toBe(502);
    await until(() => lastReason(stack).includes("timed out after 2.00 seconds"));
    expect((await stream("do=echo")).status).toBe(200);
  });

  it.each([
    ["heap", "fill-heap"],
    ["buffers", "fill-buffers"],
  ])("ends when its %s outgrow its memory", async (_, does) => {
    expect((await stream(`do=${does}`)).status).toBe(502);
    await until(() => /OutOfMemory|signal: SIGABRT|signal: SIGTRAP/.test(lastReason(stack)));
  });

  it("writes what it prints to the log, with the call it belongs to", async () => {
    await stream("do=throw");
    const written = () => stack.logLines().findLast(({ stream }) => stream === "stderr");
    await until(() => written() !== undefined);
    const line = written();
    expect(line).toMatchObject({ function: "small-streaming", message: { errorMessage: "secret detail" } });
    expect(line?.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("a buffered answer", () => {
  const answer = (value: unknown) =>
    send(`${stack.url}/buffered?do=answer`, {
      method: "POST",
      body: JSON.stringify(value),
      headers: [["Content-Type", "application/json"]],
    });

  it("carries status, single and multiple headers", async () => {
    const value = {
      statusCode: 201,
      headers: { "X-One": 1, date: "yesterday" },
      multiValueHeaders: { "X-Two": ["a", "b"] },
      body: "made",
    };
    const { status, headers, text } = await answer(value);
    expect({ status, text }).toEqual({ status: 201, text: "made" });
    expect(headers).toMatchObject({ "x-one": "1", "x-two": "a, b", "x-amzn-remapped-date": "yesterday" });
  });

  it.each([
    ["null", null],
    ["a text", "text"],
    ["a body that is no text", { statusCode: 200, body: { a: 1 } }],
    ["a status that is no number", { statusCode: "200" }],
    ["a status that answers nothing yet", { statusCode: 100 }],
    ["a header beyond Latin-1", { statusCode: 200, headers: { "X-Bad": "あ" } }],
    ["a header that breaks the line", { statusCode: 200, headers: { "X-Bad": "a\r\nSet-Cookie: b" } }],
  ])("is 502 when the function returns %s", async (_, value) => {
    expect((await answer(value)).status).toBe(502);
  });

  it("is 502 when it is larger than Lambda's 6 MB, or when the function throws", async () => {
    for (const does of ["large", "throw"]) expect((await send(`${stack.url}/buffered?do=${does}`)).status).toBe(502);
  });

  it("is refused before the function runs when the event is larger than Lambda's 6 MB", async () => {
    const before = stack.invocations();
    const { status, text } = await send(`${stack.url}/buffered`, { method: "POST", body: "x".repeat(7_000_000) });
    expect({ status, text }).toEqual({ status: 413, text: '{"message":"Request Too Long"}' });
    expect(stack.invocations()).toEqual(before);
  });
});

describe("the log file", () => {
  it("has one access log line a request in the stage's format", async () => {
    await send(`${stack.url}/document`);
    const lines = () => stack.logLines().filter(({ access }) => JSON.stringify(access)?.includes("/live/document"));
    await until(() => lines().length === 1);
    expect(lines()[0]).toMatchObject({ access: { path: "/live/document", status: "200", reason: "-" } });
  });
});

/** Why the last failed call failed, as the access log has it. */
function lastReason({ logLines }: SmallStack): string {
  const line = logLines().findLast(({ access }) => access !== undefined);
  return JSON.stringify(line) ?? "";
}

/** Polls, for what only the log or a counter shows. */
async function until(happened: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !happened(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(happened()).toBe(true);
}
