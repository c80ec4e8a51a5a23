import { appendFileSync } from "node:fs";
import { z } from "zod";
import { CommandError, required, runCommand } from "../command.ts";
import { github, repositoryFrom } from "./api.ts";

/** The only workflow whose artifact may go to prod, and the branch it must have run on. */
const WORKFLOW = ".github/workflows/pr-closed-deploy-develop.yml";
const BRANCH = "develop";

const artifacts = z.object({
  artifacts: z.array(
    z.object({
      id: z.number(),
      expired: z.boolean(),
      created_at: z.string(),
      workflow_run: z.object({ id: z.number(), head_sha: z.string() }),
    }),
  ),
});
const run = z.object({
  path: z.string(),
  conclusion: z.string().nullable(),
  event: z.string(),
  head_branch: z.string().nullable(),
  html_url: z.string(),
});

await runCommand({
  name: "find-release",
  summary: "finds the workflow run that built and deployed a release to dev, for its artifact to be promoted.",
  options: z.object({ release: required("<commit>", "the release's full commit id, as dev's deployment names it") }),
  notes: `Reads GITHUB_TOKEN (actions: read) and GITHUB_REPOSITORY. Writes run-id and artifact to $GITHUB_OUTPUT.
Any workflow can upload an artifact of any name: only one of ${WORKFLOW} counts, and only if that run succeeded.

Exit codes: 0 found, 1 there is none.`,
  async run({ release }) {
    if (!/^[0-9a-f]{40}$/.test(release))
      throw new CommandError(`--release ${release} is not a full commit id (40 hexadecimal digits).`);
    const repository = repositoryFrom(process.env);
    const name = `release-${release}`;
    const found = artifacts.parse(
      await github(repository, "GET", `/actions/artifacts?name=${name}&per_page=100`),
    ).artifacts;
    const refused: string[] = [];
    for (const artifact of found.toSorted((a, b) => (a.created_at < b.created_at ? 1 : -1))) {
      const from = run.parse(await github(repository, "GET", `/actions/runs/${artifact.workflow_run.id}`));
      const problem = artifact.expired
        ? "its artifact has expired"
        : from.path.split("@")[0] !== WORKFLOW
          ? `it is a run of ${from.path}`
          : from.event !== "pull_request" && from.head_branch !== BRANCH
            ? `it ran on ${from.head_branch}`
            : from.conclusion !== "success"
              ? `its deployment ended with ${from.conclusion ?? "nothing yet"}`
              : undefined;
      if (problem === undefined) {
        const id = artifact.workflow_run.id;
        if (process.env.GITHUB_OUTPUT) appendFileSync(process.env.GITHUB_OUTPUT, `run-id=${id}\nartifact=${name}\n`);
        return {
          text: `Release ${release} was built by ${from.html_url}`,
          data: { runId: id, artifact: name, url: from.html_url },
        };
      }
      refused.push(`${from.html_url}: ${problem}`);
    }
    const why = refused.length === 0 ? "No run has an artifact of that name." : refused.join("\n");
    throw new CommandError(
      `There is no release ${release} to promote. ${why}\nDeploy it to dev first (workflow pr-closed-deploy-develop, by hand if its artifact has expired).`,
    );
  },
});
