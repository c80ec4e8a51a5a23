import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthProcess } from "@remote-mcp/infra/synth-process";

/** Seconds of a whole process, and the most memory that it held, in MB. */
export interface ProcessFigure {
  readonly seconds: number;
  readonly mb: number;
}

/** Prints what the process has held when it ends (getrusage, kB on Linux and, as Node converts it, elsewhere). */
const REPORT = 'data:text/javascript,process.on("exit",()=>console.error("maxRSS",process.resourceUsage().maxRSS))';
const RUNS = 7;

/** All stacks after the type check, beside a Node that does nothing, in turn: the medians of each. */
export function measureSynth(): { readonly empty: ProcessFigure; readonly synth: ProcessFigure } {
  const outdir = mkdtempSync(join(tmpdir(), "bench-synth-"));
  try {
    const { args, env } = synthProcess(outdir);
    run(args, env); // Fills the compile cache, as the first synth of a clone does.
    const runs = Array.from({ length: RUNS }, () => ({ empty: run(["-e", "0"], env), synth: run(args, env) }));
    return { empty: median(runs.map(({ empty }) => empty)), synth: median(runs.map(({ synth }) => synth)) };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function run(args: readonly string[], env: NodeJS.ProcessEnv): ProcessFigure {
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ["--import", REPORT, ...args], { env, encoding: "utf8" });
  const seconds = (performance.now() - begin) / 1_000;
  if (status !== 0) throw new Error(`The stacks were not synthesized: ${stderr}`);
  return { seconds, mb: Number(/maxRSS (\d+)/.exec(stderr)?.[1]) / 1_024 };
}

function median(figures: readonly ProcessFigure[]): ProcessFigure {
  const middle = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
  return { seconds: middle(figures.map(({ seconds }) => seconds)), mb: middle(figures.map(({ mb }) => mb)) };
}
