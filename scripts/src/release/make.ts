import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { tools } from "@remote-mcp/server/manifest";
import { z } from "zod";
import { CommandError, option, runCommand } from "../command.ts";
import { digestOf, filesOf, functionKeys, RELEASE_FILE, type Release } from "./release.ts";

const root = resolve(import.meta.dirname, "../../..");
const dist = join(root, "server", "dist");

/**
 * Builds the zips and the stacks of the checked-out commit into one folder. The same commit becomes the same bytes in any
 * folder: nothing in it knows a time, a path or a machine.
 */
export function makeRelease(folder: string): Release {
  const changed = git("status", "--porcelain");
  if (changed !== "") {
    throw new CommandError(`A release is made of a commit, and these files are not committed:\n${changed}`);
  }
  rmSync(folder, { recursive: true, force: true });
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(join(folder, "lambda"), { recursive: true });
  node(["server/build.ts"]);
  node(["infra/src/synth.ts"], { CDKTF_OUTDIR: join(folder, "synth") });
  cpSync(join(folder, "synth", "stacks"), join(folder, "stacks"), { recursive: true });
  rmSync(join(folder, "synth"), { recursive: true });

  const built = readdirSync(dist).filter((name) => name.endsWith(".zip"));
  const zips = functionKeys.filter((key) => built.includes(`${key}.zip`));
  const others = built.filter((name) => !zips.some((key) => name === `${key}.zip`));
  if (others.length > 0) throw new CommandError(`server/build.ts made ${others.join(", ")}, which no function runs.`);
  const functions = Object.fromEntries(
    zips.map((key) => {
      const file = `lambda/${key}.zip`;
      cpSync(join(dist, `${key}.zip`), join(folder, file));
      return [key, { file, sha256: digestOf(join(folder, file)) }];
    }),
  );
  const { mcp, oauth } = functions;
  if (mcp === undefined) throw new CommandError("server/build.ts made no mcp.zip.");
  const release: Release = {
    schema: 1,
    commit: git("rev-parse", "HEAD"),
    functions: { mcp, ...(oauth && { oauth }) },
    tools: tools.map(({ name }) => name),
    files: Object.fromEntries(
      filesOf(folder)
        .filter((name) => !name.startsWith("lambda/"))
        .map((name) => [name, digestOf(join(folder, name))]),
    ),
    versions: versions(),
  };
  writeFileSync(join(folder, RELEASE_FILE), `${JSON.stringify(release, undefined, 2)}\n`);
  return release;
}

function versions(): Record<string, string> {
  const infra = createRequire(join(root, "infra", "package.json"));
  const server = createRequire(join(root, "server", "package.json"));
  const of = (from: NodeJS.Require, name: string) => {
    // Not every package exports its package.json: look beside its entry instead.
    const folder = from.resolve.paths(name)?.map((path) => join(path, name, "package.json")) ?? [];
    for (const file of folder) {
      try {
        return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, "utf8"))).version;
      } catch {}
    }
    throw new CommandError(`${name} is not installed: run the command again, it installs what is missing.`);
  };
  return {
    terraform: readFileSync(join(root, ".terraform-version"), "utf8").trim(),
    cdktf: of(infra, "cdktf"),
    "@cdktf/provider-aws": of(infra, "@cdktf/provider-aws"),
    esbuild: of(server, "esbuild"),
  };
}

function git(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync("git", args, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new CommandError(`git ${args.join(" ")} failed: ${stderr.trim()}`);
  return stdout.trim();
}

function node(args: string[], env: NodeJS.ProcessEnv = {}): void {
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: ["ignore", 2, 2],
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new CommandError(`${args[0]} failed: its message is above. No release was made.`);
}

if (import.meta.main) {
  await runCommand({
    name: "release",
    summary: "builds the zips and the Terraform JSON of every stack from the checked-out commit, with their digests.",
    options: z.object({
      out: option("<folder>", "where to write it (default: dist/release); is emptied first"),
    }),
    notes:
      "The same commit gives the same bytes. Writes release and digest to $GITHUB_OUTPUT. Exit codes: 0 made, 1 not made.",
    async run({ out }) {
      const folder = resolve(process.env.INIT_CWD ?? root, out ?? join(root, "dist", "release"));
      const release = makeRelease(folder);
      const digest = digestOf(join(folder, RELEASE_FILE));
      if (process.env.GITHUB_OUTPUT) {
        appendFileSync(process.env.GITHUB_OUTPUT, `release=${release.commit}\ndigest=${digest}\n`);
      }
      const zips = Object.entries(release.functions).map(([key, zip]) => `\n  ${key.padEnd(8)}${zip?.sha256}`);
      return {
        text: `Release ${release.commit} in ${folder}${zips.join("")}\n  ${RELEASE_FILE} ${digest}`,
        data: { folder, digest, ...release },
      };
    },
  });
}
