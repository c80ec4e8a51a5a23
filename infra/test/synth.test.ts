import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { synthesize } from "../src/main.ts";
import { outdir, removeOutdirs } from "./stacks.ts";

afterAll(removeOutdirs);

const main = join(import.meta.dirname, "../src/main.ts");

/** Every file below the folder with the hash of its bytes. */
function hashes(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((file) => `${file.slice(folder.length)} ${createHash("sha256").update(readFileSync(file)).digest("hex")}`)
    .sort();
}

describe("synth", () => {
  it("writes the same bytes twice, from any folder, in any process", () => {
    const here = outdir();
    synthesize(here);
    const elsewhere = outdir();
    execFileSync(process.execPath, [main], {
      cwd: tmpdir(),
      env: { ...process.env, CDKTF_OUTDIR: elsewhere, TZ: "Asia/Tokyo" },
    });

    expect(hashes(here)).toEqual(hashes(elsewhere));
    expect(hashes(here).map((line) => line.split(" ")[0])).toEqual([
      "/manifest.json",
      "/stacks/bootstrap/cdk.tf.json",
      "/stacks/dev/cdk.tf.json",
      "/stacks/dev/placeholder.zip",
      "/stacks/prod/cdk.tf.json",
      "/stacks/prod/placeholder.zip",
    ]);
  });

  it("leaves nothing of an earlier run", () => {
    const folder = outdir();
    writeFileSync(join(folder, "stale.json"), "{}");
    synthesize(folder);
    expect(readdirSync(folder).sort()).toEqual(["manifest.json", "stacks"]);
  });

  it("names no path of the machine", () => {
    const folder = outdir();
    for (const stack of synthesize(folder))
      expect(readFileSync(join(stack, "cdk.tf.json"), "utf8")).not.toContain(join(import.meta.dirname, "../.."));
  });
});
