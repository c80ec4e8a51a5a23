import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { type Gate, gates, SKIPPED } from "./gates.ts";

const help = `npm test: everything that can be proven without an AWS account.

usage: npm test [-- --only <gate>[,<gate>]] [-- --list]

  --only    run these gates only
  --list    print the gates and end
  --help    this text

A gate whose program this machine lacks is skipped and said so; nothing else is ever skipped.
The last line counts: every jest test, and every other gate as one.`;

const root = join(import.meta.dirname, "..", "..");
const { values } = parseArgs({
  options: { only: { type: "string" }, list: { type: "boolean" }, help: { type: "boolean" } },
});

const stopped = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stopped.abort());

interface Outcome {
  readonly gate: Gate;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  readonly note: string;
}

async function main(only: string[] | undefined): Promise<number> {
  const unknown = only?.filter((name) => !gates.some((gate) => gate.name === name)) ?? [];
  if (unknown.length > 0) {
    console.error(`No gate is called ${unknown.join(", ")}; \`npm test -- --list\` names them.`);
    return 2;
  }
  const wanted = gates.filter((gate) => only?.includes(gate.name) ?? true);
  const outcomes = new Map<Gate, Outcome>();
  const runAll = async (queue: readonly Gate[]) => {
    for (const gate of queue) outcomes.set(gate, await runGate(gate));
  };
  const queue = (name: Gate["queue"]) => wanted.filter((gate) => gate.queue === name);
  await runAll(queue("first"));
  await Promise.all([runAll(queue(undefined)), runAll(queue("beside"))]);
  return report(wanted.flatMap((gate) => outcomes.get(gate) ?? []));
}

async function runGate(gate: Gate): Promise<Outcome> {
  const missing = gate.needs?.filter((program) => !onPath(program)) ?? [];
  if (missing.length > 0) {
    const note = `SKIPPED: ${missing.join(", ")} is not on PATH. ${gate.withoutIt ?? ""}`.trim();
    return { gate, passed: 0, failed: 0, skipped: 1, seconds: 0, note };
  }
  const title = `\n── ${gate.name}: ${gate.proves}`;
  if (gate.queue !== "beside") console.log(title);
  const results = join(root, ".local", `${gate.name}-results.json`);
  mkdirSync(join(root, ".local"), { recursive: true });
  rmSync(results, { force: true });
  const start = performance.now();
  const command = gate.jest ? [...gate.command, "--json", `--outputFile=${results}`] : gate.command;
  const { code, output } = await run(command, gate.queue === "beside");
  if (gate.queue === "beside") console.log(`${title}\n${output.trimEnd()}`);
  const seconds = (performance.now() - start) / 1_000;
  if (gate.jest) return { gate, ...countJest(results, code), seconds };
  if (code === SKIPPED) {
    // CI is set up to run everything: there, what could not be had is a fault of the set-up.
    const inCi = process.env.CI === "true";
    const note = `${inCi ? "NOT RUN, which CI does not accept" : "SKIPPED"}: see above for what is missing`;
    return { gate, passed: 0, failed: inCi ? 1 : 0, skipped: inCi ? 0 : 1, seconds, note };
  }
  return { gate, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, seconds, note: "" };
}

const jestResults = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  numRuntimeErrorTestSuites: z.number(),
});

/** A jest test that is skipped or to do is a failure: what a machine lacks is a gate's business. */
function countJest(file: string, code: number): Omit<Outcome, "gate" | "seconds"> {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0, note: "jest wrote no results" };
  const results = jestResults.parse(JSON.parse(readFileSync(file, "utf8")));
  const idle = results.numPendingTests + results.numTodoTests;
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + idle;
  return {
    passed: results.numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: 0,
    note: idle > 0 ? `${idle} tests are skipped or to do: run or remove them` : "",
  };
}

/** Runs a command on this Node: in full view, or quietly with its output kept for later. */
function run(command: readonly string[], quietly: boolean): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const stream = quietly ? "pipe" : "inherit";
    const child = spawn(process.execPath, command, {
      cwd: root,
      stdio: ["ignore", stream, stream],
      signal: stopped.signal,
    });
    let output = "";
    for (const source of [child.stdout, child.stderr])
      source?.setEncoding("utf8").on("data", (text) => (output += text));
    child.on("error", (error) => (output += `${error.message}\n`));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

function onPath(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));
}

function report(outcomes: readonly Outcome[]): number {
  console.log("\n");
  for (const { gate, passed, failed, skipped, seconds, note } of outcomes) {
    const mark = failed > 0 ? "✗" : skipped > 0 ? "-" : "✓";
    const counts = `${passed} passed${failed > 0 ? `, ${failed} failed` : ""}`;
    console.log(
      `${mark} ${gate.name.padEnd(14)} ${counts.padEnd(24)} ${seconds.toFixed(1).padStart(6)} s  ${note || gate.proves}`,
    );
  }
  const sum = (key: "passed" | "failed" | "skipped") => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  console.log(`\n${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
  return sum("failed") === 0 ? 0 : 1;
}

if (values.help) console.log(help);
else if (values.list) for (const { name, proves } of gates) console.log(`${name.padEnd(14)} ${proves}`);
else process.exitCode = await main(values.only?.split(","));
