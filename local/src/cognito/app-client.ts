import * as z from "zod";
import { parse } from "../gateway/schema.ts";
import { UnsupportedStackError } from "../terraform/errors.ts";
import type { Resource } from "../terraform/resources.ts";

/** An app client of the user pool, with AWS's defaults filled in. Lifetimes in seconds. */
export interface AppClient {
  id: string;
  name: string;
  /** Undefined for a public client. */
  secret: string | undefined;
  /** Without `AllowedOAuthFlowsUserPoolClient` the OAuth settings exist but are off. */
  oauthEnabled: boolean;
  flows: readonly string[];
  scopes: readonly string[];
  /** Without COGNITO among them there is no login page (hashicorp/terraform-provider-aws#23374). */
  identityProviders: readonly string[];
  callbackUrls: readonly string[];
  logoutUrls: readonly string[];
  accessTokenLifetime: number;
  idTokenLifetime: number;
  refreshTokenLifetime: number;
  /** Undefined when refresh tokens are not rotated. */
  rotation: { graceSeconds: number } | undefined;
  revocation: boolean;
}

const SECONDS: Record<string, number> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };
const unit = z.enum(["seconds", "minutes", "hours", "days"]);

/** Terraform JSON may write a block as an object or as a list of objects. */
const block = <Shape extends z.ZodRawShape>(shape: Shape) => {
  const one = z.object(shape);
  return z
    .union([one, z.array(one)])
    .nullish()
    .transform((value) => (Array.isArray(value) ? value[0] : (value ?? undefined)));
};
const list = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? []);

// Defaults: API_CreateUserPoolClient (access and ID tokens one hour, refresh tokens 30 days, revocation on).
const schema = z.object({
  id: z.string(),
  name: z.string(),
  user_pool_id: z.string(),
  client_secret: z.string().nullish(),
  allowed_oauth_flows_user_pool_client: z.boolean().nullish(),
  allowed_oauth_flows: list,
  allowed_oauth_scopes: list,
  supported_identity_providers: list,
  callback_urls: list,
  logout_urls: list,
  explicit_auth_flows: list,
  access_token_validity: z.number().nullish(),
  id_token_validity: z.number().nullish(),
  refresh_token_validity: z.number().nullish(),
  token_validity_units: block({
    access_token: unit.nullish(),
    id_token: unit.nullish(),
    refresh_token: unit.nullish(),
  }),
  refresh_token_rotation: block({ feature: z.string(), retry_grace_period_seconds: z.number().nullish() }),
  enable_token_revocation: z.boolean().nullish(),
});

/** Reads one `aws_cognito_user_pool_client`. Throws where AWS would refuse to create it. */
export function parseAppClient(resource: Resource): AppClient & { poolId: string } {
  const client = parse(schema, resource);
  const units = client.token_validity_units;
  const lifetime = (
    value: number | null | undefined,
    unitName: string | null | undefined,
    defaults: [number, string],
  ) => (value ?? defaults[0]) * (SECONDS[unitName ?? defaults[1]] ?? Number.NaN);
  const rotation = client.refresh_token_rotation;
  const parsed = {
    poolId: client.user_pool_id,
    id: client.id,
    name: client.name,
    secret: client.client_secret || undefined,
    oauthEnabled: client.allowed_oauth_flows_user_pool_client ?? false,
    flows: client.allowed_oauth_flows,
    scopes: client.allowed_oauth_scopes,
    identityProviders: client.supported_identity_providers,
    callbackUrls: client.callback_urls,
    logoutUrls: client.logout_urls,
    accessTokenLifetime: lifetime(client.access_token_validity, units?.access_token, [1, "hours"]),
    idTokenLifetime: lifetime(client.id_token_validity, units?.id_token, [1, "hours"]),
    refreshTokenLifetime: lifetime(client.refresh_token_validity, units?.refresh_token, [30, "days"]),
    rotation: rotation?.feature === "ENABLED" ? { graceSeconds: rotation.retry_grace_period_seconds ?? 0 } : undefined,
    revocation: client.enable_token_revocation ?? true,
  };
  const refused = refusal(parsed, client.explicit_auth_flows);
  if (refused) throw new UnsupportedStackError(`AWS would refuse ${resource.address}: ${refused}`);
  return parsed;
}

/** What CreateUserPoolClient does not accept, with the page or report that says so. */
function refusal(client: AppClient, authFlows: readonly string[]): string | undefined {
  const machine = client.flows.includes("client_credentials");
  // user-pool-settings-client-apps: "To support client credentials, your app client must have a client secret".
  if (machine && client.secret === undefined) return "client_credentials needs generate_secret.";
  // API_CreateUserPoolClient, AllowedOAuthFlows: client_credentials cannot be combined with the flows of people.
  if (machine && client.flows.length > 1) return "client_credentials cannot be combined with another flow.";
  // OAuth 2.1 leaves the implicit grant out; nothing in this project may turn it on.
  if (client.flows.includes("implicit")) return "the implicit flow is not served locally; use code.";
  if (client.flows.includes("code") && client.callbackUrls.length === 0) return "the code flow needs callback_urls.";
  for (const url of client.callbackUrls)
    if (!isCallbackUrl(url))
      return `the callback URL ${url} is neither https, nor http on loopback, nor an app's scheme.`;
  // API_CreateUserPoolClient: "between five minutes and 24 hours".
  for (const [name, seconds] of [
    ["access_token_validity", client.accessTokenLifetime],
    ["id_token_validity", client.idTokenLifetime],
  ] as const)
    if (!(seconds >= 300 && seconds <= 86_400)) return `${name} must be between 5 minutes and 24 hours.`;
  // terraform-provider-aws#47196: rotation and ALLOW_REFRESH_TOKEN_AUTH exclude each other.
  if (client.rotation && (authFlows.length === 0 || authFlows.includes("ALLOW_REFRESH_TOKEN_AUTH")))
    return "refresh_token_rotation needs explicit_auth_flows without ALLOW_REFRESH_TOKEN_AUTH (the default has it).";
  // API_RefreshTokenRotationType, RetryGracePeriodSeconds.
  if (client.rotation && !(client.rotation.graceSeconds >= 0 && client.rotation.graceSeconds <= 60))
    return "retry_grace_period_seconds must be between 0 and 60.";
  return undefined;
}

/** API_CreateUserPoolClient, CallbackURLs: absolute, no fragment, https but for loopback; `myapp://` is allowed. */
function isCallbackUrl(text: string): boolean {
  const url = URL.parse(text);
  if (!url || text.includes("#")) return false;
  if (url.protocol === "http:") return ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  return true;
}
