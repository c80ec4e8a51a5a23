import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { z } from "zod";
import { type MachineCredentials, parseMachineSecret } from "./machine-token.ts";

const root = join(import.meta.dirname, "..", "..");

/** Where `npm start` says which stack is running. */
export const localStackFile = join(root, ".local", "stack.json");

const localStack = z.object({
  pid: z.number().int(),
  /** The URL to paste into a client. */
  resource: z.url(),
  /** What `AWS_ENDPOINT_URL` is for this stack. */
  awsEndpoint: z.url(),
  machineSecretName: z.string(),
});
export type LocalStackRecord = z.infer<typeof localStack>;

/** The running local stack. @throws with the next step where none runs */
export function findLocalStack(): LocalStackRecord {
  const next = "No local stack is running: start one with `npm start`.";
  let record: LocalStackRecord;
  try {
    record = localStack.parse(JSON.parse(readFileSync(localStackFile, "utf8")));
    process.kill(record.pid, 0);
  } catch {
    throw new Error(next);
  }
  return record;
}

/** Takes back what the process with this id recorded; a record of another stack stays. */
export function forgetLocalStack(pid: number): void {
  try {
    if (localStack.parse(JSON.parse(readFileSync(localStackFile, "utf8"))).pid === pid) rmSync(localStackFile);
  } catch {
    // No record, or none that could be anybody's.
  }
}

/** The machine client's credentials of a local stack, read as on AWS: with the AWS SDK from Secrets Manager. */
export async function localMachineCredentials(
  stack: Pick<LocalStackRecord, "awsEndpoint" | "machineSecretName">,
): Promise<MachineCredentials> {
  const secrets = new SecretsManagerClient({
    region: "ap-northeast-1",
    endpoint: stack.awsEndpoint,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: stack.machineSecretName }));
  if (SecretString === undefined) throw new Error(`The secret ${stack.machineSecretName} has no text.`);
  return parseMachineSecret(SecretString);
}
