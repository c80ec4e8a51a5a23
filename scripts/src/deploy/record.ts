import { z } from "zod";

/**
 * What an alias says about itself, in its description: the one place that changes in the same instant as the version it
 * points at, so that a command that was cut off can be resumed by the next one.
 */
export interface AliasRecord {
  /** The commit of the release. */
  readonly release: string;
  /** `trying`: moved there, not proven yet. `serving`: proven through the public URL. */
  readonly state: "trying" | "serving";
  /** The version that was proven before this release; the same one where the release did not change the function. */
  readonly previous: string;
  /** Who moved it: a run's URL or a person. */
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
}

const recordSchema = z.object({
  release: z.string().min(1),
  state: z.enum(["trying", "serving"]),
  previous: z.string().regex(/^\d+$/),
  by: z.string().default(""),
  at: z.iso.datetime(),
});

/** Lambda's limit for an alias's description. (API reference, UpdateAlias) */
const MAX_DESCRIPTION = 256;

export function writeRecord({ release, state, previous, at, by }: AliasRecord): string {
  return `state=${state} release=${release} previous=${previous} at=${at} by=${by.replaceAll(" ", "_")}`.slice(
    0,
    MAX_DESCRIPTION,
  );
}

/** Undefined where the description is not a record: Terraform has just made the alias, or somebody wrote there by hand. */
export function readRecord(description: string): AliasRecord | undefined {
  const pairs = description.split(" ").map((pair) => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return recordSchema.safeParse(Object.fromEntries(pairs)).data;
}

const PUBLISHED = /^release ([0-9a-f]{40})$/;

/** What a published version is called. */
export const versionDescription = (commit: string) => `release ${commit}`;

/** The release a version was published for. */
export const releaseOfVersion = (description: string) => PUBLISHED.exec(description)?.[1];
