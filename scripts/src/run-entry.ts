import { spawn } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");

/**
 * Runs one of the project's entries as a command of its own on this Node, and keeps what it prints for the error.
 * @throws when it fails: its first error line, or the whole output where that is short
 */
export function runEntry(
  args: readonly string[],
  { signal, env }: { signal?: AbortSignal; env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
      ...(signal && { signal }),
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.on("error", reject);
    child.on("close", (code, killed) => {
      if (code === 0) return resolve(output);
      const why = output.trim() === "" ? `it ended with ${killed ?? `exit code ${code}`}` : output.trim();
      reject(new Error(`${args.join(" ")} failed: ${why}`));
    });
  });
}
