import { ApiGatewayAuthorizer } from "@cdktf/provider-aws/lib/api-gateway-authorizer/index.js";
import { ApiGatewayIntegration } from "@cdktf/provider-aws/lib/api-gateway-integration/index.js";
import { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method/index.js";
import { ApiGatewayResource } from "@cdktf/provider-aws/lib/api-gateway-resource/index.js";
import { Construct } from "constructs";
import { CORS, preflight } from "./cors.ts";
import {
  authorizationServer,
  landingPage,
  type OauthFacts,
  openidConfiguration,
  protectedResource,
} from "./documents.ts";
import type { ServiceFunction } from "./function.ts";
import { GatewayResponses } from "./gateway-responses.ts";
import { justify } from "./justify.ts";
import { MockRoute } from "./mock-route.ts";
import { type RestApi, STAGE_NAME } from "./rest-api.ts";

export interface RoutesProps {
  readonly api: RestApi;
  readonly region: string;
  readonly userPoolArn: string;
  readonly mcp: ServiceFunction;
  /** The MCP function's time limit. */
  readonly mcpTimeoutSeconds: number;
  readonly oauth: OauthFacts;
}

/** Every route of the API, and what the gateway answers by itself. */
export class Routes extends Construct {
  /** Changes when the authorizer is replaced, and with it what a deployment must contain. */
  readonly authorizerId: string;

  private readonly props: RoutesProps;

  constructor(scope: Construct, id: string, props: RoutesProps) {
    super(scope, id);
    this.props = props;
    const { api, oauth } = props;

    const authorizer = new ApiGatewayAuthorizer(this, "authorizer", {
      restApiId: api.id,
      name: "cognito",
      type: "COGNITO_USER_POOLS",
      providerArns: [props.userPoolArn],
      // A cached decision outlives the token by up to its TTL, and checking a signature costs nothing worth keeping.
      authorizerResultTtlInSeconds: 0,
    });
    this.authorizerId = authorizer.id;

    this.mcpRoute(this.resource("mcp", api.rootResourceId, "mcp"), authorizer.id);

    const wellKnown = this.resource("well-known", api.rootResourceId, ".well-known");
    const protectedResourceId = this.resource("protected-resource", wellKnown, "oauth-protected-resource");
    const protectedMcpId = this.resource("protected-resource-mcp", protectedResourceId, "mcp");
    const authorizationServerId = this.resource("authorization-server", wellKnown, "oauth-authorization-server");
    const authorizationServerMcpId = this.resource("authorization-server-mcp", authorizationServerId, "mcp");
    const openidId = this.resource("openid", wellKnown, "openid-configuration");

    const metadata = "application/json";
    this.document("protected-resource-document", protectedResourceId, metadata, protectedResource(oauth));
    this.document("protected-resource-mcp-document", protectedMcpId, metadata, protectedResource(oauth));
    this.document("authorization-server-document", authorizationServerId, metadata, authorizationServer(oauth));
    // Some clients append the resource's path here too.
    this.document("authorization-server-mcp-document", authorizationServerMcpId, metadata, authorizationServer(oauth));
    this.document("openid-document", openidId, metadata, openidConfiguration(oauth));
    this.document("landing-page", api.rootResourceId, "text/html; charset=utf-8", landingPage(oauth.resource));

    this.notFound("not-found", this.resource("anything-else", api.rootResourceId, "{proxy+}"));
    this.notFound("well-known-not-found", wellKnown);

    new GatewayResponses(this, "says", {
      apiId: api.id,
      resourceMetadata: `${oauth.origin}/.well-known/oauth-protected-resource/mcp`,
      scopes: oauth.scopes,
    });
  }

  private mcpRoute(resourceId: string, authorizerId: string): void {
    const { api, region, mcp, mcpTimeoutSeconds, oauth } = this.props;
    const method = new ApiGatewayMethod(this, "mcp-post", {
      restApiId: api.id,
      resourceId,
      httpMethod: "POST",
      authorization: "COGNITO_USER_POOLS",
      authorizerId,
      // With scopes the authorizer takes access tokens and refuses ID tokens; one of them is enough here, the function
      // checks the called tool's own.
      authorizationScopes: [...oauth.scopes],
    });
    justify(method, {
      CKV2_AWS_53:
        "The function validates, because only it can answer in JSON-RPC; the gateway's 400 would break clients.",
    });
    new ApiGatewayIntegration(this, "mcp-integration", {
      restApiId: api.id,
      resourceId,
      httpMethod: method.httpMethod,
      type: "AWS_PROXY",
      integrationHttpMethod: "POST",
      // https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
      uri: `arn:aws:apigateway:${region}:lambda:path/2021-11-15/functions/${mcp.aliasArn}/response-streaming-invocations`,
      responseTransferMode: "STREAM",
      timeoutMilliseconds: mcpTimeoutSeconds * 1000,
    });
    mcp.allowInvokeBy("gateway", `${api.executionArn}/${STAGE_NAME}/POST/mcp`);

    const allowed = "POST, OPTIONS";
    this.options("mcp-options", resourceId, allowed);
    this.methodNotAllowed("mcp-any", resourceId, allowed);
  }

  private resource(id: string, parentId: string, pathPart: string): string {
    return new ApiGatewayResource(this, id, { restApiId: this.props.api.id, parentId, pathPart }).id;
  }

  private document(id: string, resourceId: string, contentType: string, body: string): void {
    const allowed = "GET, OPTIONS";
    const headers = { ...CORS, "Cache-Control": "public, max-age=300", "Content-Type": contentType };
    new MockRoute(this, id, { apiId: this.props.api.id, resourceId, method: "GET", status: 200, headers, body });
    this.options(`${id}-options`, resourceId, allowed);
    this.methodNotAllowed(`${id}-any`, resourceId, allowed);
  }

  private options(id: string, resourceId: string, methods: string): void {
    new MockRoute(this, id, {
      apiId: this.props.api.id,
      resourceId,
      method: "OPTIONS",
      status: 204,
      headers: preflight(methods),
    });
  }

  private methodNotAllowed(id: string, resourceId: string, allowed: string): void {
    new MockRoute(this, id, {
      apiId: this.props.api.id,
      resourceId,
      method: "ANY",
      status: 405,
      headers: { ...CORS, "Content-Type": "application/json", Allow: allowed },
      body: JSON.stringify({ error: "method_not_allowed", message: `This path answers ${allowed}.` }),
    });
  }

  /** A path without any method, or unmapped, would answer 403 "Invalid key=value pair" to a call with a bearer token. */
  private notFound(id: string, resourceId: string): void {
    new MockRoute(this, id, {
      apiId: this.props.api.id,
      resourceId,
      method: "ANY",
      status: 404,
      headers: { ...CORS, "Content-Type": "application/json" },
      body: JSON.stringify({ error: "not_found", message: "There is nothing here." }),
    });
    // Browser clients probe paths with headers of their own: without this they see a network error, not a 404.
    this.options(`${id}-options`, resourceId, "GET, POST, OPTIONS");
  }
}
