/** One thing that `npm test` proves. */
export interface Gate {
  readonly name: string;
  /** What a pass means, in a few words. */
  readonly proves: string;
  /** Arguments for this Node. */
  readonly command: readonly string[];
  /** The command is a jest run: its tests are counted one by one. */
  readonly jest?: true;
  /**
   * Programs beyond Node and git that must be on PATH; where one is missing the gate is skipped and says so. A command that
   * finds something else missing exits with {@link SKIPPED} after saying what.
   */
  readonly needs?: readonly string[];
  /** What to do to run a skipped gate. */
  readonly withoutIt?: string;
}

/** The exit code by which a command says that this machine lacks what it needs (automake's convention). */
export const SKIPPED = 77;

const jest = (...projects: string[]): readonly string[] => [
  "--experimental-vm-modules",
  "--disable-warning=ExperimentalWarning",
  "node_modules/jest/bin/jest.js",
  "--selectProjects",
  ...projects,
];

/** In the order of what fails fastest. */
export const gates: readonly Gate[] = [
  {
    name: "lint",
    proves: "Biome: format and lint of every file",
    command: ["node_modules/@biomejs/biome/bin/biome", "ci", "--colors=off"],
  },
  { name: "types", proves: "TypeScript, every package", command: ["node_modules/typescript/bin/tsc", "--noEmit"] },
  { name: "synth", proves: "the Terraform JSON of every stack", command: ["infra/src/synth.ts"] },
  { name: "build", proves: "the Lambda bundle, within its size budget", command: ["server/build.ts"] },
  {
    name: "unit",
    proves: "every package but e2e, tests beside the code",
    command: jest("server", "infra", "bootstrap", "local", "scripts"),
    jest: true,
  },
  {
    name: "e2e",
    proves: "black box over HTTP, clients of both protocol eras, the zip on the synthesized stack",
    command: [...jest("e2e"), "--runInBand"],
    jest: true,
  },
  {
    name: "conformance",
    proves: "the official MCP suite of both eras, through the local gateway",
    command: ["server/conformance/run.ts"],
  },
  {
    name: "terraform",
    proves: "validate, plan and apply by Terraform with a mocked AWS provider",
    command: ["infra/test/terraform/main.ts"],
    needs: ["terraform"],
    withoutIt: "Install the version of .terraform-version.",
  },
];
