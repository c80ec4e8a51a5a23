import { z } from "zod";
import { flag, runCommand } from "../command.ts";
import { environmentOption, loginEnvironment } from "./environment.ts";
import { rotateSealingSecret } from "./rotate.ts";

await runCommand({
  name: "rotate-key",
  summary:
    "makes a new secret for the OAuth function's codes, refresh tokens and registrations; the one before stays good.",
  options: z.object({
    env: environmentOption,
    force: flag("also where the last rotation is so recent that logins would end"),
  }),
  notes: `Run it once for each new environment, and then about once a year. Running functions learn of it within five minutes.
Nothing secret is printed.`,
  async run({ env, force }) {
    const { name, ssm, sealingParameter } = loginEnvironment(env);
    const { first, accepted } = await rotateSealingSecret(ssm, sealingParameter, { force });
    const text = first
      ? `${name}: the first sealing secret is set; logins work now.`
      : `${name}: a new sealing secret is set; what the one before has sealed stays good until the next rotation.`;
    return { text, data: { environment: name, parameter: sealingParameter, accepted } };
  },
});
