import { CommandError } from "../command.ts";
import type { Functions } from "./functions.ts";
import { readRecord } from "./record.ts";
import type { FunctionRef } from "./target.ts";

/** What Lambda keeps costs nothing until an account has 75 GB of it; old versions are noise in an incident. */
export async function cleanUpVersions(
  functions: Functions,
  fn: FunctionRef,
  keep: number,
  dryRun: boolean,
): Promise<{ deleted: string[]; kept: string[] }> {
  if (!Number.isInteger(keep) || keep < 2)
    throw new CommandError("Keep at least 2: the version that serves and the one before it.");
  const alias = await functions.alias(fn);
  const needed = new Set([alias.version, readRecord(alias.description)?.previous]);
  const versions = (await functions.versions(fn)).map(({ version }) => version);
  const newest = new Set(versions.slice(-keep));
  const deleted = versions.filter((version) => !newest.has(version) && !needed.has(version));
  if (!dryRun) for (const version of deleted) await functions.deleteVersion(fn, version);
  return { deleted, kept: versions.filter((version) => !deleted.includes(version)) };
}
