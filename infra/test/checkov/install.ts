import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";

/** https://pypi.org/project/checkov/ */
export const VERSION = "3.3.13";

const root = join(import.meta.dirname, "../../..");

/**
 * The checkov of this project, in a Python environment of its own that git ignores; made on first use, in about a minute.
 *
 * @returns its path, or the sentence that says why it cannot be had here
 */
export function checkov(): { readonly program: string } | { readonly missing: string } {
  const folder = join(root, ".local", `checkov-${VERSION}`);
  const program = join(folder, "bin", "checkov");
  if (existsSync(program)) return { program };

  process.stderr.write(`Installing checkov ${VERSION} into ${folder} (once, about a minute) ...\n`);
  rmSync(folder, { recursive: true, force: true });
  const steps = [
    ["python3", "-m", "venv", folder],
    [join(folder, "bin", "pip"), "install", "--quiet", "--disable-pip-version-check", `checkov==${VERSION}`],
  ];
  for (const [command = "", ...args] of steps) {
    const { status, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
    if (status === 0) continue;
    rmSync(folder, { recursive: true, force: true });
    return { missing: `checkov ${VERSION} could not be installed by ${command}: ${error?.message ?? stderr}` };
  }
  return { program };
}
