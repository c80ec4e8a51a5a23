import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "@remote-mcp/server/build";
import { z } from "zod";
import { installMinistack, startMinistack } from "../../e2e/emulator/ministack.ts";
import {
  ARTIFACTS,
  brokenAtStart,
  brokenBehindGateway,
  EmulatedEnvironment,
  good,
  makeRelease,
} from "./environment.ts";
import { Front } from "./front.ts";

const HELP = `drill-delivery: runs update-lambda, rollback and cleanup-versions for real against an AWS emulator (MiniStack), with
releases that work, releases that do not, and interruptions.

usage: npm run -s drill-delivery

Needs python3 (the emulator is installed into .local once). Exit code 0: every drill ended as it should.`;

const root = resolve(import.meta.dirname, "../..");
const result = z.object({ outcome: z.string(), serving: z.record(z.string(), z.string()), message: z.string() });

interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One delivery command, started as an operator starts it. */
function start(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): { child: ChildProcess; ended: Promise<Run> } {
  const child = spawn(process.execPath, [join(root, "scripts", "src", "deploy", `${command}.ts`), ...args, "--json"], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  return { child, ended: new Promise((done) => child.on("close", (exitCode) => done({ exitCode, stdout, stderr }))) };
}

async function drill(folder: string, signal: AbortSignal): Promise<number> {
  const executable = await installMinistack(join(root, ".local", "ministack"), signal);
  const { zip } = await build();
  await using stack = await emulator(executable, folder, signal);
  const front = await Front.start();
  const environment = new EmulatedEnvironment(stack.url, `${front.origin}/mcp`);
  await environment.create();
  front.serve(environment.lambda);

  const outputs = join(folder, "outputs.json");
  writeFileSync(outputs, environment.outputs());
  const env = {
    AWS_ENDPOINT_URL: stack.url,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "ap-northeast-1",
    // The emulator has no host name per bucket.
    AWS_S3_FORCE_PATH_STYLE: "true",
  };
  const release = (n: number, make: Parameters<typeof makeRelease>[3]) =>
    makeRelease(join(folder, `release-${n}`), zip, n, make);
  const update = (folder_: string) =>
    start("update-lambda", ["--outputs", outputs, "--bucket", ARTIFACTS, "--release", folder_], env);
  let failures = 0;
  async function expectRun(
    name: string,
    run: Promise<Run>,
    exitCode: number | null,
    outcome: string,
    served: string,
  ): Promise<void> {
    const ended = await run;
    const said = result.safeParse(parseJson(ended.stdout)).data;
    const now = await environment.servedVersion();
    const right = ended.exitCode === exitCode && (said?.outcome ?? "error") === outcome && now === served;
    if (!right) failures++;
    const met = `exit code ${ended.exitCode}, ${said?.outcome ?? "error"}, version ${now} serves`;
    console.log(`${right ? "✓" : "✗"} ${name.padEnd(62)} ${met}`);
    if (!right)
      console.log(`  expected exit code ${exitCode}, ${outcome}, version ${served}\n${ended.stdout}${ended.stderr}`);
  }

  const first = release(1, good("1"));
  await expectRun("the first release replaces the placeholder", update(first).ended, 0, "updated", "2");
  await expectRun("the same release again does nothing", update(first).ended, 0, "unchanged", "2");
  await environment.setLogLevel("debug");
  await expectRun("a change of the environment alone becomes a version", update(first).ended, 0, "updated", "3");
  await expectRun(
    "a release that cannot start is never met by anybody",
    update(release(2, brokenAtStart)).ended,
    1,
    "refused",
    "3",
  );
  await expectRun(
    "a release that fails behind the gateway is moved back",
    update(release(3, brokenBehindGateway)).ended,
    1,
    "rolled back",
    "3",
  );
  const fourth = release(4, good("4"));
  appendFileSync(join(fourth, "lambda", "mcp.zip"), "x");
  await expectRun("a zip with other bytes is refused", update(fourth).ended, 1, "error", "3");
  await expectRun("a good release serves", update(release(4, good("4"))).ended, 0, "updated", "6");
  await expectRun(
    "rollback returns to the version before",
    start("rollback", ["--outputs", outputs], env).ended,
    0,
    "moved back",
    "3",
  );

  front.delay = 300;
  const interrupted = update(release(5, good("5")));
  front.onCall = () => interrupted.child.kill("SIGINT");
  await expectRun("an interrupted smoke test moves back", interrupted.ended, 1, "rolled back", "3");

  const killed = update(release(5, good("5")));
  front.onCall = () => killed.child.kill("SIGKILL");
  await expectRun("a killed update leaves its release on trial", killed.ended, null, "error", "7");
  front.onCall = () => {};
  await expectRun("another release waits for it", update(release(6, good("6"))).ended, 4, "superseded", "7");
  await expectRun(
    "the killed one is taken up and finished",
    update(join(folder, "release-5")).ended,
    0,
    "updated",
    "7",
  );

  const pair = await Promise.all([update(release(6, good("6"))).ended, update(release(7, good("7"))).ended]);
  const codes = pair.map(({ exitCode }) => exitCode).toSorted();
  const one = codes.filter((code) => code === 0).length === 1 && codes.includes(4);
  if (!one) failures++;
  console.log(
    `${one ? "✓" : "✗"} ${"of two updates at once one serves and one steps aside".padEnd(62)} exit codes ${codes.join(" and ")}`,
  );
  if (!one) for (const { stdout, stderr } of pair) console.log(stdout, stderr);

  const cleaned = await start("cleanup-versions", ["--outputs", outputs, "--keep", "2"], env).ended;
  if (cleaned.exitCode !== 0) failures++;
  console.log(
    `${cleaned.exitCode === 0 ? "✓" : "✗"} ${"cleanup-versions keeps what serves and what is before it".padEnd(62)} ${cleaned.stdout.trim()}${cleaned.stderr}`,
  );
  await front.close();
  return failures;
}

async function emulator(executable: string, folder: string, signal: AbortSignal) {
  const stack = await startMinistack(executable, join(folder, "ministack"), signal);
  return { url: stack.url, [Symbol.asyncDispose]: () => stack.close() };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

if (process.argv.includes("--help")) console.log(HELP);
else {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => controller.abort());
  mkdirSync(join(root, ".local"), { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), "drill-delivery-"));
  try {
    const failures = await drill(folder, controller.signal);
    console.log(
      failures === 0 ? "\nevery drill ended as it should" : `\n${failures} drills did not end as they should`,
    );
    process.exitCode = failures === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
