import * as z from "zod";
import { parse } from "../gateway/schema.ts";
import { UnsupportedStackError } from "../terraform/errors.ts";
import type { Resources } from "../terraform/resources.ts";
import { type AppClient, parseAppClient } from "./app-client.ts";
import { type PasswordPolicy, passwordPolicySchema } from "./password-policy.ts";

// authorization-endpoint, "scope": the system-reserved scopes.
const SYSTEM_SCOPES = ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"];

/** The stack's user pool as its endpoints see it. All URLs are those of the local stack. */
export interface UserPool {
  id: string;
  region: string;
  /** `iss` of every token, and the prefix of the discovery document. */
  issuer: string;
  /** Origin and path prefix of the OAuth endpoints: `<origin>/_aws/<prefix>.auth.<region>.amazoncognito.com`. */
  domain: string;
  clients: ReadonlyMap<string, AppClient>;
  /** Identifiers of the resource servers: what `resource` may name and `aud` may be. */
  resourceServers: ReadonlySet<string>;
  /**
   * Whether `resource` becomes `aud`: "available to Amazon Cognito Managed Login customers using Essentials or Plus tiers"
   * (announcement of resource indicators, October 2025).
   */
  bindsResource: boolean;
  groups: ReadonlySet<string>;
  passwordPolicy: PasswordPolicy;
  /** False where people see "Login pages unavailable" instead of a form. */
  hasLoginPage(client: AppClient): boolean;
}

// API_CreateUserPool, UserPoolTier: new pools are ESSENTIALS. API_CreateUserPoolDomain, ManagedLoginVersion: 1, the classic pages.
const poolSchema = z.object({
  id: z.string(),
  user_pool_tier: z.enum(["LITE", "ESSENTIALS", "PLUS"]).default("ESSENTIALS"),
  password_policy: passwordPolicySchema,
});
const domainSchema = z.object({
  domain: z.string(),
  managed_login_version: z.union([z.literal(1), z.literal(2)]).default(1),
});
const brandingSchema = z.object({ client_id: z.string() });
const groupSchema = z.object({ name: z.string() });
const scope = z.object({ scope_name: z.string() });
const resourceServerSchema = z.object({
  identifier: z.string().min(1).max(256),
  scope: z
    .union([scope.transform((one) => [one]), z.array(scope)])
    .nullish()
    .transform((value) => value ?? []),
});

/** Path below the public origin where the endpoints of an AWS host are served. */
const hostPath = (host: string) => `/_aws/${host}`;

/** Reads the pool out of the resolved stack. Throws where AWS would refuse it. */
export function parseUserPool(resources: Resources, origin: string): UserPool {
  const pool = parse(poolSchema, resources.one("aws_cognito_user_pool"));
  const { domain, managed_login_version } = parse(domainSchema, resources.one("aws_cognito_user_pool_domain"));
  const managedLogin = managed_login_version === 2;
  // cognito-sign-in-feature-plans: managed login is a feature of Essentials (FeatureUnavailableInTierException).
  if (managedLogin && pool.user_pool_tier === "LITE")
    throw new UnsupportedStackError("AWS would refuse managed_login_version 2 for a user pool of the tier LITE.");
  // API_CreateUserPoolDomain and cognito-user-pools-assign-domain-prefix: reserved words.
  const reserved = ["aws", "amazon", "cognito"].find((word) => domain.includes(word));
  if (reserved !== undefined || !/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(domain))
    throw new UnsupportedStackError(
      `AWS would refuse the domain prefix "${domain}": lower case letters, digits and hyphens, without "${reserved ?? "other characters"}".`,
    );
  const servers = resources.ofType("aws_cognito_resource_server").map((found) => parse(resourceServerSchema, found));
  const known = new Set([
    ...SYSTEM_SCOPES,
    ...servers.flatMap(({ identifier, scope }) => scope.map(({ scope_name }) => `${identifier}/${scope_name}`)),
  ]);

  const clients = new Map<string, AppClient>();
  for (const resource of resources.ofType("aws_cognito_user_pool_client")) {
    const client = parseAppClient(resource);
    // ScopeDoesNotExistException, "Invalid scope requested" (aws-cloudformation-user-guide#564).
    const unknown = client.scopes.find((name) => !known.has(name));
    if (unknown !== undefined)
      throw new UnsupportedStackError(
        `AWS would refuse ${resource.address}: no resource server has the scope ${unknown}.`,
      );
    clients.set(client.id, client);
  }
  const branded = new Set(
    resources.ofType("aws_cognito_managed_login_branding").map((found) => parse(brandingSchema, found).client_id),
  );
  return {
    id: pool.id,
    passwordPolicy: pool.password_policy,
    region: resources.region,
    issuer: `${origin}${hostPath(issuerHost(resources.region))}/${pool.id}`,
    domain: `${origin}${hostPath(domainHost(domain, resources.region))}`,
    clients,
    bindsResource: managedLogin,
    // Managed login shows nothing for a client without a style of its own (minorun365/html-share#3).
    hasLoginPage: ({ id, identityProviders }) =>
      identityProviders.includes("COGNITO") && (!managedLogin || branded.has(id)),
    resourceServers: new Set(servers.map(({ identifier }) => identifier)),
    groups: new Set(resources.ofType("aws_cognito_user_group").map((found) => parse(groupSchema, found).name)),
  };
}

const issuerHost = (region: string) => `cognito-idp.${region}.amazonaws.com`;
const domainHost = (prefix: string, region: string) => `${prefix}.auth.${region}.amazoncognito.com`;
