import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { demoUsers } from "@remote-mcp/local/demo-users";
import { type LocalStack, startStack } from "@remote-mcp/local/stack";
import { forgetLocalStack, localMachineCredentials, localStackFile } from "../local-stack.ts";
import { runEntry } from "../run-entry.ts";
import { SmokeFailure, smoke } from "../smoke.ts";
import { createProgress, type Progress, StepFailure, seconds } from "./progress.ts";
import { openTryLogin, type TryLogin } from "./try-login.ts";

const help = `npm start: builds the server and the stack, runs them on this machine, and does the main job once as a client would.

usage: npm start [-- --check]

  --check   end after the first answered calls: exit code 0, or 1 with the failing step named
  --help    this text

environment:
  PORT      the port of the stack's public URL (default 3000)`;

const root = join(import.meta.dirname, "..", "..", "..");
const stateDir = join(root, ".local");
const filesDir = join(stateDir, "files");

const { values } = parseArgs({ options: { check: { type: "boolean" }, help: { type: "boolean" } } });
if (values.help) console.log(help);
else process.exitCode = await main(values.check === true);

async function main(check: boolean): Promise<number> {
  const progress = createProgress();
  const stopped = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopped.abort());
  let stack: LocalStack | undefined;
  let tryLogin: TryLogin | undefined;
  try {
    const port = parsePort(process.env.PORT ?? "3000");
    await progress.step(`port ${port} is free`, () => assertFree(port));
    await progress.step("type-check, synthesize, bundle", () =>
      Promise.all([
        runEntry(["infra/src/synth.ts"], { signal: stopped.signal }),
        runEntry(["server/build.ts"], { signal: stopped.signal }),
      ]),
    );
    if (stopped.signal.aborted) return 130;
    stack = await progress.step("start the local stack", () => start(port));
    await firstCalls(stack, progress);
    if (check) return 0;
    tryLogin = await openTryLogin(stack.resource);
    printConnection(stack, tryLogin);
    await new Promise((resolve) => {
      if (stopped.signal.aborted) resolve(undefined);
      stopped.signal.addEventListener("abort", resolve, { once: true });
    });
    progress.line("\nStopping ...");
    return 0;
  } catch (error) {
    if (stopped.signal.aborted) return 130;
    const failure =
      error instanceof StepFailure || error instanceof SmokeFailure ? error : new StepFailure("start", error);
    progress.line(`\nFailed at ${failure.message}`);
    if (stack !== undefined) progress.line(`What the functions said is in the log ${stack.logs}`);
    return 1;
  } finally {
    forgetLocalStack(process.pid);
    tryLogin?.close();
    await stack?.close();
  }
}

/** Starts the stack from what was just synthesized and bundled, and records where it is. */
async function start(port: number): Promise<LocalStack> {
  const json = join(root, "cdktf.out", "stacks", "dev", "cdk.tf.json");
  const dist = join(root, "server", "dist");
  const zips = { mcp: join(dist, "mcp.zip"), oauth: join(dist, "oauth.zip") };
  for (const file of [json, ...Object.values(zips)])
    if (!existsSync(file))
      throw new Error(`${file} is missing although its build step ended well; run \`npm start\` again`);
  if (!existsSync(filesDir)) {
    mkdirSync(stateDir, { recursive: true });
    cpSync(join(root, "local", "sample-files"), filesDir, { recursive: true });
  }
  const stack = await startStack({
    stack: JSON.parse(readFileSync(json, "utf8")),
    zips,
    port,
    stateDir,
    filesDir,
  });
  const { url, resource, awsEndpoint, machineSecretName } = stack;
  writeFileSync(
    localStackFile,
    `${JSON.stringify({ pid: process.pid, url, resource, awsEndpoint, machineSecretName }, null, 2)}\n`,
  );
  return stack;
}

async function firstCalls(stack: LocalStack, progress: Progress): Promise<void> {
  const begin = performance.now();
  const credentials = await localMachineCredentials(stack);
  progress.line("\nThe main job, over HTTP as a client does it:");
  await smoke(stack.resource, credentials, ({ name, detail, milliseconds }) =>
    progress.line(`  ✓ ${name.padEnd(31)} ${seconds(milliseconds).padStart(7)}  ${detail}`),
  );
  progress.line(`  done in ${seconds(performance.now() - begin)}`);
}

/** What a person needs to go on: the URL, a login, and a client configuration to paste. */
function printConnection({ resource, logs }: LocalStack, tryLogin: TryLogin): void {
  const configuration = { servers: { "remote-mcp-server": { type: "http", url: resource } } };
  const people = demoUsers.map(({ email, groups }) => `${email} (${groups.includes("write") ? "may write" : "reads"})`);
  console.log(`
The MCP server runs at   ${resource}
Try the login            ${tryLogin.url}
  as                     ${people.join(" or ")}
  with the password      ${demoUsers[0].password}
A machine token          npm run -s token
Its files                ${filesDir}
Its logs                 ${logs}

Paste this into .vscode/mcp.json (other clients call "servers" "mcpServers"); the client opens the login by itself:

${JSON.stringify(configuration, null, 2)}

Ctrl-C stops it.`);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
    throw new Error(`PORT is "${text}"; it takes a number from 1 to 65535, for example PORT=3001 npm start`);
  return port;
}

/** Asked before anything is built, so that a busy port is known at once. */
function assertFree(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      const next = `start on another one with PORT=${port + 1} npm start`;
      reject(
        new Error(
          error.code === "EADDRINUSE"
            ? `port ${port} is in use; ${next}`
            : `port ${port} cannot be used (${error.code}); ${next}`,
        ),
      );
    });
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve()));
  });
}
