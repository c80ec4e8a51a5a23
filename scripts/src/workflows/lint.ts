import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { z } from "zod";
import { checkers, isClean } from "../checkers/checkers.ts";
import { exit, flag, runCommand } from "../command.ts";
import { problems } from "./references.ts";
import { readWorkflows } from "./workflow.ts";

await runCommand({
  name: "lint-workflows",
  summary: "checks the workflows: every reference against what it names (pinned actions too), actionlint, zizmor.",
  options: z.object({ "references-only": flag("without the checkers that have to be installed first") }),
  notes: "actionlint needs go, zizmor python3; installed into .local once. Exit codes: 0 clean, 1 not.",
  async run({ "references-only": only }, say) {
    const workflows = readWorkflows();
    const found = problems(workflows);
    for (const problem of found) say(problem);
    say(`${workflows.length} workflows, ${found.length} problems with references`);
    const results = { references: found.length === 0 };
    if (!only) {
      if (onPath("go")) Object.assign(results, { actionlint: isClean(checkers.actionlint) });
      else say("actionlint: SKIPPED, go is not on PATH");
      Object.assign(results, { zizmor: isClean(checkers.zizmor) });
    }
    const text = Object.entries(results).map(([name, clean]) => `${name}: ${clean ? "clean" : "see above"}`);
    return {
      text: text.join("\n"),
      data: results,
      exitCode: Object.values(results).every(Boolean) ? exit.done : exit.failed,
    };
  },
});

function onPath(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));
}
