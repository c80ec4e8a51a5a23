import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runProgram } from "./run-program.ts";

/** Every package with its exact version: the emulator is third-party code, and what it answers is what is proven here. */
const REQUIREMENTS = join(import.meta.dirname, "requirements.txt");

/**
 * Installs the emulator into a Python environment of its own, once per version of the requirements.
 * @returns its executable
 */
export async function installMinistack(folder: string, signal: AbortSignal): Promise<string> {
  const executable = join(folder, "bin", "ministack");
  const stamp = join(folder, "requirements.sha256");
  const wanted = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex");
  if (existsSync(executable) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return executable;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  await runProgram("python3", ["-m", "venv", folder], { signal });
  await runProgram(
    join(folder, "bin", "python"),
    ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "-r", REQUIREMENTS],
    { signal },
  );
  // Written last, so that an install that was cut off does not count as one.
  writeFileSync(stamp, wanted);
  return executable;
}

export interface Ministack {
  /** `http://127.0.0.1:<port>`: endpoint of every AWS service. */
  readonly url: string;
  /** The last lines it wrote: what it and the functions in it say about a failure. */
  said(): string;
  close(): Promise<void>;
}

/** Starts an emulator that keeps everything in memory and enforces IAM, on a port of its own. */
export async function startMinistack(executable: string, folder: string, signal: AbortSignal): Promise<Ministack> {
  const port = await freePort();
  const log = join(folder, "ministack.log");
  mkdirSync(folder, { recursive: true });
  // Its Node workers are CommonJS scripts in this folder, below a package whose scripts are modules.
  writeFileSync(join(folder, "package.json"), '{ "type": "commonjs" }\n');
  const output = openSync(log, "w");
  const child = spawn(executable, [], {
    cwd: folder,
    stdio: ["ignore", output, output],
    // Nothing of ours but the way to Node 24: functions inherit the emulator's whole environment.
    env: {
      PATH: [dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(delimiter),
      GATEWAY_PORT: String(port),
      BIND_HOST: "127.0.0.1",
      // Without it functions run with every permission, and a denied action cannot be shown.
      AUTH: "true",
      // Else it also binds 0.0.0.0:8883.
      IOT_MTLS_ENABLED: "false",
      STATE_DIR: folder,
      TMPDIR: folder,
    },
  });
  const url = `http://127.0.0.1:${port}`;
  const said = () => readFileSync(log, "utf8").trim().split("\n").slice(-15).join("\n");
  try {
    await untilHealthy(url, child, signal);
  } catch (error) {
    await stop(child);
    throw new Error(`the emulator did not start: ${error instanceof Error ? error.message : error}\n${said()}`);
  }
  return { url, said, close: () => stop(child) };
}

async function untilHealthy(url: string, child: ChildProcess, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    if (child.exitCode !== null) throw new Error(`it ended with exit code ${child.exitCode}`);
    const answer = await fetch(`${url}/_ministack/health`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error("it answered nothing within 30 s");
}

/** Its Lambda workers end with it: they read from its pipes. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await ended;
  clearTimeout(force);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
