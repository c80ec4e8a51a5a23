import { randomBytes } from "node:crypto";
import * as z from "zod";
import { createJsonService, type Operation, ServiceError } from "../storage/json-protocol.ts";
import { passwordProblem } from "./password-policy.ts";
import type { UserPool } from "./user-pool.ts";
import type { User, UserDirectory } from "./users.ts";

const pooled = z.object({ UserPoolId: z.string() });
const named = pooled.extend({ Username: z.string().min(1).max(128) });
const attributes = z.array(z.object({ Name: z.string(), Value: z.string().optional() })).default([]);
const createUser = named.extend({ TemporaryPassword: z.string().optional(), UserAttributes: attributes });
const setPassword = named.extend({ Password: z.string(), Permanent: z.boolean().default(false) });
const addToGroup = named.extend({ GroupName: z.string() });

/**
 * The part of the user pools API with which an operator adds people: AdminCreateUser (no mail is sent: name a temporary password),
 * AdminSetUserPassword, AdminAddUserToGroup, AdminGetUser.
 */
export function createAdminApi(pool: UserPool, users: UserDirectory): (request: Request) => Promise<Response> {
  const inPool =
    (operation: Operation): Operation =>
    (input) => {
      const { UserPoolId } = pooled.parse(input);
      if (UserPoolId === pool.id) return operation(input);
      throw new ServiceError("ResourceNotFoundException", `User pool ${UserPoolId} does not exist.`);
    };
  const existing = (name: string): User => {
    const user = users.find(name);
    if (!user) throw new ServiceError("UserNotFoundException", "User does not exist.");
    return user;
  };
  const acceptable = (password: string): string => {
    const problem = passwordProblem(password, pool.passwordPolicy);
    if (problem !== undefined) throw new ServiceError("InvalidPasswordException", problem);
    return password;
  };

  return createJsonService("AWSCognitoIdentityProviderService", {
    AdminCreateUser: inPool((input) => {
      const { Username, TemporaryPassword, UserAttributes } = createUser.parse(input);
      if (!z.email().safeParse(Username).success)
        throw new ServiceError("InvalidParameterException", "Username should be an email.");
      const other = UserAttributes.find(({ Name }) => !["email", "email_verified"].includes(Name));
      if (other)
        throw new ServiceError("InvalidParameterException", `The local pool keeps no attribute "${other.Name}".`);
      const password = TemporaryPassword === undefined ? randomPassword() : acceptable(TemporaryPassword);
      const user = users.create(Username);
      if (!user) throw new ServiceError("UsernameExistsException", "User account already exists");
      users.setPassword(user, password, { permanent: false });
      return { User: { ...describe(user), Attributes: attributesOf(user) } };
    }),
    AdminSetUserPassword: inPool((input) => {
      const { Username, Password, Permanent } = setPassword.parse(input);
      users.setPassword(existing(Username), acceptable(Password), { permanent: Permanent });
      return {};
    }),
    AdminAddUserToGroup: inPool((input) => {
      const { Username, GroupName } = addToGroup.parse(input);
      if (!users.addToGroup(existing(Username), GroupName))
        throw new ServiceError("ResourceNotFoundException", "Group not found.");
      return {};
    }),
    AdminGetUser: inPool((input) => {
      const user = existing(named.parse(input).Username);
      return { ...describe(user), UserAttributes: attributesOf(user) };
    }),
  });
}

function describe({ sub, status, created }: User) {
  const date = Math.floor(created.getTime() / 1000);
  return { Username: sub, Enabled: true, UserStatus: status, UserCreateDate: date, UserLastModifiedDate: date };
}

const attributesOf = ({ sub, email }: User) => [
  { Name: "email", Value: email },
  { Name: "email_verified", Value: "true" },
  { Name: "sub", Value: sub },
];

/** Satisfies every policy; nobody learns it, as nobody gets Cognito's mail here. */
const randomPassword = () => `${randomBytes(24).toString("base64url")}aA1!`;
