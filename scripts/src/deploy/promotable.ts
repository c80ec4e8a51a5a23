import { functionKeys, type Release } from "../release/release.ts";
import type { Functions } from "./functions.ts";
import { readRecord } from "./record.ts";
import type { FunctionRef } from "./target.ts";

/** Why an environment does not serve exactly this release, proven; empty when it does. */
export async function releaseProblems(
  functions: Functions,
  refs: readonly FunctionRef[],
  release: Release,
): Promise<string[]> {
  const problems: string[] = [];
  for (const key of functionKeys) {
    if (release.functions[key] && !refs.some((fn) => fn.key === key))
      problems.push(`${key}: the environment has no such function`);
  }
  for (const fn of refs) {
    const alias = await functions.alias(fn);
    const record = readRecord(alias.description);
    const { codeSha256 } = await functions.snapshot(fn, alias.version);
    if (record?.release !== release.commit) problems.push(`${fn.key}: release ${record?.release ?? "unknown"} serves`);
    else if (record.state !== "serving")
      problems.push(`${fn.key}: the release is still on trial (since ${record.at}, ${record.by})`);
    if (codeSha256 !== release.functions[fn.key]?.sha256)
      problems.push(`${fn.key}: version ${alias.version} has the code ${codeSha256}`);
  }
  return problems;
}
