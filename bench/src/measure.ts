import { spawnSync } from "node:child_process";
import { join } from "node:path";
import * as z from "zod";
import { calls, type Era, environment } from "./calls.ts";

const probe = join(import.meta.dirname, "probe.mjs");
const result = z.object({ cold: z.number(), warm: z.number().optional() });

/** Runs one fresh process; times in milliseconds. */
export function run(bundle: string, era: Era, warmCalls = 0): { cold: number; warm?: number | undefined } {
  const child = spawnSync(process.execPath, [probe, bundle, JSON.stringify(calls[era]), String(warmCalls)], {
    env: environment,
    encoding: "utf8",
    // Logs are written and thrown away: writing them is part of the call, reading them is not.
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (child.status !== 0) throw new Error(`${bundle} failed for an ${era} call:\n${child.stderr}`);
  return result.parse(JSON.parse(child.stderr));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
