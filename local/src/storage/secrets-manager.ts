import * as z from "zod";
import { parse } from "../gateway/schema.ts";
import type { Resources } from "../terraform/resources.ts";
import { createJsonService, ServiceError } from "./json-protocol.ts";

const secretSchema = z.object({ id: z.string(), arn: z.string(), name: z.string() });
const versionSchema = z.object({ secret_id: z.string(), secret_string: z.string(), version_id: z.string() });
const getSecretValue = z.object({
  SecretId: z.string().min(1).max(2048),
  VersionStage: z.literal("AWSCURRENT").optional(),
});

/** Secrets Manager's GetSecretValue over the stack's `aws_secretsmanager_secret` and `…_version` resources. */
export function createSecretsManager(resources: Resources): (request: Request) => Promise<Response> {
  const secrets = resources.ofType("aws_secretsmanager_secret").map((found) => parse(secretSchema, found));
  const versions = resources.ofType("aws_secretsmanager_secret_version").map((found) => parse(versionSchema, found));
  // When Terraform has no creation time, the start of the stack stands in: seconds since the epoch, as the protocol has it.
  const created = Math.floor(Date.now() / 1000);

  return createJsonService("secretsmanager", {
    GetSecretValue(input) {
      const { SecretId } = getSecretValue.parse(input);
      const secret = secrets.find(
        ({ arn, name }) => SecretId === arn || SecretId === name || SecretId === arn.slice(0, -7),
      );
      if (!secret)
        throw new ServiceError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
      const version = versions.find(({ secret_id }) => [secret.id, secret.arn, secret.name].includes(secret_id));
      if (!version)
        throw new ServiceError(
          "ResourceNotFoundException",
          "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
        );
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: version.version_id,
        SecretString: version.secret_string,
        VersionStages: ["AWSCURRENT"],
        CreatedDate: created,
      };
    },
  });
}
