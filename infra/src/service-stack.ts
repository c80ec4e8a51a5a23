import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity/index.js";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { scopes } from "@remote-mcp/server/manifest";
import { CloudBackend, NamedCloudWorkspace, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import {
  applyRoleName,
  boundaryName,
  type Environment,
  namePrefix,
  organization,
  PROJECT,
  SERVER_NAME,
} from "./config.ts";
import { Alarms } from "./constructs/alarms.ts";
import { CloudfrontHost } from "./constructs/cloudfront-host.ts";
import { Dashboard } from "./constructs/dashboard.ts";
import { DomainHost } from "./constructs/domain-host.ts";
import { Files } from "./constructs/files.ts";
import { ServiceFunction } from "./constructs/function.ts";
import { Identity } from "./constructs/identity.ts";
import { KeepActive } from "./constructs/keep-active.ts";
import { MachineClient } from "./constructs/machine-client.ts";
import { metricsOf } from "./constructs/metrics.ts";
import { Network } from "./constructs/network.ts";
import { OauthRoutes } from "./constructs/oauth-routes.ts";
import type { Place } from "./constructs/place.ts";
import { RestApi } from "./constructs/rest-api.ts";
import { Routes } from "./constructs/routes.ts";
import { SealingSecret } from "./constructs/sealing-secret.ts";
import { Stage } from "./constructs/stage.ts";
import { toolPermissions } from "./constructs/tool-permissions.ts";
import { Trail } from "./constructs/trail.ts";

/** The documents and the rest that anybody may fetch; clients keep the documents for minutes. */
const PUBLIC_THROTTLE = { burst: 100, rate: 50 };

/** claude.ai waits 10 s for a token; Cognito gets 6 of them. */
const OAUTH_TIMEOUT_SECONDS = 10;

/** One environment: everything that serves the MCP endpoint. */
export class ServiceStack extends TerraformStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, environment.name);
    const { mcp, flags } = environment;
    const place = this.place(environment);

    const files = new Files(this, "files", { place });
    const permissions = toolPermissions(files);
    const network = new Network(this, "network", {
      place,
      availabilityZones: environment.availabilityZones,
      cidr: environment.cidr,
      s3Grants: permissions,
      bucketName: files.bucketName,
      lambdaEndpoint: flags.lambdaEndpoint,
      flowLogs: flags.flowLogs,
    });
    const operators = [...environment.fileOperators, applyRoleName(environment.name)];
    files.restrictTo(
      network.s3EndpointId,
      operators.map((role) => `arn:aws:iam::${place.account}:role/${role}`),
    );

    const api = new RestApi(this, "api", { place, onlyByDomain: environment.front.kind === "domain" });
    const host = this.host(environment, place, api);
    const origin = `https://${host.hostName}`;
    const resource = `${origin}/mcp`;

    const identity = new Identity(this, "identity", { place, origin, resource });
    const machine = environment.machineClient ? new MachineClient(this, "machine", { place, identity }) : undefined;
    const sealing = new SealingSecret(this, "sealing", { place });

    const mcpFunction = new ServiceFunction(this, "mcp", {
      place,
      name: "mcp",
      description: `${SERVER_NAME}: answers POST /mcp`,
      memoryMb: mcp.memoryMb,
      timeoutSeconds: mcp.timeoutSeconds,
      reservedConcurrency: mcp.reservedConcurrency,
      environment: {
        RESOURCE: resource,
        MACHINE_CLIENT_IDS: machine?.clientId ?? "",
        BUCKET_NAME: files.bucketName,
        ALLOWED_ORIGINS: environment.allowedOrigins.join(","),
        ENVIRONMENT: environment.name,
        LOG_LEVEL: "info",
      },
      network,
      permissions,
      xray: flags.xray,
    });
    new KeepActive(this, "keep-active", { place, aliasArn: mcpFunction.aliasArn });

    // Outside the VPC: it needs Cognito and the sites of clients' metadata documents, and nothing else of AWS than its secret.
    const oauthFunction = new ServiceFunction(this, "oauth", {
      place,
      name: "oauth",
      description: `${SERVER_NAME}: registers clients, asks people, gives out tokens`,
      memoryMb: environment.oauth.memoryMb,
      timeoutSeconds: OAUTH_TIMEOUT_SECONDS,
      environment: {
        RESOURCE: resource,
        SCOPES: scopes.map(({ name }) => name).join(","),
        COGNITO_ORIGIN: identity.oauthOrigin,
        COGNITO_CLIENT_ID: identity.browserClientId,
        MACHINE_CLIENT_IDS: machine?.clientId ?? "",
        SEALING_PARAMETER: sealing.parameterName,
        CLIENTS: JSON.stringify(environment.oauth.clients),
      },
      permissions: sealing.read,
      xray: flags.xray,
    });

    const routes = new Routes(this, "routes", {
      api,
      region: place.region,
      userPoolArn: identity.userPoolArn,
      mcp: mcpFunction,
      mcpTimeoutSeconds: mcp.timeoutSeconds,
      oauth: {
        origin,
        resource,
        scopes: identity.scopes,
        jwksUri: identity.jwksUri,
        grantTypes: ["authorization_code", "refresh_token", ...(machine ? ["client_credentials"] : [])],
      },
    });
    const oauthRoutes = new OauthRoutes(this, "oauth-routes", {
      api,
      region: place.region,
      oauth: oauthFunction,
      timeoutSeconds: OAUTH_TIMEOUT_SECONDS,
    });
    const stage = new Stage(this, "stage", {
      place,
      api,
      contents: [api, routes, oauthRoutes],
      dependencies: {
        host: host.hostName,
        alias: mcpFunction.aliasArn,
        oauthAlias: oauthFunction.aliasArn,
        authorizer: routes.authorizerId,
      },
      throttle: PUBLIC_THROTTLE,
      methodThrottles: { "mcp/POST": environment.throttle },
      xray: flags.xray,
      waf: flags.waf,
    });
    if (host instanceof DomainHost) host.mapTo(api, stage.name);
    if (flags.cloudtrail) new Trail(this, "trail", { place, filesBucketArn: files.bucketArn });

    if (environment.observability) {
      const metrics = metricsOf({
        environment: environment.name,
        apiName: api.name,
        stageName: stage.name,
        mcpFunctionName: mcpFunction.functionName,
        oauthFunctionName: oauthFunction.functionName,
      });
      new Alarms(this, "alarms", {
        place,
        metrics,
        accessLogName: stage.accessLogName,
        timeoutSeconds: mcp.timeoutSeconds,
        reservedConcurrency: mcp.reservedConcurrency,
        emails: environment.alarmEmails,
      });
      new Dashboard(this, "dashboard", { place, metrics, functionLogName: mcpFunction.logGroupName });
    }

    this.output("host_url", origin, "Where the service lives");
    this.output("mcp_url", resource, "What to paste into an MCP client");
    this.output("stage_url", stage.url, "The API behind the host");
    this.output("mcp_function_name", mcpFunction.functionName, "For update-lambda");
    this.output("mcp_function_alias", mcpFunction.aliasName, "The alias that update-lambda moves");
    this.output("oauth_function_name", oauthFunction.functionName, "For update-lambda");
    this.output("files_bucket_name", files.bucketName, "The files that the tools see");
    this.output("user_pool_id", identity.userPoolId, "Where the people are");
    this.output("sealing_parameter_name", sealing.parameterName, "What rotate-key writes");
    if (machine) this.output("machine_secret_name", machine.secretName, "The secret with the machine's credentials");
  }

  private place({ name, region, logRetentionDays, deletionProtection }: Environment): Place {
    new CloudBackend(this, { organization, workspaces: new NamedCloudWorkspace(`${name}-${PROJECT}`) });
    new AwsProvider(this, "aws", {
      region,
      defaultTags: [{ tags: { Project: PROJECT, Environment: name, ManagedBy: "terraform" } }],
    });
    const account = new DataAwsCallerIdentity(this, "account").accountId;
    return {
      environment: name,
      name: namePrefix(name),
      region,
      account,
      boundaryArn: `arn:aws:iam::${account}:policy/${boundaryName(name)}`,
      logRetentionDays,
      deletionProtection,
    };
  }

  private host({ front, mcp }: Environment, place: Place, api: RestApi): CloudfrontHost | DomainHost {
    return front.kind === "domain"
      ? new DomainHost(this, "host", {
          place,
          domainName: front.name,
          certificateArn: front.certificateArn,
          hostedZoneId: front.hostedZoneId,
        })
      : new CloudfrontHost(this, "host", { place, api, originReadTimeoutSeconds: mcp.timeoutSeconds });
  }

  private output(id: string, value: string, description: string): void {
    new TerraformOutput(this, id, { value, description });
  }
}
