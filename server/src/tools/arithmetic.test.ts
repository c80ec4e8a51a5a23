import { describe, expect, it } from "@jest/globals";
import type { Files } from "../files/files.ts";
import { add } from "./add.ts";
import { multiply } from "./multiply.ts";

const nowhere: Files = {
  list: () => Promise.reject(new Error("no files here")),
  read: () => Promise.reject(new Error("no files here")),
  save: () => Promise.reject(new Error("no files here")),
};
const context = { signal: new AbortController().signal, files: nowhere, report: async () => {} };
const MAX = Number.MAX_SAFE_INTEGER;

const sums: [number, number, number][] = [
  [2, 3, 5],
  [-1, 1, 0],
  [0.1, 0.2, 0.30000000000000004],
  [MAX, 0, MAX],
  [-MAX, 0, -MAX],
];
const products: [number, number, number][] = [
  [6, -7, -42],
  [0, -5, 0],
  [0.5, 4, 2],
  [MAX, 1, MAX],
  [94906265, 94906265, 94906265 ** 2],
];

describe.each([
  { name: "add", tool: add, cases: sums },
  { name: "multiply", tool: multiply, cases: products },
])("$name", ({ tool, cases }) => {
  it.each(cases)("of %d and %d is %d", async (a, b, result) => {
    expect(await tool.call({ a, b }, context)).toEqual({
      structuredContent: { result },
      content: [{ type: "text", text: JSON.stringify({ result }) }],
    });
  });

  it("never answers -0", async () => {
    const { structuredContent } = await tool.call({ a: -0, b: -0 }, context);
    const zero = await multiply.call({ a: -0, b: 3 }, context);
    expect(Object.is(structuredContent?.result, 0)).toBe(true);
    expect(Object.is(zero.structuredContent?.result, 0)).toBe(true);
  });

  it.each([
    [{ a: MAX + 1, b: 0 }],
    [{ a: -MAX - 1, b: 0 }],
    [{ a: Number.NaN, b: 1 }],
    [{ a: Number.POSITIVE_INFINITY, b: 1 }],
    [{ a: "1", b: 1 }],
    [{ a: 1 }],
    [{ a: 1, b: 1, c: 1 }],
    [{ a: 1n, b: 1 }],
    [null],
  ])("refuses %p", async (args) => {
    await expect(tool.call(args, context)).rejects.toThrow(/^Invalid arguments/);
  });

  it("refuses a result that could not be exact", async () => {
    await expect(tool.call({ a: MAX, b: MAX }, context)).rejects.toThrow(/could not be exact\. Use smaller numbers/);
    await expect(tool.call({ a: -MAX, b: 2 ** 52 * (tool === add ? -1 : 1) }, context)).rejects.toThrow(/exact/);
  });
});
