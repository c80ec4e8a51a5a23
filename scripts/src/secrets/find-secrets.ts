import { spawnSync } from "node:child_process";
import { z } from "zod";
import { CommandError, exit, flag, runCommand } from "../command.ts";
import { root } from "../workflows/workflow.ts";
import { findSecrets } from "./patterns.ts";

await runCommand({
  name: "find-secrets",
  summary: "looks for keys and tokens of AWS, HCP Terraform, GitHub and npm in what git tracks.",
  options: z.object({ staged: flag("only in what is about to be committed, as it is staged") }),
  notes: "Exit codes: 0 none, 1 some (kind, file and line; never the secret).",
  async run({ staged }) {
    const files = git(staged ? ["diff", "--cached", "--name-only", "--diff-filter=ACM", "-z"] : ["ls-files", "-z"])
      .split("\0")
      .filter((file) => file !== "");
    const found = files.flatMap((file) =>
      findSecrets(git(["show", `:${file}`])).map((secret) => ({ file, ...secret })),
    );
    const lines = found.map(
      ({ file, line, kind }) => `${file}:${line} looks like a ${kind}: remove it, and revoke it if it was ever pushed.`,
    );
    return {
      text: [...lines, `${files.length} files, ${found.length} secrets`].join("\n"),
      data: { files: files.length, found },
      exitCode: found.length === 0 ? exit.done : exit.failed,
    };
  },
});

/** The index is what will be committed; the file on disk may be another one. */
function git(args: string[]): string {
  const { status, stdout, stderr } = spawnSync("git", args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
  if (status !== 0) throw new CommandError(`git ${args.join(" ")} failed: ${stderr.trim()}`);
  return stdout;
}
