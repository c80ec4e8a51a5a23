import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CommandError } from "../command.ts";
import { root } from "../workflows/workflow.ts";

/** Exactly these versions, in .local, installed once. */
const ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12";
const REQUIREMENTS = join(import.meta.dirname, "requirements.txt");

interface Checker {
  readonly proves: string;
  /** Program and arguments; installs it first where it is not there. */
  readonly command: () => readonly string[];
}

export const checkers: Readonly<Record<"actionlint" | "zizmor" | "cfn-lint" | "hadolint", Checker>> = {
  actionlint: {
    proves: "syntax, types and expressions of the workflows (needs go)",
    command: () => [goTool(ACTIONLINT, "actionlint"), "-no-color"],
  },
  zizmor: {
    proves: "security of the workflows, pedantic persona (needs python3)",
    command: () => [pythonTool("zizmor"), "--offline", "--quiet", "--persona", "pedantic", ".github"],
  },
  "cfn-lint": {
    proves: "the SAM template (needs python3)",
    command: () => [pythonTool("cfn-lint"), "sam/template.yaml"],
  },
  hadolint: {
    proves: "the dev container's Dockerfile (needs python3)",
    command: () => [pythonTool("hadolint"), ".devcontainer/Dockerfile"],
  },
};

/** Runs one; what it says goes to stderr. @returns whether it is clean */
export function isClean(checker: Checker): boolean {
  const [program = "", ...args] = checker.command();
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (error) throw error;
  return status === 0;
}

function goTool(module: string, binary: string): string {
  const folder = join(root, ".local", "go", module.replaceAll(/[^\w.-]/g, "_"));
  const file = join(folder, binary);
  if (!existsSync(file)) run("go", ["install", module], { GOBIN: folder, GOFLAGS: "-mod=mod" });
  return file;
}

function pythonTool(name: string): string {
  const wanted = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex");
  const folder = join(root, ".local", "checkers");
  const stamp = join(folder, "requirements.sha256");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(dirname(folder), { recursive: true });
    run("python3", ["-m", "venv", folder]);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "-r", REQUIREMENTS];
    run(join(folder, "bin", "python"), pip);
    // Written last, so that an install that was cut off does not count as one.
    writeFileSync(stamp, wanted);
  }
  return join(folder, "bin", name);
}

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): void {
  process.stderr.write(`Installing: ${program} ${args.join(" ")}\n`);
  const { status, error } = spawnSync(program, args, {
    cwd: root,
    stdio: ["ignore", 2, 2],
    env: { ...process.env, ...env },
  });
  if (error || status !== 0)
    throw new CommandError(`${program} could not install it (${error?.message ?? `exit code ${status}`}).`);
}
