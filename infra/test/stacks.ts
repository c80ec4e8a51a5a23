import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { type Environment, environments } from "../src/config.ts";
import { ServiceStack } from "../src/service-stack.ts";

/** The environment with this name, with some of its values changed. */
export function environment(name: "dev" | "prod", changes: Partial<Environment> = {}): Environment {
  const found = environments.find((each) => each.name === name);
  if (!found) throw new Error(`config.ts has no environment named ${name}.`);
  return { ...found, ...changes };
}

/** An environment with all that is optional, so that a test sees what no environment of ours turns on. */
export const everyFlag: Environment = environment("prod", {
  flags: { waf: true, cloudtrail: true, flowLogs: true, lambdaEndpoint: true, xray: true },
  alarmEmails: ["ops@example.com"],
  allowedOrigins: ["https://app.example.com"],
});

/** An environment with a domain of its own. */
export const ownDomain: Environment = environment("dev", {
  front: {
    kind: "domain",
    name: "mcp.example.com",
    certificateArn: "arn:aws:acm:ap-northeast-1:123456789012:certificate/00000000-0000-0000-0000-000000000000",
    hostedZoneId: "Z0000000000000000000",
  },
});

// biome-ignore lint/suspicious/noExplicitAny: tests reach into JSON of known shape; a wrong path fails the test.
export type Json = any;

const folders: string[] = [];

/** A new folder. It is gone when the process ends; in a test file, where nobody hears that, `afterAll(removeOutdirs)`. */
export function outdir(): string {
  const folder = mkdtempSync(join(tmpdir(), "synth-"));
  folders.push(folder);
  return folder;
}

export function removeOutdirs(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
process.once("exit", removeOutdirs);

/** The stack of an environment as Terraform will read it. */
export function synthesized(of: Environment): Json {
  const folder = mkdtempSync(join(tmpdir(), "synth-"));
  try {
    const stack = new ServiceStack(new App({ outdir: folder, skipValidation: true }), of);
    // Through JSON, as on its way to Terraform: no undefined, no class instance.
    return JSON.parse(JSON.stringify(stack.toTerraform()));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
