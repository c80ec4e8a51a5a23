import { z } from "zod";
import { flag, option, runCommand } from "../command.ts";
import { github, githubPages, repositoryFrom } from "./api.ts";

const deployments = z.array(z.object({ id: z.number(), environment: z.string(), created_at: z.string() }));

await runCommand({
  name: "github-deployments-delete",
  summary: "deletes the repository's old deployment entries; the newest of each environment stays.",
  options: z.object({
    repository: option("<owner/name>", "default: GITHUB_REPOSITORY"),
    environment: option("<name>", "only this environment's"),
    "dry-run": flag("only say what would be deleted"),
  }),
  notes:
    "Reads GITHUB_TOKEN (deployments: write). Deletes entries, never what was deployed. Exit codes: 0 done, 1 not done.",
  async run({ repository: name, environment, "dry-run": dryRun }, say) {
    const repository = repositoryFrom(process.env, name);
    const query = environment === undefined ? "" : `?environment=${encodeURIComponent(environment)}`;
    const all = await githubPages(repository, `/deployments${query}`, deployments);
    const newest = new Map<string, string>();
    for (const { environment: of, created_at } of all)
      if (created_at > (newest.get(of) ?? "")) newest.set(of, created_at);
    const old = all.filter((deployment) => newest.get(deployment.environment) !== deployment.created_at);
    for (const { id, environment: of, created_at } of old) {
      say(`${dryRun ? "would delete" : "deleting"} ${id} (${of}, ${created_at})`);
      if (dryRun) continue;
      // GitHub deletes only what is not active.
      await github(repository, "POST", `/deployments/${id}/statuses`, { state: "inactive" });
      await github(repository, "DELETE", `/deployments/${id}`);
    }
    const kept = all.length - old.length;
    return {
      text: `${old.length} ${dryRun ? "would be deleted" : "deleted"}, ${kept} kept`,
      data: { deleted: old.map(({ id }) => id), kept },
    };
  },
});
