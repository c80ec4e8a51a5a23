import { z } from "zod";
import { CommandError, required, runCommand } from "../command.ts";
import { judge, readActionPayload } from "../hcp/run.ts";
import { github, githubPages, repositoryFrom } from "./api.ts";

/** Finds the comment again, so that a pull request has one and not one per push. */
const MARKER = "<!-- plan of dev -->";
const comments = z.array(z.object({ id: z.number(), body: z.string().nullish() }));
const count = z.string().regex(/^\d+$/);

await runCommand({
  name: "comment-plan",
  summary: "writes the numbers of a speculative plan into the pull request, in one comment that each push updates.",
  options: z.object({ "pull-request": required("<number>", "its number") }),
  notes: `Reads RUN_PAYLOAD, RUN_LINK, PLAN_ADD, PLAN_CHANGE and PLAN_DESTROY (outputs of the actions), GITHUB_TOKEN
(pull-requests: write) and GITHUB_REPOSITORY.

Exit codes: 0 written, 1 not.`,
  async run({ "pull-request": number }) {
    if (!count.safeParse(number).success) throw new CommandError(`--pull-request ${number} is no number.`);
    const repository = repositoryFrom(process.env);
    const run = readActionPayload(process.env.RUN_PAYLOAD ?? "", "");
    const numbers = ["ADD", "CHANGE", "DESTROY"].map((name) => count.safeParse(process.env[`PLAN_${name}`]).data);
    const changes = numbers.every((value) => value !== undefined)
      ? `${numbers[0]} to add, ${numbers[1]} to change, ${numbers[2]} to destroy.`
      : "There are no numbers: the plan did not finish.";
    const link = process.env.RUN_LINK ? `\n\n[The run in HCP Terraform](${process.env.RUN_LINK})` : "";
    const body = `${MARKER}\n#### Plan of dev\n\n${changes} ${judge(run).text}${link}`;
    const found = (await githubPages(repository, `/issues/${number}/comments`, comments)).find((comment) =>
      comment.body?.startsWith(MARKER),
    );
    if (found) await github(repository, "PATCH", `/issues/comments/${found.id}`, { body });
    else await github(repository, "POST", `/issues/${number}/comments`, { body });
    return { text: changes, data: { changes, updated: found !== undefined } };
  },
});
