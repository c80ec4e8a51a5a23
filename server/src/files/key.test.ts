import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { fileKey, keyPrefix, MAX_KEY_BYTES, newFileKey } from "./key.ts";

const refused = [
  ["empty", ""],
  ["absolute", "/etc/passwd"],
  ["a parent folder", "../secret"],
  ["a parent folder inside", "a/../../b"],
  ["a parent folder at the end", "a/.."],
  ["this folder", "./a"],
  ["an empty folder name", "a//b"],
  ["a folder", "a/"],
  ["a backslash", "..\\secret"],
  ["NUL", "a\u0000.txt"],
  ["a line feed", "a\nb"],
  ["a C1 control", "a\u0085b"],
  ["DEL", "a\u007f"],
  ["a line separator", "a\u2028b"],
  ["a right-to-left override", "a\u202etxt.exe"],
  ["an isolate", "a\u2066b"],
  ["half a surrogate pair", "a\ud800"],
  ["one byte too many", "a".repeat(MAX_KEY_BYTES + 1)],
  ["too many bytes in few characters", "日".repeat(342)],
] as const;

describe("keys of files", () => {
  it.each(refused)("refuses %s", (_name, key) => {
    expect(fileKey.safeParse(key).success).toBe(false);
    expect(newFileKey.safeParse(key).success).toBe(false);
  });

  it.each([
    "a",
    "a/b/c.txt",
    "日本語/メモ.md",
    "..a/b..",
    "a b",
    ".env",
    "a%2e%2e/b",
    "a".repeat(MAX_KEY_BYTES),
    "👩‍💻.txt",
  ])("takes %j", (key) => {
    expect(fileKey.parse(key)).toBe(key);
    expect(newFileKey.parse(key)).toBe(key);
  });

  it("reads a name in any normal form, but makes new ones in one only", () => {
    const decomposed = "é.txt".normalize("NFD");
    expect(fileKey.safeParse(decomposed).success).toBe(true);
    expect(newFileKey.safeParse(decomposed).success).toBe(false);
  });

  it("stays inside any folder it is joined to", () => {
    const parts = fc.constantFrom("..", ".", "/", "\\", "a", "\u0000", "%2e", "~", "é", "");
    fc.assert(
      fc.property(
        fc.array(parts, { maxLength: 8 }).map((list) => list.join("")),
        (key) => {
          if (!fileKey.safeParse(key).success) return;
          const { pathname } = new URL(key.split("/").map(encodeURIComponent).join("/"), "file:///bucket/");
          expect(pathname.startsWith("/bucket/")).toBe(true);
          expect(pathname.endsWith("/")).toBe(false);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe("prefixes", () => {
  it.each(["", "a", "a/", "a/b/", "rep"])("takes %j", (prefix) => {
    expect(keyPrefix.parse(prefix)).toBe(prefix);
  });
  it.each(["/", "../", "a/../", "a//", "a\u0000", "..", "./", "a".repeat(MAX_KEY_BYTES + 1)])(
    "refuses %j",
    (prefix) => {
      expect(keyPrefix.safeParse(prefix).success).toBe(false);
    },
  );
});
