import { z } from "zod";
import { actor } from "../actor.ts";
import { lambdaClient, readMachineCredentials } from "../aws.ts";
import { CommandError, exit, option, required, runCommand } from "../command.ts";
import { lambdaFunctions } from "./lambda.ts";
import { rollBack } from "./roll-back.ts";
import { readTarget } from "./target.ts";
import { throughPublicUrl } from "./through-public-url.ts";

await runCommand({
  name: "rollback",
  summary:
    "points an environment's functions at the versions before the release that serves, then tests the public URL.",
  options: z.object({
    outputs: required("<file>", "the environment's Terraform outputs (`terraform output -json`), - for stdin"),
    to: option("<key>=<version>[,...]", "choose the versions, as in mcp=6; functions that are not named stay"),
  }),
  notes: `Moves only aliases: code and configuration as they were frozen in those versions. Infrastructure stays as it is.

Exit codes: 0 the former versions serve and answer; 1 nothing to move; 2 wrong arguments;
3 moved, but a person must act; 4 somebody else moved an alias.`,
  async run({ outputs, to }, say) {
    const target = readTarget(outputs);
    const result = await rollBack({
      functions: lambdaFunctions(lambdaClient()),
      refs: target.functions,
      to:
        to === undefined
          ? undefined
          : parseVersions(
              to,
              target.functions.map(({ key }) => key),
            ),
      // In an incident the move comes first: the secret is read only when it is needed.
      smoke: async () => throughPublicUrl(target.mcpUrl, await readMachineCredentials(target.machineSecretName), say)(),
      by: actor(),
      now: () => new Date(),
      say,
    });
    return { text: result.message, data: result, exitCode: result.exitCode };
  },
});

function parseVersions(to: string, keys: readonly string[]): Record<string, string> {
  const pairs = to.split(",").map((pair) => /^(\w+)=(\d+)$/.exec(pair)?.slice(1) ?? []);
  for (const [key, version] of pairs) {
    if (key === undefined || version === undefined || !keys.includes(key)) {
      throw new CommandError(
        `--to ${to}: expected ${keys.map((name) => `${name}=<version>`).join(" or ")}`,
        exit.usage,
      );
    }
  }
  return Object.fromEntries(pairs);
}
