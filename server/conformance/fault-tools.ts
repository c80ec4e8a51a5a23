import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { defineTool, type Tool } from "../src/tools/tool.ts";

const annotations = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };

/** Tools that go wrong in every way a tool can, to see that only their own call suffers. */
function faulty(name: string, description: string, run: () => unknown): Tool {
  return defineTool({
    name,
    title: name,
    description,
    scope: "read",
    input: z.strictObject({}),
    output: z.object({}),
    annotations,
    run: async () => {
      await run();
      return { output: {} };
    },
  });
}

export const faultTools: readonly Tool[] = [
  faulty("fault_throw", "Throws an error with a secret in it.", () => {
    throw new Error("arn:aws:s3:::secret-bucket");
  }),
  faulty("fault_hang", "Never ends and does not listen to the deadline.", () => new Promise(() => {})),
  faulty("fault_exit", "Ends the process.", () => process.exit(7)),
  faulty("fault_rejection", "Leaves a rejection unhandled, then waits.", async () => {
    void Promise.reject(new Error("nobody handles this"));
    await sleep(1_000);
  }),
  faulty("fault_memory", "Allocates until the process dies.", () => {
    const hoard: unknown[] = [];
    for (;;) hoard.push(new Array(1_000_000).fill(hoard.length));
  }),
  faulty("fault_loop", "Never gives the processor back.", () => {
    for (;;);
  }),
  defineTool({
    name: "slow_progress",
    title: "Slow progress",
    description: "Reports progress at a steady pace, to see that the answer streams.",
    scope: "read",
    input: z.strictObject({ steps: z.int().min(1).max(100), pauseMs: z.int().min(0).max(30_000) }),
    output: z.object({ steps: z.number() }),
    annotations,
    async run({ steps, pauseMs }, { report, signal }) {
      for (let step = 1; step <= steps; step++) {
        await report(step, steps);
        await sleep(pauseMs, undefined, { signal });
      }
      return { output: { steps } };
    },
  }),
];
