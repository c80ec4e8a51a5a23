import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { CommandError, exit, option, required, runCommand } from "../command.ts";
import { HcpTerraform } from "./api.ts";
import { judge } from "./run.ts";

const MINUTES = 60;
const POLL_SECONDS = 10;

await runCommand({
  name: "wait-run",
  summary: "waits until a run of HCP Terraform is applied, where a person confirms it there.",
  options: z.object({
    run: required("<id>", "the run"),
    link: option("<url>", "where to confirm it"),
    minutes: option("<n>", `how long to wait (default: ${MINUTES})`),
  }),
  notes: `Reads TF_API_TOKEN, and TF_HOSTNAME_URL for another address than HCP's.

Exit codes: 0 applied, or nothing to apply; 1 the run ended otherwise; 3 nobody confirmed it in time.`,
  async run({ run: id, link = "", minutes }, say) {
    const token = process.env.TF_API_TOKEN;
    if (!token) throw new CommandError("TF_API_TOKEN is not set.", exit.usage);
    const hcp = new HcpTerraform({ token, origin: process.env.TF_HOSTNAME_URL });
    const deadline = Date.now() + Number(minutes ?? MINUTES) * 60_000;
    let last = "";
    for (;;) {
      const run = await hcp.run(id, link);
      const { next, text } = judge(run);
      if (next === "done") return { text, data: run };
      if (next === "stop") return { text, data: run, exitCode: exit.failed };
      if (text !== last) say(text);
      last = text;
      if (Date.now() > deadline)
        throw new CommandError(
          `Nobody confirmed the run in time. ${link} It stays as it is; discard it there if it must not be applied.`,
          exit.needsPerson,
        );
      await sleep(Math.min(POLL_SECONDS * 1_000, Math.max(0, deadline - Date.now()) + 1));
    }
  },
});
