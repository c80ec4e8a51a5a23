import { z } from "zod";
import { readTarget } from "./target.ts";

/**
 * How often a function ran so far, by the end of its name. The count is the whole stack's, so the suite runs its files one after the other
 * (`--runInBand`). Local stacks only: a deployed one would have to be asked through CloudWatch.
 */
export async function invocations(name: "mcp" | "oauth" = "mcp"): Promise<number> {
  const { local } = readTarget();
  if (local === undefined) return 0;
  const answer = await fetch(new URL("/_local/invocations", local.internal));
  const counts = z.record(z.string(), z.number()).parse(await answer.json());
  return Object.entries(counts).reduce((sum, [fn, count]) => (fn.endsWith(`-${name}`) ? sum + count : sum), 0);
}
