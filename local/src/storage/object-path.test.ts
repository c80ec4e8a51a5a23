import { describe, expect, it } from "@jest/globals";
import { assert, constantFrom, array as many, oneof, property, string } from "fast-check";
import { encodedPath, keyOf, plainPath } from "./object-path.ts";

const odd = constantFrom(
  "",
  ".",
  "..",
  "/",
  "\\",
  "\u0000",
  "\n",
  ".s3",
  "keys",
  "a",
  ".object",
  "é".repeat(130),
  "😀",
);
const key = many(oneof(odd, string({ unit: "grapheme" })), { minLength: 1, maxLength: 8 }).map((parts) =>
  parts.join("/"),
);
const separators = /[/\\\p{Cc}]/u;

describe("the place of a key", () => {
  it("is inside the folder, of legal names, and leads back to the key", () => {
    assert(
      property(key, (text) => {
        for (const path of [plainPath(text), encodedPath(text)]) {
          if (!path) continue;
          for (const name of path) {
            expect(["", ".", ".."]).not.toContain(name);
            expect(name).not.toMatch(separators);
            expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
          }
          expect(keyOf(path)).toBe(text);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("is never another key's place, nor a folder of it", () => {
    assert(
      property(key, key, (one, other) => {
        if (one === other) return;
        const [a, b] = [`${encodedPath(one).join("/")}/`, `${encodedPath(other).join("/")}/`];
        expect(a.startsWith(b) || b.startsWith(a)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it("is the key itself for ordinary names", () => {
    expect(plainPath("reports/2026/Zürich (1).txt")).toEqual(["reports", "2026", "Zürich (1).txt"]);
    expect(plainPath(".s3/keys/x")).toBeUndefined();
    expect(keyOf([".s3", "uploads", "x"])).toBeUndefined();
    expect(keyOf([".s3", "keys", "not-canonical!.object"])).toBeUndefined();
  });
});
