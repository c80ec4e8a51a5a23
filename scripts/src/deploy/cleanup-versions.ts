import { z } from "zod";
import { lambdaClient } from "../aws.ts";
import { flag, option, required, runCommand } from "../command.ts";
import { cleanUpVersions } from "./clean-up.ts";
import { lambdaFunctions } from "./lambda.ts";
import { readTarget } from "./target.ts";

const KEEP = 10;

await runCommand({
  name: "cleanup-versions",
  summary: "deletes old published versions of an environment's functions; never what serves nor what a rollback needs.",
  options: z.object({
    outputs: required("<file>", "the environment's Terraform outputs (`terraform output -json`), - for stdin"),
    keep: option("<n>", `how many of the newest to keep (default: ${KEEP})`),
    "dry-run": flag("only say what would be deleted"),
  }),
  notes: "Exit codes: 0 done, 1 not done.",
  async run({ outputs, keep, "dry-run": dryRun }) {
    const functions = lambdaFunctions(lambdaClient());
    const results = [];
    for (const fn of readTarget(outputs).functions) {
      results.push({
        function: fn.name,
        ...(await cleanUpVersions(functions, fn, keep === undefined ? KEEP : Number(keep), dryRun)),
      });
    }
    const lines = results.map((result) => {
      const deleted = result.deleted.length === 0 ? "nothing" : result.deleted.join(", ");
      return `${result.function}: ${dryRun ? "would delete" : "deleted"} ${deleted}, kept ${result.kept.join(", ")}`;
    });
    return { text: lines.join("\n"), data: results };
  },
});
