import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PLACEHOLDER_FILE, placeholderZip } from "../../src/placeholder.ts";
import { type Json, outdir } from "../stacks.ts";

interface Run {
  readonly status: number;
  readonly output: string;
}

/** Runs Terraform in the folder, without asking anything and without colours. */
export function terraform(folder: string, command: string, ...args: readonly string[]): Run {
  const env: NodeJS.ProcessEnv = { ...process.env, TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" };
  // Where it names a missing file, every call begins with a warning.
  if (env.TF_CLI_CONFIG_FILE !== undefined && !existsSync(env.TF_CLI_CONFIG_FILE)) delete env.TF_CLI_CONFIG_FILE;
  const { status, stdout, stderr, error } = spawnSync("terraform", [command, "-no-color", ...args], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  return { status: status ?? 1, output: error ? error.message : `${stdout}${stderr}` };
}

/** A folder that Terraform can work in, with the stack and what lies beside it. */
export function workspace(stack: Json): string {
  const folder = outdir();
  write(folder, { "cdk.tf.json": JSON.stringify(stack, null, 2), [PLACEHOLDER_FILE]: placeholderZip() });
  return folder;
}

export function write(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
}
