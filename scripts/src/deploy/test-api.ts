import { z } from "zod";
import { readMachineCredentials } from "../aws.ts";
import { CommandError, exit, option, runCommand } from "../command.ts";
import { type SmokeStep, smoke } from "../smoke.ts";
import { readTarget } from "./target.ts";

await runCommand({
  name: "test-api",
  summary: "does the main job against a deployed environment, with a real token, and shows each step.",
  options: z.object({
    outputs: option("<file>", "the environment's Terraform outputs (`terraform output -json`), - for stdin"),
    secret: option("<name>", "instead of outputs: the machine client's secret,"),
    url: option("<url>", "and the URL of the MCP endpoint"),
  }),
  notes: "Changes nothing. Exit codes: 0 it works, 1 the failing step is named, 2 wrong arguments.",
  async run({ outputs, secret, url }, say) {
    const target = outputs === undefined ? undefined : readTarget(outputs);
    const endpoint = url ?? target?.mcpUrl;
    const name = secret ?? target?.machineSecretName;
    if (endpoint === undefined || name === undefined)
      throw new CommandError("Give --outputs, or --secret and --url.", exit.usage);
    const credentials = await readMachineCredentials(name);
    const line = ({ name: step, milliseconds, detail }: SmokeStep) =>
      say(`  ✓ ${step.padEnd(32)}${milliseconds.toFixed(0).padStart(6)} ms  ${detail}`);
    try {
      const steps = await smoke(endpoint, credentials, line);
      return { text: `${endpoint} works.`, data: { url: endpoint, steps } };
    } catch (error) {
      throw new CommandError(`  ✗ ${error instanceof Error ? error.message : error}`);
    }
  },
});
