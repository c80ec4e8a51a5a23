import { scopes } from "@remote-mcp/server/manifest";
import { all, one, type Promised, without } from "./promise.ts";

const clients = "aws_cognito_user_pool_client";

export const identity: readonly Promised[] = [
  {
    that: "nobody signs up by themselves, and a second factor can be had",
    brokenBy: (stack) =>
      without(
        all(stack, "aws_cognito_user_pool"),
        (pool) =>
          pool.admin_create_user_config.allow_admin_create_user_only === true &&
          pool.mfa_configuration !== "OFF" &&
          pool.software_token_mfa_configuration.enabled === true,
      ),
    breakIt: (stack) => {
      one(stack, "aws_cognito_user_pool").admin_create_user_config.allow_admin_create_user_only = false;
    },
  },
  {
    that: "the pool is of a tier that binds tokens to a resource",
    brokenBy: (stack) =>
      without(all(stack, "aws_cognito_user_pool"), ({ user_pool_tier }) => user_pool_tier === "ESSENTIALS"),
    breakIt: (stack) => {
      one(stack, "aws_cognito_user_pool").user_pool_tier = "LITE";
    },
  },
  {
    that: "the resource server is the MCP URL, with exactly the manifest's scopes",
    brokenBy: (stack) =>
      without(all(stack, "aws_cognito_resource_server"), ({ identifier, scope }) => {
        const names = scope.map(({ scope_name }: { scope_name: string }) => scope_name);
        return identifier === stack.output.mcp_url.value && names.join() === scopes.map(({ name }) => name).join();
      }),
    breakIt: (stack) => {
      one(stack, "aws_cognito_resource_server").identifier += "/";
    },
  },
  {
    that: "no client may use the implicit flow or send a password",
    brokenBy: (stack) =>
      without(
        all(stack, clients),
        ({ allowed_oauth_flows, explicit_auth_flows }) =>
          !allowed_oauth_flows.includes("implicit") &&
          explicit_auth_flows.length > 0 &&
          !explicit_auth_flows.some((flow: string) => /PASSWORD|CUSTOM/.test(flow)),
      ),
    breakIt: (stack) => {
      one(stack, clients).explicit_auth_flows = ["ALLOW_USER_PASSWORD_AUTH"];
    },
  },
  {
    that: "clients get scopes of this resource and no others",
    brokenBy: (stack) =>
      all(stack, clients).flatMap(({ value }) =>
        value.allowed_oauth_scopes.filter(
          (scope: string) => !/^\$\{aws_cognito_resource_server\.[^}]+\}\/\w+$/.test(scope),
        ),
      ),
    breakIt: (stack) => {
      one(stack, clients).allowed_oauth_scopes.push("aws.cognito.signin.user.admin");
    },
  },
  {
    that: "the browser's client is public, uses the code flow, and calls back to our own host alone",
    brokenBy: (stack) => {
      const { generate_secret, allowed_oauth_flows, callback_urls } = one(stack, clients, "identity_browser");
      const own = `${stack.output.host_url.value}/callback`;
      return generate_secret === false && allowed_oauth_flows.join() === "code" && callback_urls.join() === own
        ? []
        : [callback_urls];
    },
    breakIt: (stack) => {
      one(stack, clients, "identity_browser").callback_urls.push("http://localhost:3000/callback");
    },
  },
  {
    that: "people's access tokens live 15 minutes; their refresh tokens rotate and can be revoked",
    brokenBy: (stack) => {
      const client = one(stack, clients, "identity_browser");
      return client.access_token_validity === 15 &&
        client.token_validity_units[0].access_token === "minutes" &&
        client.refresh_token_rotation[0].feature === "ENABLED" &&
        client.enable_token_revocation === true &&
        // Cognito refuses rotation beside it.
        !client.explicit_auth_flows.includes("ALLOW_REFRESH_TOKEN_AUTH")
        ? []
        : [client];
    },
    breakIt: (stack) => {
      one(stack, clients, "identity_browser").token_validity_units[0].access_token = "hours";
    },
  },
  {
    that: "the machine's client can do nothing but client_credentials",
    brokenBy: (stack) =>
      all(stack, clients)
        .filter(({ value }) => value.generate_secret)
        .filter(({ value }) => value.allowed_oauth_flows.join() !== "client_credentials" || value.callback_urls),
    breakIt: (stack) => {
      one(stack, clients, "machine").allowed_oauth_flows.push("code");
    },
  },
  {
    that: "the login page has a branding, without which it stays empty",
    brokenBy: (stack) =>
      all(stack, "aws_cognito_managed_login_branding").some(({ value }) => value.client_id.includes("identity_browser"))
        ? []
        : ["branding"],
    breakIt: (stack) => {
      delete stack.resource.aws_cognito_managed_login_branding;
    },
  },
  {
    that: "the login's prefix changes with the pool and holds none of the words that Cognito refuses",
    brokenBy: (stack) =>
      without(all(stack, "aws_cognito_user_pool_domain"), ({ domain }) =>
        /^mcp-(dev|prod)-\$\{substr\(sha256\(aws_cognito_user_pool\.\w+\.id\), 0, 8\)\}$/.test(domain),
      ),
    breakIt: (stack) => {
      one(stack, "aws_cognito_user_pool_domain").domain = "mcp-aws-login";
    },
  },
];
