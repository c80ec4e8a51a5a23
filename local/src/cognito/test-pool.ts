import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "@jest/globals";
import type { Json } from "../terraform/json.ts";
import { loadResources } from "../terraform/resources.ts";
import { type Cognito, type CognitoOptions, createCognito } from "./cognito.ts";

/** A small stack with one pool, for the tests of this folder. */
export const RESOURCE = "http://127.0.0.1:3000/mcp";
export const CALLBACK = "http://127.0.0.1:3000/callback";
export const PASSWORD = "Correct-Horse-9";

const pool = `\${aws_cognito_user_pool.people.id}`;
export const machine = {
  name: "machine",
  user_pool_id: pool,
  generate_secret: true,
  allowed_oauth_flows_user_pool_client: true,
  allowed_oauth_flows: ["client_credentials"],
  allowed_oauth_scopes: [`${RESOURCE}/read`, `${RESOURCE}/write`],
};
export const browser = {
  name: "browser",
  user_pool_id: pool,
  generate_secret: true,
  allowed_oauth_flows_user_pool_client: true,
  allowed_oauth_flows: ["code"],
  allowed_oauth_scopes: ["openid", "email", `${RESOURCE}/read`, `${RESOURCE}/write`],
  supported_identity_providers: ["COGNITO"],
  callback_urls: [CALLBACK, "myapp://callback"],
  logout_urls: ["http://127.0.0.1:3000/bye"],
  explicit_auth_flows: ["ALLOW_USER_SRP_AUTH"],
  access_token_validity: 15,
  token_validity_units: { access_token: "minutes" },
  refresh_token_rotation: { feature: "ENABLED", retry_grace_period_seconds: 10 },
};
export const publicBrowser = {
  ...browser,
  name: "public",
  generate_secret: false,
  explicit_auth_flows: ["ALLOW_REFRESH_TOKEN_AUTH"],
  refresh_token_rotation: null,
};

export interface PoolChanges {
  domain?: string;
  tier?: string;
  managedLogin?: number;
  /** Names of the clients that have a managed login style; all unless given. */
  branded?: readonly string[];
}

export function loadPool(
  clients: Record<string, Json> = { machine, browser, public: publicBrowser },
  { domain = "mcp-test", tier = "ESSENTIALS", managedLogin = 2, branded = Object.keys(clients) }: PoolChanges = {},
) {
  const branding = (name: string) => ({ client_id: `\${aws_cognito_user_pool_client.${name}.id}`, user_pool_id: pool });
  return loadResources(
    {
      provider: { aws: [{ region: "ap-northeast-1" }] },
      resource: {
        aws_cognito_user_pool: {
          people: {
            name: "people",
            user_pool_tier: tier,
            password_policy: { minimum_length: 8, require_numbers: true },
          },
        },
        aws_cognito_user_pool_domain: { login: { domain, user_pool_id: pool, managed_login_version: managedLogin } },
        aws_cognito_resource_server: {
          mcp: {
            identifier: RESOURCE,
            name: "mcp",
            user_pool_id: pool,
            scope: [
              { scope_name: "read", scope_description: "Read" },
              { scope_name: "write", scope_description: "Write" },
            ],
          },
        },
        aws_cognito_user_group: { write: { name: "write", user_pool_id: pool } },
        aws_cognito_user_pool_client: clients,
        aws_cognito_managed_login_branding: Object.fromEntries(branded.map((name) => [name, branding(name)])),
      },
    },
    { port: 3000, seed: "test" },
  );
}

// One folder for all pools of a test file, so that their keys are made once.
const stateDir = mkdtempSync(join(tmpdir(), "cognito-"));
afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

export interface TestPool extends Cognito {
  issuer: string;
  domain: string;
  /** Id and secret of the client with this name in the stack. */
  client(name: string): { id: string; secret: string };
  /** POSTs a form to an endpoint of the domain. */
  post(path: string, form: Record<string, string> | string, headers?: Record<string, string>): Promise<Response>;
  warnings: string[];
}

export async function openPool(options: Partial<CognitoOptions> = {}): Promise<TestPool> {
  const warnings: string[] = [];
  const resources = options.resources ?? loadPool();
  const cognito = await createCognito({
    resources,
    origin: "http://127.0.0.1:3000",
    stateDir,
    users: [
      { email: "writer@example.com", password: PASSWORD, groups: ["write"] },
      { email: "reader@example.com", password: PASSWORD, groups: [] },
    ],
    warn: (message) => warnings.push(message),
    ...options,
  });
  const poolId = String(resources.one("aws_cognito_user_pool").values.id);
  const domain = "http://127.0.0.1:3000/_aws/mcp-test.auth.ap-northeast-1.amazoncognito.com";
  return {
    ...cognito,
    warnings,
    issuer: `http://127.0.0.1:3000/_aws/cognito-idp.ap-northeast-1.amazonaws.com/${poolId}`,
    domain,
    client(name) {
      const { id, client_secret } = resources.byAddress(`aws_cognito_user_pool_client.${name}`).values;
      return { id: String(id), secret: String(client_secret) };
    },
    post(path, form, headers = {}) {
      const body = new URLSearchParams(form).toString();
      const type = { "content-type": "application/x-www-form-urlencoded" };
      return cognito.fetch(new Request(`${domain}${path}`, { method: "POST", headers: { ...type, ...headers }, body }));
    },
  };
}

export const basic = ({ id, secret }: { id: string; secret: string }) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
});
