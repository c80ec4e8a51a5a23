import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { CommandError, option, required, runCommand } from "../command.ts";
import { digestOf, RELEASE_FILE, readRelease } from "./release.ts";

await runCommand({
  name: "verify-release",
  summary: "checks that a folder is exactly the release that was asked for, byte for byte.",
  options: z.object({
    commit: required("<commit>", "the release's full commit id"),
    release: option("<folder>", "the release (default: dist/release)"),
    digest: option("<sha256>", "what release.json must have; empty or absent: not known"),
  }),
  notes: "Writes digest (release.json's sha256) to $GITHUB_OUTPUT. Exit codes: 0 it is, 1 it is not.",
  async run({ commit, release: folder = "dist/release", digest }) {
    const release = readRelease(folder, digest || undefined);
    if (release.commit !== commit) throw new CommandError(`The folder is release ${release.commit}, not ${commit}.`);
    const actual = digestOf(join(folder, RELEASE_FILE));
    if (process.env.GITHUB_OUTPUT) appendFileSync(process.env.GITHUB_OUTPUT, `digest=${actual}\n`);
    return { text: `Release ${commit}, ${actual}`, data: { commit, digest: actual } };
  },
});
