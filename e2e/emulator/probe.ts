// Code that takes the MCP function's place in a version nobody is served: it tries, with the function's own role, what that
// role must not be able to do, and two things that it must.
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

export const PROBE_KEY = "emulator/seeded.txt";

/** Each attempt's outcome: `allowed`, or the name of the error. */
export async function handler(): Promise<Record<string, string>> {
  const s3 = new S3Client({ forcePathStyle: true });
  const secrets = new SecretsManagerClient();
  const Bucket = process.env.BUCKET_NAME;
  const attempts: Record<string, () => Promise<unknown>> = {
    "s3:ListBucket": () => s3.send(new ListObjectsV2Command({ Bucket })),
    "s3:GetObject": () => s3.send(new GetObjectCommand({ Bucket, Key: PROBE_KEY })),
    "s3:DeleteObject": () => s3.send(new DeleteObjectCommand({ Bucket, Key: PROBE_KEY })),
    "s3:PutBucketPolicy": () => s3.send(new PutBucketPolicyCommand({ Bucket, Policy: "{}" })),
    "s3:ListBucket elsewhere": () => s3.send(new ListObjectsV2Command({ Bucket: "another-bucket" })),
    "secretsmanager:GetSecretValue": () =>
      secrets.send(new GetSecretValueCommand({ SecretId: "remote-mcp-dev/machine-client" })),
  };
  const outcomes: Record<string, string> = {};
  for (const [name, attempt] of Object.entries(attempts))
    outcomes[name] = await attempt().then(
      () => "allowed",
      (error: unknown) => (error instanceof Error ? error.name : String(error)),
    );
  return outcomes;
}
