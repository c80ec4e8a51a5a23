import { randomBytes } from "node:crypto";
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  type CognitoIdentityProviderClient,
  UsernameExistsException,
} from "@aws-sdk/client-cognito-identity-provider";

/** The group whose members may use the tools that save files. */
const WRITERS = "write";

export interface NewPerson {
  readonly email: string;
  readonly write: boolean;
  /** Set where no mail is sent; otherwise Cognito makes one and mails it. */
  readonly temporaryPassword?: string;
}

/** Invites a person, or finds that they are there already; the group is set in both cases. */
export async function addPerson(
  cognito: CognitoIdentityProviderClient,
  userPoolId: string,
  { email, write, temporaryPassword }: NewPerson,
): Promise<{ readonly created: boolean }> {
  const person = { UserPoolId: userPoolId, Username: email };
  let created = true;
  try {
    await cognito.send(
      new AdminCreateUserCommand({
        ...person,
        // The invitation reaches this address, so it need not be confirmed again.
        UserAttributes: [
          { Name: "email", Value: email },
          { Name: "email_verified", Value: "true" },
        ],
        DesiredDeliveryMediums: ["EMAIL"],
        ...(temporaryPassword !== undefined && {
          TemporaryPassword: temporaryPassword,
          MessageAction: "SUPPRESS" as const,
        }),
      }),
    );
  } catch (error) {
    if (!(error instanceof UsernameExistsException)) throw error;
    created = false;
  }
  if (write) await cognito.send(new AdminAddUserToGroupCommand({ ...person, GroupName: WRITERS }));
  return { created };
}

/** Satisfies every password policy of Cognito. */
export const newTemporaryPassword = (): string => `${randomBytes(12).toString("base64url")}aA1!`;
