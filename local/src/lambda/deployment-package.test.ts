import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { strToU8, zipSync } from "fflate";
import { unpack } from "./deployment-package.ts";

const folder = mkdtempSync(join(tmpdir(), "packages-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const target = join(folder, "functions");
function zipOf(files: Record<string, string>): string {
  const zip = join(folder, `${Object.keys(files).length}.zip`);
  writeFileSync(zip, zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)]))));
  return zip;
}

describe("unpack", () => {
  it("writes the files once for each content of the zip", () => {
    const first = unpack(zipOf({ "index.mjs": "1", "chunks/a.mjs": "2" }), target);
    expect(readFileSync(join(first, "chunks", "a.mjs"), "utf8")).toBe("2");
    const made = statSync(first).mtimeMs;
    expect(unpack(zipOf({ "index.mjs": "1", "chunks/a.mjs": "2" }), target)).toBe(first);
    expect(statSync(first).mtimeMs).toBe(made);
    expect(unpack(zipOf({ "index.mjs": "other", "chunks/a.mjs": "2" }), target)).not.toBe(first);
  });

  it("refuses an entry outside its folder and leaves nothing behind", () => {
    const before = readdirSync(target);
    expect(() => unpack(zipOf({ "../../escaped.mjs": "x" }), target)).toThrow(/outside its folder/);
    expect(existsSync(join(folder, "escaped.mjs"))).toBe(false);
    expect(readdirSync(target)).toEqual(before);
  });

  it("says what is wrong with a file that is missing or no zip", () => {
    const text = join(folder, "text.zip");
    writeFileSync(text, "not a zip");
    expect(() => unpack(text, target)).toThrow("is not a zip file");
    expect(() => unpack(join(folder, "none.zip"), target)).toThrow("cannot be read; build it");
  });
});
