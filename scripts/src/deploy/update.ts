import type { Release } from "../release/release.ts";
import {
  type Alias,
  type CodeSource,
  changedSettings,
  type Functions,
  type Snapshot,
  Superseded,
} from "./functions.ts";
import { type AliasRecord, readRecord, releaseOfVersion, versionDescription, writeRecord } from "./record.ts";
import { ending, type Result, reason } from "./result.ts";
import type { FunctionRef } from "./target.ts";

/** Longer than an update can take (the workflow's own time limit): after it a `trying` alias is nobody's any more. */
const TRYING_MINUTES = 15;

export interface UpdateInput {
  readonly functions: Functions;
  readonly refs: readonly FunctionRef[];
  readonly release: Release;
  /** Where the release's zips lie, by function. */
  readonly source: (fn: FunctionRef) => CodeSource;
  /** Tries one version directly, before anybody meets it. Returns one line; throws when the version must not serve. */
  readonly probe: (fn: FunctionRef, version: string) => Promise<string>;
  /** Does the main job through the public URL. Throws when it fails. */
  readonly smoke: () => Promise<unknown>;
  readonly by: string;
  readonly now: () => Date;
  readonly say: (line: string) => void;
  /** Take over from an update that is still marked as running. */
  readonly takeOver?: boolean;
}

/** One function as an update finds it. */
interface Found {
  readonly fn: FunctionRef;
  readonly before: Alias;
  readonly record: AliasRecord | undefined;
  /** The version to go back to. */
  readonly proven: string;
}

/** One function on its way. */
interface Move extends Found {
  readonly candidate: Snapshot;
  /** As this run left the alias. */
  alias: Alias;
}

/**
 * Brings a release to an environment: publish by digest, try the new versions directly, move the aliases, do the main job
 * through the public URL, and move the aliases back where that fails. All functions are one release. Running it again is
 * always safe: what is done already is found done, and an update that was cut off is taken up where it stopped.
 */
export async function updateRelease(input: UpdateInput): Promise<Result> {
  const { say, smoke, release } = input;
  const moves: Move[] = [];
  try {
    const aliases = await readAliases(input);
    for (const found of aliases) moves.push(await prepare(input, found));
    const settled = moves.every(
      ({ record, candidate, before }) => isServing(record, release) && candidate.version === before.version,
    );
    if (settled)
      return ending(
        "unchanged",
        moves,
        `Release ${release.commit} serves already, with this configuration. Nothing was done.`,
      );
    for (const { fn, candidate, before } of moves) {
      if (candidate.version !== before.version)
        say(`${fn.key}: version ${candidate.version} ${await input.probe(fn, candidate.version)}`);
    }
  } catch (error) {
    return refused(moves, error);
  }

  try {
    for (const move of moves) await point(input, move, "trying");
    await smoke();
  } catch (error) {
    return undo(input, moves, error);
  }
  say("smoke test through the public URL passed");

  try {
    for (const move of moves) await point(input, move, "serving");
  } catch (error) {
    return unconfirmed(moves, error);
  }
  return ending("updated", moves, `Release ${release.commit} serves.`);
}

async function readAliases({ functions, refs, release, now, takeOver }: UpdateInput): Promise<Found[]> {
  const aliases: Omit<Found, "proven">[] = [];
  for (const fn of refs) {
    if (release.functions[fn.key] === undefined) {
      throw new Error(
        `Release ${release.commit} has no ${fn.key} function, and this environment has one: it is an older release than its infrastructure.`,
      );
    }
    const before = await functions.alias(fn);
    const record = readRecord(before.description);
    const age = record ? now().getTime() - Date.parse(record.at) : 0;
    const running = record?.state === "trying" && record.release !== release.commit && age < TRYING_MINUTES * 60_000;
    if (running && !takeOver) {
      throw new Superseded(
        `${record.by} is bringing release ${record.release} to ${fn.name} since ${record.at}. Run this again when it has ended, or with --take-over if you know that it died.`,
      );
    }
    aliases.push({ fn, before, record });
  }
  // A release is proven as a whole: where one function is still being tried, the others of that release are not proven either.
  const unproven = new Set(aliases.flatMap(({ record }) => (record?.state === "trying" ? [record.release] : [])));
  return aliases.map((found) => ({
    ...found,
    proven: found.record && unproven.has(found.record.release) ? found.record.previous : found.before.version,
  }));
}

/** Finds or publishes the version that has the release's code and the configuration that Terraform has set. */
async function prepare(input: UpdateInput, found: Found): Promise<Move> {
  const { fn, before } = found;
  const { functions, release, say } = input;
  const wanted = release.functions[fn.key]?.sha256;
  const live = await functions.snapshot(fn, before.version);
  let latest = await functions.snapshot(fn, "$LATEST");
  const settings = changedSettings(live, latest);
  const move = { ...found, alias: before };
  if (live.codeSha256 === wanted && settings.length === 0) return { ...move, candidate: live };

  const code = live.codeSha256 === wanted ? "code unchanged" : `code ${wanted?.slice(0, 12)}`;
  say(
    `${fn.key}: ${code}, ${settings.length === 0 ? "configuration unchanged" : `configuration changed (${settings.join(", ")})`}`,
  );
  if (latest.codeSha256 !== wanted) latest = await functions.updateCode(fn, input.source(fn), latest.revision);
  if (latest.codeSha256 !== wanted) {
    throw new Error(
      `${fn.name} has the code ${latest.codeSha256} after the update, and the release says ${wanted}: the zip in the bucket is another one. Upload the release again.`,
    );
  }
  const candidate = await functions.publish(fn, latest, versionDescription(release.commit));
  if (candidate.codeSha256 !== wanted) throw new Superseded(`somebody else gave ${fn.name} other code`);
  return { ...move, candidate };
}

