import { spawn } from "node:child_process";

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/**
 * Runs a program to its end and returns what it wrote to stdout.
 * @throws when it is missing or fails, with the end of what it said
 */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    options.signal.throwIfAborted();
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    // Terraform stops its provider before it ends, so it is asked, not killed.
    const interrupt = () => child.kill("SIGINT");
    options.signal.addEventListener("abort", interrupt, { once: true });
    child.on("error", (error) => reject(new Error(`${program} could not start: ${error.message}`)));
    child.on("close", (code, killed) => {
      options.signal.removeEventListener("abort", interrupt);
      if (options.signal.aborted) return reject(new Error("interrupted"));
      if (code === 0) return resolve(stdout);
      const said = (stderr.trim() || stdout.trim()).split("\n").slice(-40).join("\n");
      reject(new Error(`${program} ${args[0] ?? ""} ended with ${killed ?? `exit code ${code}`}:\n${said}`));
    });
  });
}
