import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { strFromU8, unzipSync } from "fflate";
import { type Artefact, build } from "./build.ts";

const source = { name: "build-test", entry: "src/mcp/index.ts" };
let artefact: Artefact;
let zip: Buffer;
beforeAll(async () => {
  artefact = await build(source);
  zip = readFileSync(artefact.zip);
});
afterAll(() => rmSync(artefact.zip));

describe("the zip", () => {
  it("is the same bytes every time", async () => {
    await build(source);
    expect(readFileSync(artefact.zip).equals(zip)).toBe(true);
  });

  it("has the handler as index.mjs and the S3 client apart", () => {
    const files = unzipSync(zip);
    expect(Object.keys(files)).toEqual(expect.arrayContaining(["index.mjs", "s3.mjs"]));
    const index = strFromU8(files["index.mjs"] ?? new Uint8Array());
    expect(index).toContain('import("./s3.mjs")');
    expect(index).not.toMatch(/ListObjectsV2|from"node:http|\bajv\b/);
  });

  it("has none of the conformance suite's fixtures", () => {
    for (const contents of Object.values(unzipSync(zip))) {
      expect(strFromU8(contents)).not.toMatch(/test_simple_text|fault_exit/);
    }
  });

  it("is not built over its budget", async () => {
    await expect(build({ ...source, maxStartKb: 10 })).rejects.toThrow(/budget is 10 kB/);
  });
});

describe("the command", () => {
  it("prints its help instead of building", () => {
    const printed = execFileSync(process.execPath, [join(import.meta.dirname, "build.ts"), "--help"], {
      encoding: "utf8",
    });
    expect(printed).toMatch(/^pnpm build\n/);
    expect(printed).not.toContain("a start loads");
  });
});
