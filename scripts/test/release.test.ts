import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { releaseProblems } from "../src/deploy/promotable.ts";
import { writeRecord } from "../src/deploy/record.ts";
import type { FunctionRef } from "../src/deploy/target.ts";
import { digestOf, filesOf, readRelease } from "../src/release/release.ts";
import { LambdaInMemory } from "./lambda-in-memory.ts";

const root = resolve(import.meta.dirname, "../..");
const temporary = mkdtempSync(join(tmpdir(), "release-"));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));
const commit = "ab".repeat(20);
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** A release folder of two small files. */
function folderOf(name: string): string {
  const folder = join(temporary, name);
  for (const [file, text] of [
    ["lambda/mcp.zip", "zip"],
    ["stacks/dev/cdk.tf.json", "{}"],
  ] as const) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const release = {
    schema: 1,
    commit,
    functions: { mcp: { file: "lambda/mcp.zip", sha256: sha256("zip") } },
    tools: ["add"],
    files: { "stacks/dev/cdk.tf.json": sha256("{}") },
    versions: {},
  };
  writeFileSync(join(folder, "release.json"), JSON.stringify(release));
  return folder;
}

describe("a release", () => {
  it("is read when it is whole", () => {
    const folder = folderOf("whole");
    expect(readRelease(folder, digestOf(join(folder, "release.json"))).commit).toBe(commit);
  });

  it.each([
    [
      "another byte in a zip",
      (folder: string) => appendFileSync(join(folder, "lambda/mcp.zip"), "x"),
      "lambda/mcp.zip has other bytes",
    ],
    [
      "another byte in a stack",
      (folder: string) => appendFileSync(join(folder, "stacks/dev/cdk.tf.json"), " "),
      "stacks/dev/cdk.tf.json has other bytes",
    ],
    [
      "a file too many",
      (folder: string) => writeFileSync(join(folder, "stacks/dev/more.tf.json"), "{}"),
      "stacks/dev/more.tf.json is not part of it",
    ],
    ["a file too few", (folder: string) => rmSync(join(folder, "lambda/mcp.zip")), "lambda/mcp.zip is missing"],
  ])("is refused with %s, which is named", (name, change, problem) => {
    const folder = folderOf(name.replaceAll(" ", "-"));
    change(folder);
    expect(() => readRelease(folder)).toThrow(problem);
  });

  it("is refused when release.json is not the one that was built", () => {
    expect(() => readRelease(folderOf("other"), "0".repeat(64))).toThrow(`expected ${"0".repeat(64)}`);
  });

  it("is the same bytes for the same commit in two folders", () => {
    const releases = ["one", "two"].map((name) => {
      const clone = join(temporary, "clones", name, "checkout");
      const run = (program: string, args: string[], cwd: string) => {
        const { status, stderr } = spawnSync(program, args, {
          cwd,
          encoding: "utf8",
          env: { ...process.env, CI: "true" },
        });
        if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr.slice(-2_000)}`);
      };
      mkdirSync(dirname(clone), { recursive: true });
      run("git", ["clone", "--quiet", "--no-hardlinks", root, clone], root);
      // The packages of this checkout: what is compared is what is made of the sources.
      for (const folder of ["", "server", "infra", "bootstrap", "local", "e2e", "bench", "scripts"]) {
        symlinkSync(join(root, folder, "node_modules"), join(clone, folder, "node_modules"));
      }
      appendFileSync(join(clone, ".git", "info", "exclude"), "node_modules\n");
      run(process.execPath, ["scripts/src/release/make.ts", "--out", join(clone, "dist", "release")], clone);
      return join(clone, "dist", "release");
    });
    const [one = "", two = ""] = releases;
    expect(filesOf(one)).toEqual(filesOf(two));
    expect(filesOf(one)).toEqual(expect.arrayContaining(["release.json", "lambda/mcp.zip", "stacks/prod/cdk.tf.json"]));
    for (const file of filesOf(one))
      expect([file, digestOf(join(one, file))]).toEqual([file, digestOf(join(two, file))]);
    expect(readRelease(one, digestOf(join(two, "release.json"))).commit).toMatch(/^[0-9a-f]{40}$/);
  }, 120_000);
});

describe("promotion asks of dev", () => {
  const mcp: FunctionRef = { key: "mcp", name: "remote-mcp-dev-mcp", alias: "live" };
  const release = readRelease(folderOf("promoted"));
  const code = release.functions.mcp.sha256;

  async function dev(record: Partial<Parameters<typeof writeRecord>[0]>, served = code) {
    const lambda = new LambdaInMemory([mcp], () => served, {});
    const functions = lambda.functions();
    const { version, revision } = await functions.alias(mcp);
    const description = writeRecord({
      release: commit,
      state: "serving",
      previous: "1",
      by: "run",
      at: "2026-11-22T00:00:00.000Z",
      ...record,
    });
    await functions.moveAlias(mcp, { version, revision, description });
    return releaseProblems(functions, [mcp], release);
  }

  it("nothing more than that it serves the release, proven", async () => {
    expect(await dev({})).toEqual([]);
  });

  it.each([
    ["another release serves", { release: "cd".repeat(20) }, code, `mcp: release ${"cd".repeat(20)} serves`],
    ["the release is on trial", { state: "trying" as const }, code, "mcp: the release is still on trial"],
    ["other code runs", {}, "ff", "mcp: version 1 has the code ff"],
  ])("and refuses when %s", async (_what, record, served, problem) => {
    expect((await dev(record, served)).join("\n")).toContain(problem);
  });

  it("and refuses when dev lacks a function of the release", async () => {
    const both = { ...release, functions: { ...release.functions, oauth: { file: "lambda/oauth.zip", sha256: code } } };
    const lambda = new LambdaInMemory([mcp], () => code, {});
    expect((await releaseProblems(lambda.functions(), [mcp], both)).join("\n")).toContain(
      "oauth: the environment has no such function",
    );
  });
});
