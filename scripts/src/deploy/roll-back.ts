import { CommandError } from "../command.ts";
import { type Alias, type Functions, Superseded } from "./functions.ts";
import { readRecord, releaseOfVersion, writeRecord } from "./record.ts";
import { ending, type Result, reason } from "./result.ts";
import type { FunctionRef } from "./target.ts";

export interface RollBackInput {
  readonly functions: Functions;
  readonly refs: readonly FunctionRef[];
  /** Versions chosen by hand, by function; a function that is not named stays where it is. */
  readonly to?: Readonly<Record<string, string>> | undefined;
  readonly smoke: () => Promise<unknown>;
  readonly by: string;
  readonly now: () => Date;
  readonly say: (line: string) => void;
}

interface Step {
  readonly fn: FunctionRef;
  readonly to: string;
  alias: Alias;
}

/**
 * Points the aliases at the versions before the release that serves (or at chosen ones), first of all; then does the main
 * job through the public URL and says whether that helped. Never moves forward again by itself.
 */
export async function rollBack(input: RollBackInput): Promise<Result> {
  const { functions, refs, to, smoke, by, now, say } = input;
  const steps: Step[] = [];
  for (const fn of refs) {
    const alias = await functions.alias(fn);
    const version = to ? (to[fn.key] ?? alias.version) : readRecord(alias.description)?.previous;
    if (version === undefined) throw new CommandError(await unknown(functions, fn));
    steps.push({ fn, to: version, alias });
  }
  if (steps.every((step) => step.to === step.alias.version)) {
    const choices = await Promise.all(refs.map((fn) => listVersions(functions, fn)));
    return ending(
      "refused",
      steps,
      `There is nothing to move: these versions serve already. Choose others with --to:\n${choices.join("\n")}`,
    );
  }

  const mark = async (step: Step, state: "trying" | "serving") => {
    const { description } = await functions.snapshot(step.fn, step.to);
    const release = releaseOfVersion(description) ?? "unknown";
    const record = { release, state, previous: step.to, by, at: now().toISOString() };
    const from = step.alias.version;
    step.alias = await functions.moveAlias(step.fn, {
      version: step.to,
      description: writeRecord(record),
      revision: step.alias.revision,
    });
    if (from !== step.to)
      say(`${step.fn.key}: ${step.fn.alias} moved from version ${from} to ${step.to} (release ${release})`);
  };
  try {
    for (const step of steps) await mark(step, "trying");
  } catch (error) {
    const outcome = error instanceof Superseded ? "superseded" : "stuck";
    return ending(outcome, steps, `Not every function was moved: ${reason(error)}\nRun this again.`);
  }
  try {
    await smoke();
  } catch (error) {
    return ending(
      "stuck",
      steps,
      `The aliases are moved, and the public URL still fails: ${reason(error)}\nThe code is not the only cause. Choose an older version with --to, or look at the infrastructure.`,
    );
  }
  try {
    for (const step of steps) await mark(step, "serving");
  } catch (error) {
    return ending(
      "stuck",
      steps,
      `Rolled back and proven, but that could not be written down: ${reason(error)}\nRun this again.`,
    );
  }
  return ending("moved back", steps, "The public URL answers. The next release goes forward from here.");
}

async function unknown(functions: Functions, fn: FunctionRef): Promise<string> {
  return `The alias ${fn.alias} of ${fn.name} does not say what served before it. Choose with --to ${fn.key}=<version>:\n${await listVersions(functions, fn)}`;
}

async function listVersions(functions: Functions, fn: FunctionRef): Promise<string> {
  const versions = await functions.versions(fn);
  return versions
    .slice(-10)
    .map(({ version, description }) => `  ${fn.key}=${version}  ${description || "(no description)"}`)
    .join("\n");
}
