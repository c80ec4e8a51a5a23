import { z } from "zod";
import { exit, runCommand } from "../command.ts";
import { problems } from "./references.ts";
import { readWorkflows } from "./workflow.ts";

await runCommand({
  name: "lint-workflows",
  summary: "checks that every input, output, secret and command that a workflow names exists, in pinned actions too.",
  options: z.object({}),
  notes: "Exit codes: 0 clean, 1 not.",
  async run() {
    const workflows = readWorkflows();
    const found = problems(workflows);
    const count = `${workflows.length} workflows, ${found.length} problems`;
    return {
      text: [...found, count].join("\n"),
      data: { workflows: workflows.length, problems: found },
      exitCode: found.length === 0 ? exit.done : exit.failed,
    };
  },
});
