import { type Alias, type CodeSource, type Functions, type Snapshot, Superseded } from "../src/deploy/functions.ts";
import type { FunctionRef } from "../src/deploy/target.ts";
import type { FunctionKey } from "../src/release/release.ts";

/** How a zip behaves once it runs, by its digest. */
export type Behaviour = "good" | "broken" | "broken through the URL";

interface Fn {
  latest: Snapshot;
  versions: Snapshot[];
  alias: Alias;
}

/**
 * Lambda's rules as far as an update meets them: revisions, versions that freeze code and settings, no new version without a
 * change. The emulator drill runs the same code against an independent implementation; this one can be cut off at any call.
 */
export class LambdaInMemory {
  readonly #fns = new Map<string, Fn>();
  #revision = 0;
  readonly behaviours: Readonly<Record<string, Behaviour>>;

  constructor(
    refs: readonly FunctionRef[],
    firstCode: (key: FunctionKey) => string,
    behaviours: Readonly<Record<string, Behaviour>>,
  ) {
    this.behaviours = behaviours;
    for (const { key, name } of refs) {
      const latest = this.#snapshot({ version: "$LATEST", codeSha256: firstCode(key), settings: { Environment: "a" } });
      const first = { ...latest, version: "1" };
      this.#fns.set(name, {
        latest,
        versions: [first],
        alias: { version: "1", description: "", revision: this.#next() },
      });
    }
  }

  /** What Terraform does between updates. */
  configure(name: string, settings: Record<string, string>): void {
    const fn = this.#fn(name);
    fn.latest = { ...fn.latest, settings, revision: this.#next() };
  }

  servedCode({ name }: FunctionRef): string {
    const { alias, versions } = this.#fn(name);
    return versions.find(({ version }) => version === alias.version)?.codeSha256 ?? "";
  }

  behaviourOf({ name }: FunctionRef, version: string): Behaviour {
    const code = this.#fn(name).versions.find((candidate) => candidate.version === version)?.codeSha256 ?? "";
    return this.behaviours[code] ?? "good";
  }

  aliasOf(name: string): Alias {
    return this.#fn(name).alias;
  }

  versionsOf(name: string): string[] {
    return this.#fn(name).versions.map(({ version }) => version);
  }

  /** The port as one process sees it. */
  functions(): Functions {
    return {
      alias: async ({ name }) => this.#fn(name).alias,
      snapshot: async ({ name }, version) => {
        const { latest, versions } = this.#fn(name);
        const found = version === "$LATEST" ? latest : versions.find((candidate) => candidate.version === version);
        if (!found) throw new Error(`${name} has no version ${version}`);
        return found;
      },
      updateCode: async ({ name }, { key }: CodeSource, revision) => {
        const fn = this.#fn(name);
        if (fn.latest.revision !== revision) throw new Superseded("the revision is another one");
        fn.latest = { ...fn.latest, codeSha256: /lambda\/(\w+)\.zip/.exec(key)?.[1] ?? "", revision: this.#next() };
        return fn.latest;
      },
      publish: async ({ name }, latest, description) => {
        const fn = this.#fn(name);
        if (fn.latest.revision !== latest.revision) throw new Superseded("the revision is another one");
        const newest = fn.versions.at(-1);
        const same =
          newest?.codeSha256 === fn.latest.codeSha256 &&
          JSON.stringify(newest?.settings) === JSON.stringify(fn.latest.settings);
        if (newest && same) return newest;
        const published = { ...fn.latest, version: String(Number(newest?.version) + 1), description };
        fn.versions.push(published);
        return published;
      },
      invoke: async () => new Uint8Array(),
      moveAlias: async ({ name }, to) => {
        const fn = this.#fn(name);
        if (fn.alias.revision !== to.revision) throw new Superseded("the revision is another one");
        fn.alias = { ...to, revision: this.#next() };
        return fn.alias;
      },
      versions: async ({ name }) => this.#fn(name).versions,
      deleteVersion: async ({ name }, version) => {
        const fn = this.#fn(name);
        fn.versions = fn.versions.filter((candidate) => candidate.version !== version);
      },
    };
  }

  #fn(name: string): Fn {
    const fn = this.#fns.get(name);
    if (!fn) throw new Error(`there is no function ${name}`);
    return fn;
  }

  #snapshot(part: Pick<Snapshot, "version" | "codeSha256" | "settings">): Snapshot {
    return { ...part, description: "", revision: this.#next() };
  }

  #next(): string {
    return String(++this.#revision);
  }
}

/** Thrown where the process is cut off. */
export class Cut extends Error {}

/** Ends the "process" at its nth call, before or after the call has its effect: every later call fails as well. */
export function cutting<T extends object>(calls: T, state: { left: number; after: boolean }): T {
  return new Proxy(calls, {
    get(target, property, receiver) {
      const original: unknown = Reflect.get(target, property, receiver);
      if (typeof original !== "function") return original;
      return async (...args: unknown[]) => {
        if (state.left === 0 && !state.after) state.left = -1;
        if (state.left < 0) throw new Cut("cut off");
        const value: unknown = await original.apply(target, args);
        if (state.left-- === 0) throw new Cut("cut off");
        return value;
      };
    },
  });
}
