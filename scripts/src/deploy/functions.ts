import type { FunctionRef } from "./target.ts";

/** What an alias points at, and what is written beside it. */
export interface Alias {
  readonly version: string;
  readonly description: string;
  /** Changes with every change of the alias: a move names the revision it has seen, so that two movers never overwrite each other. */
  readonly revision: string;
}

/** A function's code and configuration, as `$LATEST` has it or a version froze it. */
export interface Snapshot {
  readonly version: string;
  /** 64 hexadecimal digits, as in `release.json`. */
  readonly codeSha256: string;
  /** What the environment decides, by name; compared, never printed. */
  readonly settings: Readonly<Record<string, string>>;
  readonly description: string;
  readonly revision: string;
}

/** Where a zip lies. */
export interface CodeSource {
  readonly bucket: string;
  readonly key: string;
}

/** The few things delivery does with Lambda. Every method either did it or threw; `Superseded` where somebody else was faster. */
export interface Functions {
  alias(fn: FunctionRef): Promise<Alias>;
  /** @param version a published one or `$LATEST` */
  snapshot(fn: FunctionRef, version: string): Promise<Snapshot>;
  /** Gives `$LATEST` this code and waits until Lambda has taken it over. */
  updateCode(fn: FunctionRef, source: CodeSource, revision: string): Promise<Snapshot>;
  /** Freezes `$LATEST` if it is still what the caller has seen; the newest version again where nothing changed since. */
  publish(fn: FunctionRef, latest: Snapshot, description: string): Promise<Snapshot>;
  /** Calls one version directly and returns everything it streamed. @throws when the function failed */
  invoke(fn: FunctionRef, version: string, event: unknown): Promise<Uint8Array>;
  moveAlias(fn: FunctionRef, to: Alias): Promise<Alias>;
  /** Published versions, oldest first. */
  versions(fn: FunctionRef): Promise<readonly Snapshot[]>;
  deleteVersion(fn: FunctionRef, version: string): Promise<void>;
}

/** Somebody else changed the function or the alias since it was read. */
export class Superseded extends Error {}

/** The names of the settings in which two snapshots differ. */
export function changedSettings(a: Snapshot, b: Snapshot): string[] {
  const names = new Set([...Object.keys(a.settings), ...Object.keys(b.settings)]);
  return [...names].filter((name) => a.settings[name] !== b.settings[name]).toSorted();
}
