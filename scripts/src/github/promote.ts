import { z } from "zod";
import { CommandError, option, required, runCommand } from "../command.ts";
import { github, repositoryFrom } from "./api.ts";

await runCommand({
  name: "promote",
  summary: "starts the promotion of a release from dev to prod (workflow promote-prod).",
  options: z.object({
    release: required("<commit>", "the release's full commit id"),
    repository: option("<owner/name>", "default: GITHUB_REPOSITORY"),
    ref: option("<branch>", "whose workflow to run (default: develop)"),
  }),
  notes: `Reads GITHUB_TOKEN (actions: write). The workflow checks that dev serves exactly this release and is healthy, plans
prod, and waits for a reviewer before it applies.

Exit codes: 0 started, 1 not.`,
  async run({ release, repository: name, ref = "develop" }) {
    if (!/^[0-9a-f]{40}$/.test(release))
      throw new CommandError(`--release ${release} is not a full commit id (40 hexadecimal digits).`);
    const repository = repositoryFrom(process.env, name);
    await github(repository, "POST", "/actions/workflows/promote-prod.yml/dispatches", { ref, inputs: { release } });
    const url = `https://github.com/${repository.name}/actions/workflows/promote-prod.yml`;
    return { text: `The promotion of ${release} has started: ${url}`, data: { release, ref, url } };
  },
});
