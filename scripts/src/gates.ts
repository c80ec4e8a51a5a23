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
  /**
   * `first`: makes what the others use. `beside`: waits more than it computes, so it runs beside the others, and its report
   * follows when it is done. @default in full view, after the first ones
   */
  readonly queue?: "first" | "beside";
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
    queue: "first",
  },
  {
    name: "types",
    proves: "TypeScript, every package",
    command: ["node_modules/typescript/bin/tsc", "--noEmit"],
    queue: "first",
  },
  { name: "synth", proves: "the Terraform JSON of every stack", command: ["infra/src/synth.ts"], queue: "first" },
  { name: "build", proves: "the Lambda bundle, within its size budget", command: ["server/build.ts"], queue: "first" },
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
    name: "browser",
    proves: "the login in Chromium, with both SDKs, mcp-remote and the Inspector as published",
    command: [...jest("browser"), "--runInBand"],
    jest: true,
    needs: ["chromium"],
    withoutIt: "Install Chromium (Debian: apt-get install chromium).",
  },
  {
    name: "conformance",
    proves: "the official MCP suite of both eras, through the local gateway",
    command: ["e2e/conformance/run.ts"],
  },
  {
    name: "cdktn",
    proves: "the community's fork of cdktf synthesizes the same JSON",
    command: ["infra/test/cdktn/main.ts"],
  },
  {
    name: "workflows",
    proves: "actionlint, zizmor, every reference and every input of an action",
    command: ["scripts/src/workflows/lint.ts"],
    needs: ["python3", "go"],
    withoutIt: "Install Python 3 and Go.",
  },
  {
    name: "checkers",
    proves: "cfn-lint on the SAM template, hadolint on the Dockerfile",
    command: ["scripts/src/checkers/main.ts", "--name", "cfn-lint,hadolint"],
    needs: ["python3"],
    withoutIt: "Install Python 3.",
  },
  { name: "secrets", proves: "no secret in any tracked file", command: ["scripts/src/secrets/find-secrets.ts"] },
  {
    name: "checkov",
    proves: "no finding without its justification",
    command: ["infra/test/checkov/main.ts"],
    needs: ["python3"],
    withoutIt: "Install Python 3.",
    queue: "beside",
  },
  {
    name: "terraform",
    proves: "validate, plan and apply by Terraform with a mocked AWS provider",
    command: ["infra/test/terraform/main.ts"],
    needs: ["terraform"],
    withoutIt: "Install the version of .terraform-version.",
  },
  {
    name: "emulator",
    proves: "a real apply of the dev stack to an emulator, calls through it, destroy",
    command: ["e2e/emulator/main.ts"],
    needs: ["terraform", "python3"],
    withoutIt: "Install Python 3 and the Terraform of .terraform-version.",
    queue: "beside",
  },
  {
    name: "delivery",
    proves: "the delivery commands against an emulator, with releases that fail and processes that die",
    command: ["scripts/drill/main.ts"],
    needs: ["python3"],
    withoutIt: "Install Python 3.",
    queue: "beside",
  },
];
