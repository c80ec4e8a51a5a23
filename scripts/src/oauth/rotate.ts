import { GetParameterCommand, PutParameterCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { PLACEHOLDER, parseSealingSecrets, rotateSecrets } from "@remote-mcp/server/oauth/sealing-secrets";
import { CommandError } from "../command.ts";

/** As long as a refresh token can be unused and good: until then somebody may hold one of the previous secret. */
const SETTLED_DAYS = 30;

export interface Rotation {
  /** Whether there was a secret before. */
  readonly first: boolean;
  /** Ids of the secrets that are accepted now; ids are public. */
  readonly accepted: readonly string[];
}

/**
 * Makes a new sealing secret and keeps the present one for what it has sealed.
 * @throws CommandError where that would end logins that are in use, unless forced
 */
export async function rotateSealingSecret(
  ssm: SSMClient,
  parameter: string,
  { force, now = new Date() }: { readonly force: boolean; readonly now?: Date },
): Promise<Rotation> {
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: parameter, WithDecryption: true }));
  const text = Parameter?.Value ?? "";
  const present = text === PLACEHOLDER ? undefined : parseSealingSecrets(text);
  const age = (now.getTime() - (Parameter?.LastModifiedDate?.getTime() ?? 0)) / (24 * 3600 * 1000);
  if (present?.previous && age < SETTLED_DAYS && !force)
    throw new CommandError(
      `The secret was rotated ${Math.floor(age)} days ago. Rotating again now ends the logins and registrations from before that: wait until ${SETTLED_DAYS} days have passed, or say --force (after a leak: twice, so that the leaked secret is gone).`,
    );
  const next = rotateSecrets(present);
  await ssm.send(
    new PutParameterCommand({
      Name: parameter,
      Value: JSON.stringify(next),
      Type: "SecureString",
      Overwrite: true,
    }),
  );
  const accepted = [next.current.id, ...(next.previous ? [next.previous.id] : [])];
  return { first: present === undefined, accepted };
}
