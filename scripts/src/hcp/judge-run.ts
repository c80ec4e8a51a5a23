import { appendFileSync } from "node:fs";
import { z } from "zod";
import { exit, flag, runCommand } from "../command.ts";
import { judge, readActionPayload } from "./run.ts";

await runCommand({
  name: "judge-run",
  summary: "says what to do about the run that the create-run action has made.",
  options: z.object({ speculative: flag("the run can never be applied: a policy's soft failure is only reported") }),
  notes: `Reads RUN_PAYLOAD and RUN_LINK, the outputs of the action, from the environment (never from arguments: they
are other people's text). Writes next=apply, done, wait or stop to $GITHUB_OUTPUT.

Exit codes: 0 go on with \`next\`; 1 the run will not get anywhere.`,
  async run({ speculative }) {
    const run = readActionPayload(process.env.RUN_PAYLOAD ?? "", process.env.RUN_LINK ?? "");
    const verdict = judge(run);
    if (process.env.GITHUB_OUTPUT) appendFileSync(process.env.GITHUB_OUTPUT, `next=${verdict.next}\n`);
    const fine = verdict.next !== "stop" || (speculative && run.status === "policy_soft_failed");
    return { text: verdict.text, data: { ...run, ...verdict }, exitCode: fine ? exit.done : exit.failed };
  },
});
