import { describe, expect, it } from "@jest/globals";
import type { Tool, ToolResult } from "../tools/tool.ts";
import { MAX_RESULT_BYTES, MIN_RESULT_ROOM } from "./limits.ts";
import { answer } from "./pipeline.ts";
import { toolServer } from "./tool-server.ts";

const RESOURCE = "https://mcp.example/mcp";

/** Tools with results of a given size in JSON, and how many of their calls ran, at most, at one time. */
function setUp() {
  const seen = { calls: 0, running: 0, most: 0 };
  const filled = (text: string): ToolResult => ({ content: [{ type: "text", text }] });
  const fill: Tool = {
    name: "fill",
    title: "Fill",
    description: "Answers with so many bytes.",
    scope: "read",
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    inputSchema: { type: "object" },
    async call(args) {
      const { bytes } = args as { bytes: number };
      seen.calls++;
      seen.most = Math.max(seen.most, ++seen.running);
      await new Promise((resolve) => setImmediate(resolve));
      seen.running--;
      return filled("x".repeat(bytes - JSON.stringify(filled("")).length));
    },
  };
  const connect = toolServer([fill], { name: "test", version: "1" });
  const noFiles = () => Promise.reject(new Error("no tool here reads files"));
  const request = (bytes: number, id = 0) => ({
    jsonrpc: "2.0",
    id,
    method: "tools/call",
    params: { name: "fill", arguments: { bytes } },
  });

  const post = async (body: unknown) => {
    const reply = await answer(
      {
        id: "test",
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json" },
        body: JSON.stringify(body),
        claims: { token_use: "access", sub: "m", client_id: "m", scope: `${RESOURCE}/read` },
        timeLeft: 10_000,
      },
      {
        config: {
          resource: RESOURCE,
          machineClientIds: ["m"],
          bucketName: "b",
          allowedOrigins: [RESOURCE],
          environment: "dev",
          logLevel: "error",
        },
        files: { list: noFiles, read: noFiles, save: noFiles },
        connect,
        write: () => undefined,
      },
    );
    return { status: reply.status, text: String(reply.body) };
  };
  return {
    seen,
    single: (bytes: number) => post(request(bytes)),
    /** @returns of each call, in order: its error's text, or undefined for a result */
    async batch(...sizes: number[]) {
      const { status, text } = await post(sizes.map(request));
      expect(status).toBe(200);
      const answers: { id: number; result: { isError?: true; content: { text: string }[] } }[] = JSON.parse(text);
      expect(answers.map(({ id }) => id)).toEqual(sizes.map((_, id) => id));
      return { text, errors: answers.map(({ result }) => (result.isError ? result.content[0]?.text : undefined)) };
    },
  };
}

describe("a batch", () => {
  it("runs its calls one after the other", async () => {
    const { seen, batch } = setUp();
    await batch(...Array.from({ length: 100 }, () => 1000));
    expect(seen).toEqual({ calls: 100, running: 0, most: 1 });
  });

  it("may fill the reply to the last byte", async () => {
    const half = MAX_RESULT_BYTES / 2;
    expect((await setUp().batch(half, half)).errors).toEqual([undefined, undefined]);
  });

  it("refuses the call whose result is one byte too many, and answers the smaller ones after it", async () => {
    const half = MAX_RESULT_BYTES / 2;
    const { errors } = await setUp().batch(half, half + 1, 1000);
    expect(errors).toEqual([undefined, expect.stringMatching(/leave 2621440\. Send this call alone\.$/), undefined]);
  });

  it("begins a call as long as there is room for any answer to a change, and none after", async () => {
    const exact = setUp();
    expect((await exact.batch(MAX_RESULT_BYTES - MIN_RESULT_ROOM, 1000)).errors).toEqual([undefined, undefined]);
    const { seen, batch } = setUp();
    const { errors } = await batch(MAX_RESULT_BYTES - MIN_RESULT_ROOM + 1, 1000);
    expect(errors).toEqual([undefined, expect.stringMatching(/was not run.*alone/)]);
    expect(seen.calls).toBe(1);
  });

  it("of 100 large results stays within what Lambda sends", async () => {
    const { text } = await setUp().batch(...Array.from({ length: 100 }, () => 2_200_000));
    expect(Buffer.byteLength(text)).toBeLessThan(6_000_000);
  });
});

describe("a single call", () => {
  it("has the whole reply to itself", async () => {
    const { single } = setUp();
    expect((await single(MAX_RESULT_BYTES)).text).not.toContain("isError");
    expect((await single(MAX_RESULT_BYTES + 1)).text).toMatch(/"isError":true/);
    expect((await single(MAX_RESULT_BYTES + 1)).text).toContain("Ask for less.");
  });
});
