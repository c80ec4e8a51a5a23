import { LambdaClient } from "@aws-sdk/client-lambda";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { z } from "zod";
import { CommandError } from "./command.ts";
import { type MachineCredentials, parseMachineSecret } from "./machine-token.ts";

/**
 * What every client of the operator commands is made with; credentials and endpoints come from the SDK's usual places.
 * Eight attempts outlast Lambda's control-plane throttling (15 calls a second for everybody in the account) by some ten
 * seconds; the SDK's default of three does not. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const awsClient = {
  region: process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || "ap-northeast-1",
  maxAttempts: 8,
};

export const lambdaClient = () => new LambdaClient(awsClient);

/** The machine client's credentials of an environment, from its secret. */
export async function readMachineCredentials(secretName: string): Promise<MachineCredentials> {
  const client = new SecretsManagerClient(awsClient);
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretName }));
    return parseMachineSecret(z.string().parse(SecretString));
  } catch (error) {
    // A schema's complaint could quote the secret: only the name of an AWS error is repeated.
    const kind =
      error instanceof z.ZodError
        ? "it is not what Terraform writes there"
        : error instanceof Error
          ? `${error.name}: ${error.message}`
          : "";
    throw new CommandError(`The secret ${secretName} cannot be read (${kind}). Nothing was changed.`);
  }
}
