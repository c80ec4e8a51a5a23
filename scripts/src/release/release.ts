import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { z } from "zod";
import { CommandError } from "../command.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits");

/** The Lambda functions of a release, by the name that Terraform's outputs have for them (`<key>_function_name`). */
export const functionKeys = ["mcp", "oauth"] as const;
export type FunctionKey = (typeof functionKeys)[number];

const releaseSchema = z.object({
  schema: z.literal(1),
  /** The commit everything was built from; also the release's name. */
  commit: z.string().regex(/^[0-9a-f]{40}$/, "a full commit id"),
  /** The zip of each function. */
  functions: z.object({
    mcp: z.object({ file: z.string(), sha256 }),
    oauth: z.object({ file: z.string(), sha256 }).optional(),
  }),
  /** The tools that the MCP function lists, in its order. */
  tools: z.array(z.string()).min(1),
  /** Every other file of the release, `/`-separated, with its digest. */
  files: z.record(z.string(), sha256),
  /** What built it. */
  versions: z.record(z.string(), z.string()),
});

/** Everything one commit became: built once, then passed from dev to prod by digest. */
export type Release = z.infer<typeof releaseSchema>;

export const RELEASE_FILE = "release.json";

/** Every file below a folder, `/`-separated and sorted. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .toSorted();
}

/** The digest by which an artefact is passed on, 64 hexadecimal digits. */
export function digestOf(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/**
 * Reads a release and checks that its folder holds exactly what `release.json` says, byte for byte.
 *
 * @param digest what `release.json` itself must have, where the caller knows it
 * @throws CommandError that names every file that differs, lacks or is too much
 */
export function readRelease(folder: string, digest?: string): Release {
  const file = join(folder, RELEASE_FILE);
  if (!existsSync(file)) {
    throw new CommandError(`There is no release in ${folder}: make one with \`npm run -s release\`, or download one.`);
  }
  const actual = digestOf(file);
  if (digest !== undefined && actual !== digest) {
    throw new CommandError(
      `${RELEASE_FILE} has the digest ${actual}, expected ${digest}: this is not the release that was built. Nothing was changed.`,
    );
  }
  const release = releaseSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  const expected = new Map(Object.entries(release.files));
  for (const zip of Object.values(release.functions)) if (zip) expected.set(zip.file, zip.sha256);
  const present = filesOf(folder).filter((name) => name !== RELEASE_FILE);
  const problems = [
    ...present.filter((name) => !expected.has(name)).map((name) => `${name} is not part of it`),
    ...[...expected.keys()].filter((name) => !present.includes(name)).map((name) => `${name} is missing`),
    ...present
      .filter((name) => expected.has(name) && digestOf(join(folder, name)) !== expected.get(name))
      .map((name) => `${name} has other bytes`),
  ];
  if (problems.length > 0) {
    throw new CommandError(
      `The folder is not the release ${release.commit}: ${problems.join("; ")}. Nothing was changed; build or download it again.`,
    );
  }
  return release;
}
