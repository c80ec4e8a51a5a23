import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { App } from "cdktf";
import { environments } from "./config.ts";
import { PLACEHOLDER_FILE, placeholderZip } from "./placeholder.ts";
import { ServiceStack } from "./service-stack.ts";

/** Where the stacks are written: the cdktf CLI says it by environment variable. */
export const OUTDIR = process.env.CDKTF_OUTDIR ?? resolve(import.meta.dirname, "../../cdktf.out");

/** Writes `<outdir>/stacks/<stack>/cdk.tf.json` and what lies beside it; nothing of an earlier run is left. */
export function synthesize(outdir: string): string[] {
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  // Validation would start `terraform version` for each stack; Terraform checks its own version when it runs.
  const app = new App({ outdir, skipValidation: true });
  const stacks = environments.map((environment) => new ServiceStack(app, environment));
  app.synth();
  return stacks.map(({ node: { id } }) => {
    const folder = join(outdir, "stacks", id);
    writeFileSync(join(folder, PLACEHOLDER_FILE), placeholderZip());
    return folder;
  });
}

if (import.meta.main) synthesize(OUTDIR);