/** Points the alias at the candidate and writes down what for. Only if it is as this run last saw it. */
async function point(
  { functions, release, by, now, say }: UpdateInput,
  move: Move,
  state: AliasRecord["state"],
): Promise<void> {
  const { fn, candidate, proven, alias } = move;
  const record: AliasRecord = { release: release.commit, state, previous: proven, by, at: now().toISOString() };
  move.alias = await functions.moveAlias(fn, {
    version: candidate.version,
    description: writeRecord(record),
    revision: alias.revision,
  });
  if (alias.version !== candidate.version)
    say(`${fn.key}: ${fn.alias} moved from version ${alias.version} to ${candidate.version}`);
}

const isServing = (record: AliasRecord | undefined, { commit }: Release) =>
  record?.state === "serving" && record.release === commit;

/** Moves back what was moved, and says whether that helped. */
async function undo(input: UpdateInput, moves: Move[], cause: unknown): Promise<Result> {
  const { functions, release, say } = input;
  const touched = moves.filter(({ alias, before }) => alias !== before);
  say(`failed: ${reason(cause)}`);
  for (const move of touched.toReversed()) {
    const { fn, proven, alias, before } = move;
    try {
      // Resumed after a cut: the description from before the move is gone, but the version knows its release.
      const resumed = before.version !== proven;
      const description = resumed ? await describe(input, fn, proven) : before.description;
      move.alias = await functions.moveAlias(fn, { version: proven, description, revision: alias.revision });
      if (alias.version !== proven) say(`${fn.key}: ${fn.alias} moved back from version ${alias.version} to ${proven}`);
    } catch (error) {
      return stuck(moves, move, cause, error);
    }
  }
  if (cause instanceof Superseded) {
    return ending(
      "superseded",
      moves,
      `Somebody else moved an alias meanwhile (${cause.message}). What this run moved is back; run it again when the other one has ended.`,
    );
  }
  const moved = touched.filter(({ candidate, proven }) => candidate.version !== proven);
  if (moved.length === 0) {
    return ending(
      "refused",
      moves,
      `${reason(cause)}\nRelease ${release.commit} fails through the public URL, with the versions that served before: no version was changed, so look at what else was (infrastructure, credentials, network).`,
    );
  }
  const still = await input.smoke().then(
    () => "They pass the same test.",
    (error: unknown) => `They fail the same test as well (${reason(error)}): the release is not the only cause.`,
  );
  return ending(
    "rolled back",
    moves,
    `${reason(cause)}\nRelease ${release.commit} failed through the public URL. The former versions serve again. ${still}`,
  );
}

async function describe({ functions, by, now }: UpdateInput, fn: FunctionRef, version: string): Promise<string> {
  const release = releaseOfVersion((await functions.snapshot(fn, version)).description);
  return release === undefined
    ? ""
    : writeRecord({ release, state: "serving", previous: version, by, at: now().toISOString() });
}

function refused(moves: readonly Move[], error: unknown): Result {
  const outcome = error instanceof Superseded ? "superseded" : "refused";
  return ending(
    outcome,
    moves,
    `${reason(error)}\nNothing that callers meet was changed: correct it and run this again.`,
  );
}

function stuck(moves: readonly Move[], { fn, proven, alias }: Move, cause: unknown, error: unknown): Result {
  if (error instanceof Superseded) {
    return ending(
      "superseded",
      moves,
      `${reason(cause)}\nSomebody else moved ${fn.name} meanwhile (${reason(error)}), so this run left it alone. Look at what serves: npm run -s rollback -- --help`,
    );
  }
  return ending(
    "stuck",
    moves,
    [
      reason(cause),
      `Moving ${fn.name} back failed as well: ${reason(error)}`,
      `VERSION ${alias.version} SERVES AND IS BROKEN. Run this command again, or move it by hand:`,
      `  aws lambda update-alias --function-name ${fn.name} --name ${fn.alias} --function-version ${proven}`,
    ].join("\n"),
  );
}

function unconfirmed(moves: readonly Move[], error: unknown): Result {
  if (error instanceof Superseded) {
    return ending(
      "superseded",
      moves,
      `The release passed every test, then somebody else moved an alias (${reason(error)}). Look at what serves before running this again.`,
    );
  }
  return ending(
    "stuck",
    moves,
    `The release serves and passed every test, but that could not be written down: ${reason(error)}\nRun this again; it moves nothing.`,
  );
}
