import { type ChildProcess, spawn } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

const root = join(import.meta.dirname, "..");
const packages = ["server", "infra", "bootstrap", "local", "e2e", "bench", "scripts"];
let clone = "";

/** A second working tree that shares the installed packages, so that it can be broken. */
beforeAll(() => {
  mkdirSync(join(root, ".local"), { recursive: true });
  clone = mkdtempSync(join(root, ".local", "clone-"));
  for (const name of [
    ...packages,
    "bin",
    "package.json",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "tsconfig.json",
    "cdktf.json",
    ".terraform-version",
  ])
    cpSync(join(root, name), join(clone, name), {
      recursive: true,
      verbatimSymlinks: true,
      // The launcher installs anew when the lockfile is younger than the installation.
      preserveTimestamps: true,
      filter: (from) => !from.endsWith("/dist"),
    });
  symlinkSync(join(root, "node_modules"), join(clone, "node_modules"));
});
afterAll(() => rmSync(clone, { recursive: true, force: true }));

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

/** `npm start` as a person's terminal runs it: in a process group of its own. */
function npmStart(args: readonly string[], port: number): Run {
  const child = spawn("npm", ["start", "--silent", ...args], {
    cwd: clone,
    env: { ...process.env, PORT: String(port) },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  return { child, output: () => text, ended: new Promise((resolve) => child.on("close", resolve)) };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** Changes one file of the clone for the length of a test. */
async function whileBroken(file: string, change: (text: string) => string, run: () => Promise<void>): Promise<void> {
  const path = join(clone, file);
  const text = readFileSync(path, "utf8");
  const broken = change(text);
  expect(broken).not.toBe(text);
  writeFileSync(path, broken);
  try {
    await run();
  } finally {
    writeFileSync(path, text);
  }
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";

describe("npm start -- --check", () => {
  it("does the main job, says so step by step, and exits 0", async () => {
    const run = npmStart(["--", "--check"], await freePort());
    expect(await run.ended).toBe(0);
    for (const step of [
      "call without a token",
      "protected resource metadata",
      "authorization server metadata",
      "client_credentials token",
      "initialize",
      "tools/list",
      "tools/call list_files",
      "tools/call add",
      "tools/call multiply",
    ])
      expect(run.output()).toContain(`✓ ${step}`);
    expect(run.output()).toContain('{"result":42}');
    expect(run.output()).toContain("welcome.txt");
  }, 60_000);

  it("names a busy port and the way out", async () => {
    const port = await freePort();
    const busy = createServer().listen(port, "127.0.0.1");
    try {
      const run = npmStart(["--", "--check"], port);
      expect(await run.ended).toBe(1);
      expect(lastLine(run.output())).toContain(`port ${port} is in use`);
      expect(lastLine(run.output())).toContain(`PORT=${port + 1} npm start`);
    } finally {
      busy.close();
    }
  });

  it("refuses a PORT that is none", async () => {
    const run = npmStart(["--", "--check"], Number.NaN);
    expect(await run.ended).toBe(1);
    expect(lastLine(run.output())).toContain('PORT is "NaN"');
  });

  it(
    "names the line of an ill-typed stack, and starts nothing",
    () =>
      whileBroken(
        "infra/src/main.ts",
        (text) => `${text}\nconst wrong: number = "text";\nexport { wrong };\n`,
        async () => {
          const run = npmStart(["--", "--check"], await freePort());
          expect(await run.ended).toBe(1);
          expect(run.output()).toMatch(/infra\/src\/main\.ts[(:]\d+/);
          expect(run.output()).not.toContain("start the local stack");
        },
      ),
    60_000,
  );

  it(
    "names what a stack that does not synthesize threw",
    () =>
      whileBroken(
        "infra/src/main.ts",
        (text) => `throw new Error("no such environment");\n${text}`,
        async () => {
          const run = npmStart(["--", "--check"], await freePort());
          expect(await run.ended).toBe(1);
          expect(run.output()).toContain("no such environment");
        },
      ),
    60_000,
  );

  it(
    "says that the function fails where its bundle throws at start",
    () =>
      whileBroken(
        "server/src/mcp/index.ts",
        (text) => `${text}\nif (process.env.AWS_LAMBDA_FUNCTION_NAME) throw new Error("broken bundle");\n`,
        async () => {
          const run = npmStart(["--", "--check"], await freePort());
          expect(await run.ended).toBe(1);
          expect(run.output()).toMatch(/\nFailed at initialize: .*The server failed to answer/);
          expect(lastLine(run.output())).toMatch(/log/);
        },
      ),
    60_000,
  );

  it("says which file is missing", async () => {
    const file = join(clone, "server", "src", "tools", "add.ts");
    const text = readFileSync(file, "utf8");
    rmSync(file);
    try {
      const run = npmStart(["--", "--check"], await freePort());
      expect(await run.ended).toBe(1);
      expect(run.output()).toMatch(/Failed at .*add\.ts/s);
    } finally {
      writeFileSync(file, text);
    }
  }, 60_000);
});

describe("npm start", () => {
  it.each<[string, (run: Run) => void]>([
    ["Ctrl-C", (run) => process.kill(-(run.child.pid ?? 0), "SIGINT")],
    ["SIGTERM to npm alone", (run) => run.child.kill("SIGTERM")],
    ["SIGTERM to the group", (run) => process.kill(-(run.child.pid ?? 0), "SIGTERM")],
  ])(
    "stays up, prints what to paste, and ends with %s: port freed, no process left",
    async (_name, stop) => {
      const port = await freePort();
      const run = npmStart([], port);
      await untilPrinted(run, "Ctrl-C stops it");
      const printed = /\{\n {2}"servers"[\s\S]*?\n\}/.exec(run.output())?.[0] ?? "";
      const server = JSON.parse(printed).servers["remote-mcp-server"];
      expect(server.url).toBe(`http://127.0.0.1:${port}/mcp`);
      const token = spawn("npm", ["run", "--silent", "token"], { cwd: clone, stdio: ["ignore", "pipe", "inherit"] });
      let out = "";
      token.stdout.setEncoding("utf8").on("data", (chunk: string) => (out += chunk));
      await new Promise((resolve) => token.on("close", resolve));
      expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
      const answer = await fetch(server.url, {
        method: "POST",
        headers: {
          Authorization: `Bearer ${out.trim()}`,
          "Content-Type": "application/json",
          Accept: "application/json, text/event-stream",
        },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
      });
      expect(answer.status).toBe(200);

      const [login = ""] = /http:\/\/127\.0\.0\.1:\d+\/$/m.exec(run.output()) ?? [];
      const begun = await fetch(login, { redirect: "manual" });
      expect(begun.headers.get("location")).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/authorize\\?`));

      stop(run);
      await run.ended;
      await expect(fetch(server.url)).rejects.toThrow();
      expect(processesOfClone()).toEqual([]);
    },
    60_000,
  );
});

async function untilPrinted(run: Run, text: string): Promise<void> {
  let ended = false;
  void run.ended.then(() => {
    ended = true;
  });
  while (!run.output().includes(text)) {
    if (ended) throw new Error(`ended before it printed "${text}":\n${run.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What still runs of the clone: Linux tells where a process works and what it runs. */
function processesOfClone(): string[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => {
      try {
        return (
          readlinkSync(`/proc/${pid}/cwd`).startsWith(clone) ||
          readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(clone)
        );
      } catch {
        return false; // It ended between the listing and the look.
      }
    });
}
