import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { startStack } from "@remote-mcp/local/stack";
import { localMachineCredentials } from "@remote-mcp/scripts/local-stack";
import { runEntry } from "@remote-mcp/scripts/run-entry";
import { TARGET_VARIABLE, type Target } from "./support/target.ts";

const root = join(import.meta.dirname, "..");

/** Starts the stack from what is in the working tree now: never from an older synthesis or bundle. */
export default async function setUp(): Promise<void> {
  const deployed = process.env.E2E_URL;
  const target = deployed === undefined ? await startLocal() : deployedTarget(deployed);
  process.env[TARGET_VARIABLE] = JSON.stringify(target);
}

async function startLocal(): Promise<Target> {
  await mkdir(join(root, ".local"), { recursive: true });
  const stateDir = mkdtempSync(join(root, ".local", "e2e-"));
  const outdir = join(stateDir, "cdktf.out");
  await Promise.all([
    runEntry(["infra/src/main.ts"], { env: { CDKTF_OUTDIR: outdir } }),
    runEntry(["server/build.ts"]),
  ]);
  const filesDir = join(stateDir, "files");
  await cp(join(root, "local", "sample-files"), filesDir, { recursive: true });
  for (let i = 0; i < 25; i++) writeFileSync(join(filesDir, `page-${String(i).padStart(2, "0")}.txt`), `page ${i}\n`);
  const stack = await startStack({
    stack: JSON.parse(readFileSync(join(outdir, "stacks", "dev", "cdk.tf.json"), "utf8")),
    zips: {
      mcp: join(root, "server", "dist", "mcp.zip"),
      oauth: join(root, "server", "dist", "oauth.zip"),
    },
    port: 0,
    stateDir,
    filesDir,
  });
  Object.assign(globalThis, { e2eStack: stack, e2eStateDir: stateDir });
  return {
    resource: stack.resource,
    machine: await localMachineCredentials(stack),
    local: { internal: stack.awsEndpoint, stateDir, filesDir, logs: stack.logs },
  };
}

/** A deployed environment: E2E_CLIENT_ID, E2E_CLIENT_SECRET and E2E_SCOPE come from its secret. */
function deployedTarget(resource: string): Target {
  const { E2E_CLIENT_ID, E2E_CLIENT_SECRET, E2E_SCOPE } = process.env;
  if (!E2E_CLIENT_ID || !E2E_CLIENT_SECRET || !E2E_SCOPE)
    throw new Error(
      "E2E_URL needs E2E_CLIENT_ID, E2E_CLIENT_SECRET and E2E_SCOPE: the environment's secret holds them.",
    );
  return { resource, machine: { clientId: E2E_CLIENT_ID, clientSecret: E2E_CLIENT_SECRET, scope: E2E_SCOPE } };
}
