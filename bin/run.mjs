#!/usr/bin/env node
// Runs one entry of this project on Node 24: `node bin/run.mjs [node options] <entry> [arguments]`.
//
// Works on a fresh clone with any Node >= 20: installs the packages when they are missing or older than the lockfile, then
// runs the entry on this Node when it is new enough, else on the Node 24 that the lockfile brings along. One child, no
// shell in between, so that signals and exit codes pass unchanged.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PNPM = "pnpm@12.21.0";
const NODE_MAJOR = 24;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, "node_modules", ".bin");

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** pnpm writes this file last, so an install that was cut off does not count as one. */
function installed() {
  const state = join(root, "node_modules", ".pnpm-workspace-state-v1.json");
  return existsSync(state) && statSync(state).mtimeMs >= statSync(join(root, "pnpm-lock.yaml")).mtimeMs;
}

function install() {
  process.stderr.write("Installing the packages of pnpm-lock.yaml (about 20 s the first time) ...\n");
  const result = spawnSync("npx", ["-y", PNPM, "install", "--frozen-lockfile"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    env: { ...process.env, npm_config_loglevel: "error" },
  });
  if (result.error) fail(`The install could not start: ${result.error.message}. Is npx (it comes with Node) on PATH?`);
  if (result.signal) process.exit(128 + constants.signals[result.signal]);
  if (result.status !== 0)
    fail("The install failed; its last lines above say why. Run the same command again to retry.");
}

/** The Node that runs the TypeScript sources as they are. */
function node24() {
  if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR) return process.execPath;
  const packaged = join(root, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
  if (existsSync(packaged)) return packaged;
  return fail(
    `This project needs Node ${NODE_MAJOR}; this is ${process.version}, and no packaged Node ${NODE_MAJOR} exists for ${process.platform}-${process.arch}. Install Node ${NODE_MAJOR} and run the same command again.`,
  );
}

if (process.argv.length < 3) fail("usage: node bin/run.mjs [node options] <entry> [arguments]");
if (!installed()) install();

const node = node24();
const child = spawn(node, process.argv.slice(2), {
  stdio: "inherit",
  env: { ...process.env, PATH: [dirname(node), bin, process.env.PATH].join(delimiter) },
});
// npm, the shell and the terminal may each deliver the same signal: the child must take repeated ones calmly.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => fail(`Node could not start: ${error.message}`));
child.on("exit", (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
