import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LocalStack, startStack } from "@remote-mcp/local/stack";
import { localMachineCredentials } from "@remote-mcp/scripts/local-stack";
import { requestMachineToken } from "@remote-mcp/scripts/machine-token";
import { runEntry } from "@remote-mcp/scripts/run-entry";
import { buildOauth } from "@remote-mcp/server/build";
import * as z from "zod";

export interface TestStack extends LocalStack {
  /** A machine token with every scope. */
  readonly token: string;
  readonly filesDir: string;
}

/** A synthesized stack, as far as a test changes it. */
const synthesized = z.looseObject({
  resource: z.looseObject({
    aws_lambda_function: z.record(z.string(), z.looseObject({ timeout: z.number() })),
  }),
});

/**
 * Synthesizes the dev stack and serves it with the given function from its zip, on free ports and in a folder of its own.
 *
 * @param timeout of the functions, in seconds; the stack's own where left out
 */
export async function startTestStack(mcpZip: string, { timeout }: { timeout?: number } = {}): Promise<TestStack> {
  const folder = mkdtempSync(join(tmpdir(), "mcp-stack-"));
  const filesDir = join(folder, "files");
  mkdirSync(filesDir);
  const out = join(folder, "cdktf.out");
  const [oauth] = await Promise.all([buildOauth(), runEntry(["infra/src/main.ts"], { env: { CDKTF_OUTDIR: out } })]);
  const text = readFileSync(join(out, "stacks", "dev", "cdk.tf.json"), "utf8");
  const json = synthesized.parse(JSON.parse(text));
  if (timeout !== undefined) {
    for (const lambda of Object.values(json.resource.aws_lambda_function)) lambda.timeout = timeout;
  }
  const stack = await startStack({
    stack: JSON.parse(JSON.stringify(json)),
    zips: { mcp: mcpZip, oauth: oauth.zip },
    port: 0,
    stateDir: folder,
    filesDir,
  });
  const close = async () => {
    await stack.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    return { ...stack, filesDir, token: await machineToken(stack), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function machineToken(stack: LocalStack): Promise<string> {
  const metadata = await fetch(`${stack.url}/.well-known/oauth-authorization-server`);
  const { token_endpoint } = z.object({ token_endpoint: z.url() }).parse(await metadata.json());
  const { accessToken } = await requestMachineToken(token_endpoint, await localMachineCredentials(stack));
  return accessToken;
}
