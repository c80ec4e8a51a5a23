import * as z from "zod";
import type { ScopeName } from "../tools/tool.ts";
import type { ConfiguredClient } from "./clients.ts";
import { destinationOf } from "./redirect-uri.ts";

export interface Config {
  /** `https://<host>/mcp` */
  readonly resource: string;
  readonly scopes: readonly ScopeName[];
  readonly cognitoOrigin: string;
  readonly cognitoClientId: string;
  readonly machineClientIds: readonly string[];
  /** Name of the SSM parameter with the sealing secrets; the secrets themselves are never in the environment. */
  readonly sealingParameter: string;
  readonly configuredClients: readonly ConfiguredClient[];
  /** Client ids and hosts, compared whole: a host's subdomains are not denied with it. */
  readonly deniedClients: readonly string[];
  readonly redirectUris: readonly string[];
}

const list = z
  .string()
  .default("")
  .transform((value) => value.split(",").filter((item) => item !== ""));

const redirectUri = z.string().refine((uri) => destinationOf(uri.replace(/\*$/, "x")) !== undefined, "is not allowed");

/** What an operator says about clients, in infra's config.ts. */
const clients = z.strictObject({
  configured: z.array(
    z.strictObject({
      id: z.string().regex(/^[A-Za-z0-9._-]{1,100}$/),
      name: z.string().min(1).max(100),
      redirectUris: z.array(redirectUri).min(1),
    }),
  ),
  denied: z.array(z.string().min(1)),
  redirectUris: z.array(redirectUri),
});

const environment = z.object({
  RESOURCE: z.url(),
  SCOPES: list.pipe(z.array(z.enum(["read", "write"])).min(1)),
  COGNITO_ORIGIN: z.url(),
  COGNITO_CLIENT_ID: z.string().min(1),
  MACHINE_CLIENT_IDS: list,
  SEALING_PARAMETER: z.string().min(1),
  CLIENTS: z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue("is not JSON");
        return z.NEVER;
      }
    })
    .pipe(clients),
});

/** @throws Error that names the variables to correct */
export function readConfig(variables: NodeJS.ProcessEnv): Config {
  const parsed = environment.safeParse(variables);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
    throw new Error(`Environment of the OAuth function (set by infra): ${problems}`);
  }
  const { data } = parsed;
  return {
    resource: data.RESOURCE,
    scopes: data.SCOPES,
    cognitoOrigin: data.COGNITO_ORIGIN,
    cognitoClientId: data.COGNITO_CLIENT_ID,
    machineClientIds: data.MACHINE_CLIENT_IDS,
    sealingParameter: data.SEALING_PARAMETER,
    configuredClients: data.CLIENTS.configured,
    deniedClients: data.CLIENTS.denied,
    redirectUris: data.CLIENTS.redirectUris,
  };
}
