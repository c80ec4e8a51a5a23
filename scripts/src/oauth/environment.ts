import { CognitoIdentityProviderClient, paginateListUserPools } from "@aws-sdk/client-cognito-identity-provider";
import { SSMClient } from "@aws-sdk/client-ssm";
import { environments, namePrefix } from "@remote-mcp/infra/config";
import { z } from "zod";
import { awsClient } from "../aws.ts";
import { CommandError, exit, option } from "../command.ts";
import { findLocalStack } from "../local-stack.ts";

/** Where a command about the login works. */
export interface LoginEnvironment {
  /** "dev", "prod" or "local". */
  readonly name: string;
  readonly ssm: SSMClient;
  readonly sealingParameter: string;
  readonly cognito: CognitoIdentityProviderClient;
  userPoolId(): Promise<string>;
}

export const environmentOption = option("dev|prod", "an environment on AWS (default: the running local stack)");

/** @throws CommandError with the next step */
export function loginEnvironment(name: string | undefined): LoginEnvironment {
  if (name === undefined) return local();
  const known = environments.find((environment) => environment.name === name);
  if (!known) {
    const names = environments.map((environment) => environment.name).join(" or ");
    throw new CommandError(`There is no environment "${name}"; --env takes ${names}.`, exit.usage);
  }
  const client = { ...awsClient, region: known.region };
  const cognito = new CognitoIdentityProviderClient(client);
  return {
    name,
    ssm: new SSMClient(client),
    sealingParameter: sealingParameter(name),
    cognito,
    userPoolId: () => poolNamed(cognito, namePrefix(name)),
  };
}

/** As infra's construct names it. */
const sealingParameter = (environment: string) => `/${namePrefix(environment)}/sealing-secret`;

/** The local stack is dev's, on this machine. */
function local(): LoginEnvironment {
  const { awsEndpoint, resource } = findLocalStack();
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = { ...awsClient, endpoint: awsEndpoint, credentials };
  return {
    name: "local",
    ssm: new SSMClient(client),
    sealingParameter: sealingParameter("dev"),
    cognito: new CognitoIdentityProviderClient(client),
    userPoolId: () => poolOf(resource),
  };
}

async function poolNamed(cognito: CognitoIdentityProviderClient, name: string): Promise<string> {
  for await (const { UserPools } of paginateListUserPools({ client: cognito }, { MaxResults: 60 }))
    for (const pool of UserPools ?? []) if (pool.Name === name && pool.Id !== undefined) return pool.Id;
  throw new CommandError(`There is no user pool ${name} in this account and region. Has Terraform made it yet?`);
}

/** The server's metadata names the pool: its keys are the pool's. */
export async function poolOf(resource: string): Promise<string> {
  const metadata = await fetch(new URL("/.well-known/oauth-authorization-server", resource));
  const { jwks_uri } = z.object({ jwks_uri: z.url() }).parse(await metadata.json());
  return z.string().parse(/\/([\w-]+_[A-Za-z0-9]+)\/\.well-known\//.exec(jwks_uri)?.[1]);
}
