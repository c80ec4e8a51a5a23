import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { build } from "@remote-mcp/server/build";
import { startTestStack, type TestStack } from "./stack.ts";

/** Short, so that a call that never ends is over soon. */
const TIMEOUT_S = 4;

const headers = (stack: TestStack) => ({
  "Content-Type": "application/json",
  Accept: "application/json, text/event-stream",
  Authorization: `Bearer ${stack.token}`,
});

function call(stack: TestStack, name: string, args: object = {}, meta: object = {}): Promise<Response> {
  return fetch(stack.resource, {
    method: "POST",
    headers: headers(stack),
    body: JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name, arguments: args, _meta: meta },
    }),
  });
}

/** The product; the fixtures with little time; the fixtures with the time that the stack gives them. */
let product: TestStack;
let hurried: TestStack;
let fixtures: TestStack;
/** Longer than the pause between comments. It is silent while the other tests run. */
let silent: Promise<string>;
const started: TestStack[] = [];

beforeAll(async () => {
  const mcp = await build();
  const conformance = await build({ name: "conformance", entry: "conformance/index.ts" });
  const start = async (...args: Parameters<typeof startTestStack>) => {
    const stack = await startTestStack(...args);
    started.push(stack);
    return stack;
  };
  [fixtures, product, hurried] = await Promise.all([
    start(conformance.zip),
    start(mcp.zip),
    start(conformance.zip, { timeout: TIMEOUT_S }),
  ]);
  silent = call(fixtures, "slow_progress", { steps: 1, pauseMs: 17_000 }, { progressToken: "p" }).then((answer) =>
    answer.text(),
  );
}, 60_000);
afterAll(() => Promise.all(started.map((stack) => stack.close())));

describe("files, by the zip's own S3 client", () => {
  const result = async (name: string, args: object) => {
    const { result } = JSON.parse(await (await call(product, name, args)).text());
    return result;
  };

  it("saves, lists and reads a file", async () => {
    const key = "notes/日本語.md";
    expect(await result("save_file", { key, content: "# メモ" })).toMatchObject({
      structuredContent: { key, size: 8 },
    });
    expect(readFileSync(join(product.filesDir, key), "utf8")).toBe("# メモ");
    expect(await result("list_files", { prefix: "notes/" })).toMatchObject({
      structuredContent: { files: [{ key, size: 8 }] },
    });
    expect(await result("read_file", { key })).toMatchObject({ structuredContent: { text: "# メモ" } });
  });

  it("does not overwrite", async () => {
    await result("save_file", { key: "once", content: "first" });
    expect(await result("save_file", { key: "once", content: "second" })).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("never overwritten") }],
    });
    expect(readFileSync(join(product.filesDir, "once"), "utf8")).toBe("first");
  });

  it("reads an empty file, a part, an image, and says what is not there", async () => {
    writeFileSync(join(product.filesDir, "empty.txt"), "");
    writeFileSync(join(product.filesDir, "pixel.png"), Buffer.from([0x89, 0x50, 0x4e, 0x47]));
    expect(await result("read_file", { key: "empty.txt" })).toMatchObject({ structuredContent: { size: 0, text: "" } });
    expect(await result("read_file", { key: "pixel.png" })).toMatchObject({
      content: [{ type: "image", data: "iVBORw==" }],
    });
    expect(await result("read_file", { key: "none" })).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("no file with this key") }],
    });
    const part = await result("read_file", { key: "once", offset: 1, length: 2 });
    expect(part).toMatchObject({ structuredContent: { text: "ir", nextOffset: 3, size: 5 } });
    expect(await result("read_file", { key: "once", offset: 99 })).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining("beyond the end") }],
    });
  });

  it("explains a cursor that is none", async () => {
    const answer = await result("list_files", { cursor: "made-up" });
    expect(answer).toMatchObject({ isError: true, content: [{ text: expect.stringContaining("without cursor") }] });
  });
});

describe("tools that go wrong, behind the gateway", () => {
  const works = async () => {
    const answer = await call(hurried, "test_simple_text");
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ result: { content: [{ type: "text" }] } });
  };

  it.each([
    ["fault_throw", /failed for a reason inside the server/],
    ["fault_hang", /did not finish in time/],
  ])("%s ends as a tool error, and the next call works", async (name, message) => {
    const answer = await call(hurried, name);
    const text = await answer.text();
    expect(answer.status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      result: { isError: true, content: [{ text: expect.stringMatching(message) }] },
    });
    expect(text).not.toContain("secret-bucket");
    await works();
  });

  it.each(["fault_exit", "fault_rejection", "fault_memory", "fault_loop"])(
    "%s ends as a 5xx document, and the next call works",
    async (name) => {
      const answer = await call(hurried, name);
      expect(answer.status).toBeGreaterThanOrEqual(500);
      const text = await answer.text();
      expect(JSON.parse(text)).toBeInstanceOf(Object);
      expect(text).not.toMatch(/nobody handles this|at .*\.mjs/);
      await works();
    },
    60_000,
  );
});

describe("tools that report progress", () => {
  it("sends each step when it happens, then the result", async () => {
    const pauseMs = 400;
    const answer = await call(fixtures, "slow_progress", { steps: 3, pauseMs }, { progressToken: "p" });
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    const arrivals: number[] = [];
    let text = "";
    for await (const chunk of answer.body ?? []) {
      arrivals.push(performance.now());
      text += Buffer.from(chunk).toString();
    }
    const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, data = ""]) => JSON.parse(data));
    expect(events.map(({ params }) => params?.progress)).toEqual([1, 2, 3, undefined]);
    expect(events.at(-1)).toMatchObject({ id: 1, result: { structuredContent: { steps: 3 } } });
    // The first event was here long before the last one was sent.
    expect((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThan(2 * pauseMs);
  });

  it.each([
    ["does not ask for progress", {}, "application/json, text/event-stream"],
    ["cannot read a stream", { progressToken: "p" }, "application/json"],
  ])("answers JSON to a client that %s", async (_name, _meta, Accept) => {
    const answer = await fetch(fixtures.resource, {
      method: "POST",
      headers: { ...headers(fixtures), Accept },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: { name: "slow_progress", arguments: { steps: 1, pauseMs: 0 }, _meta },
      }),
    });
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(await answer.json()).toMatchObject({ result: { structuredContent: { steps: 1 } } });
  });

  it("keeps a silent stream alive with a comment every 15 s", async () => {
    expect(await silent).toMatch(/"progress":1[\s\S]*: keepalive[\s\S]*"steps":1/);
  });
});
