import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { CloudBackend, NamedCloudWorkspace, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { type Environment, organization, PROJECT, SERVER_NAME } from "./config.ts";
import { Files } from "./constructs/files.ts";
import { ServiceFunction } from "./constructs/function.ts";
import { Host } from "./constructs/host.ts";
import { Identity } from "./constructs/identity.ts";
import { Network } from "./constructs/network.ts";
import { RestApi } from "./constructs/rest-api.ts";
import { Routes } from "./constructs/routes.ts";
import { Stage } from "./constructs/stage.ts";
import { toolPermissions } from "./constructs/tool-permissions.ts";

/** One environment: everything that serves the MCP endpoint. */
export class ServiceStack extends TerraformStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, environment.name);
    const { region, mcp, throttle, logRetentionDays, deletionProtection } = environment;
    const name = `remote-mcp-${environment.name}`;

    new CloudBackend(this, { organization, workspaces: new NamedCloudWorkspace(`${environment.name}-${PROJECT}`) });
    new AwsProvider(this, "aws", {
      region,
      defaultTags: [{ tags: { Project: PROJECT, Environment: environment.name, ManagedBy: "terraform" } }],
    });

    const files = new Files(this, "files", { name });
    const network = new Network(this, "network", {
      name,
      region,
      availabilityZones: environment.availabilityZones,
      cidr: environment.cidr,
    });
    const permissions = toolPermissions(files);
    network.allowOnlyToS3(permissions);

    const api = new RestApi(this, "api", { name, region });
    const host = new Host(this, "host", { name, api, originReadTimeoutSeconds: mcp.timeoutSeconds });
    const origin = `https://${host.name}`;
    const resource = `${origin}/mcp`;

    const identity = new Identity(this, "identity", {
      name,
      environment: environment.name,
      region,
      resource,
      deletionProtection,
    });

    const mcpFunction = new ServiceFunction(this, "mcp", {
      name: `${name}-mcp`,
      description: `${SERVER_NAME}: answers POST /mcp`,
      memoryMb: mcp.memoryMb,
      timeoutSeconds: mcp.timeoutSeconds,
      reservedConcurrency: mcp.reservedConcurrency,
      environment: {
        RESOURCE: resource,
        MACHINE_CLIENT_IDS: identity.machineClientId,
        BUCKET_NAME: files.bucketName,
        ALLOWED_ORIGINS: environment.allowedOrigins.join(","),
        ENVIRONMENT: environment.name,
        LOG_LEVEL: "info",
      },
      logRetentionDays,
      network,
      permissions,
    });

    const routes = new Routes(this, "routes", {
      api,
      region,
      userPoolArn: identity.userPoolArn,
      mcp: mcpFunction,
      mcpTimeoutSeconds: mcp.timeoutSeconds,
      oauth: {
        origin,
        resource,
        scopes: identity.scopes,
        authorizationEndpoint: `${identity.oauthOrigin}/oauth2/authorize`,
        tokenEndpoint: `${identity.oauthOrigin}/oauth2/token`,
        revocationEndpoint: `${identity.oauthOrigin}/oauth2/revoke`,
        jwksUri: identity.jwksUri,
      },
    });
    const stage = new Stage(this, "stage", {
      api,
      contents: [api, routes],
      dependencies: { host: host.name, alias: mcpFunction.aliasArn, authorizer: routes.authorizerId },
      throttle,
      logRetentionDays,
    });

    this.output("host_url", origin, "Where the service lives");
    this.output("mcp_url", resource, "What to paste into an MCP client");
    this.output("stage_url", stage.url, "The API behind the host");
    this.output("mcp_function_name", mcpFunction.functionName, "For update-lambda");
    this.output("mcp_function_alias", mcpFunction.aliasName, "The alias that update-lambda moves");
    this.output("files_bucket_name", files.bucketName, "The files that the tools see");
    this.output("user_pool_id", identity.userPoolId, "Where the people are");
    this.output("machine_secret_name", identity.machineSecretName, "The secret with the machine client's credentials");
  }

  private output(id: string, value: string, description: string): void {
    new TerraformOutput(this, id, { value, description });
  }
}
