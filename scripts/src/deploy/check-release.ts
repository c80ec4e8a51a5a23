import { z } from "zod";
import { lambdaClient, readMachineCredentials } from "../aws.ts";
import { CommandError, option, required, runCommand } from "../command.ts";
import { readRelease } from "../release/release.ts";
import { lambdaFunctions } from "./lambda.ts";
import { releaseProblems } from "./promotable.ts";
import { readTarget } from "./target.ts";
import { throughPublicUrl } from "./through-public-url.ts";

await runCommand({
  name: "check-release",
  summary: "checks that an environment serves exactly a release and is healthy: what promotion to prod asks of dev.",
  options: z.object({
    outputs: required("<file>", "the environment's Terraform outputs (`terraform output -json`), - for stdin"),
    release: option("<folder>", "the release (default: dist/release)"),
    digest: option("<sha256>", "what release.json must have"),
  }),
  notes: "Exit codes: 0 it does; 1 it does not, with every reason.",
  async run({ outputs, release: folder = "dist/release", digest }, say) {
    const release = readRelease(folder, digest || undefined);
    const target = readTarget(outputs);
    const problems = await releaseProblems(lambdaFunctions(lambdaClient()), target.functions, release);
    if (problems.length > 0)
      throw new CommandError(`Release ${release.commit} may not be promoted:\n${problems.join("\n")}`);
    const credentials = await readMachineCredentials(target.machineSecretName);
    await throughPublicUrl(target.mcpUrl, credentials, say)();
    return {
      text: `${target.mcpUrl} serves release ${release.commit} and is healthy.`,
      data: { release: release.commit, url: target.mcpUrl },
    };
  },
});
