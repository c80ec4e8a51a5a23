import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BootstrapStack, type ServiceEnvironment } from "@remote-mcp/bootstrap";
import { App, type TerraformStack } from "cdktf";
import { applyRoleName, boundaryName, type Environment, environments, namePrefix, PROJECT } from "./config.ts";
import { OUTDIR } from "./outdir.ts";
import { PLACEHOLDER_FILE, placeholderZip } from "./placeholder.ts";
import { ServiceStack } from "./service-stack.ts";

/** Writes `<outdir>/stacks/<stack>/cdk.tf.json` and what lies beside it; nothing of an earlier run is left. */
export function synthesize(outdir: string): string[] {
  const capture = Error.captureStackTrace;
  // cdktf keeps the stack of each token's making, for messages of its own: a fifth of the time and of the memory.
  Error.captureStackTrace = () => {};
  try {
    return write(outdir);
  } finally {
    Error.captureStackTrace = capture;
  }
}

function write(outdir: string): string[] {
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  // Validation would start `terraform version` for each stack; Terraform checks its own version when it runs.
  const app = new App({ outdir, skipValidation: true });
  const services = environments.map((environment) => new ServiceStack(app, environment));
  const bootstrap = new BootstrapStack(app, { project: PROJECT, environments: environments.map(forBootstrap) });
  app.synth();
  const folderOf = ({ node: { id } }: TerraformStack) => join(outdir, "stacks", id);
  for (const service of services) writeFileSync(join(folderOf(service), PLACEHOLDER_FILE), placeholderZip());
  return [...services, bootstrap].map(folderOf);
}

/** What the bootstrap stack must know of an environment to let it be planned and applied. */
function forBootstrap({ name, region, flags, front }: Environment): ServiceEnvironment {
  return {
    name,
    region,
    prefix: namePrefix(name),
    applyRoleName: applyRoleName(name),
    boundaryName: boundaryName(name),
    flags: { ...flags, domain: front.kind === "domain" },
  };
}

if (import.meta.main) synthesize(OUTDIR);
