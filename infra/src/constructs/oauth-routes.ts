import { ApiGatewayIntegration } from "@cdktf/provider-aws/lib/api-gateway-integration/index.js";
import { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method/index.js";
import { ApiGatewayResource } from "@cdktf/provider-aws/lib/api-gateway-resource/index.js";
import { Construct } from "constructs";
import { CORS, preflight } from "./cors.ts";
import type { ServiceFunction } from "./function.ts";
import { justify } from "./justify.ts";
import { MockRoute } from "./mock-route.ts";
import { type RestApi, STAGE_NAME } from "./rest-api.ts";

export interface OauthRoutesProps {
  readonly api: RestApi;
  readonly region: string;
  readonly oauth: ServiceFunction;
  /** The function's time limit. */
  readonly timeoutSeconds: number;
}

/** Where people log in: pages, which no other site's script may call or read. */
const PAGES = { authorize: ["GET", "POST"], callback: ["GET"] } as const;
/** Where clients call, also those that run in a browser. */
const ENDPOINTS = ["token", "revoke", "register"] as const;

/** The paths of the OAuth function. The gateway lets everybody through: who may do what is the function's own matter. */
export class OauthRoutes extends Construct {
  private readonly props: OauthRoutesProps;

  constructor(scope: Construct, id: string, props: OauthRoutesProps) {
    super(scope, id);
    this.props = props;
    for (const [path, methods] of Object.entries(PAGES)) {
      const resourceId = this.resource(path);
      for (const method of methods) this.proxy(path, resourceId, method);
      this.methodNotAllowed(path, resourceId, methods.join(", "), {});
    }
    for (const path of ENDPOINTS) {
      const resourceId = this.resource(path);
      this.proxy(path, resourceId, "POST");
      this.methodNotAllowed(path, resourceId, "POST, OPTIONS", CORS);
      new MockRoute(this, `${path}-options`, {
        apiId: props.api.id,
        resourceId,
        method: "OPTIONS",
        status: 204,
        headers: preflight("POST, OPTIONS"),
      });
    }
  }

  private resource(path: string): string {
    const { api } = this.props;
    return new ApiGatewayResource(this, path, { restApiId: api.id, parentId: api.rootResourceId, pathPart: path }).id;
  }

  private proxy(path: string, resourceId: string, httpMethod: "GET" | "POST"): void {
    const { api, region, oauth, timeoutSeconds } = this.props;
    const id = `${path}-${httpMethod.toLowerCase()}`;
    const method = new ApiGatewayMethod(this, id, { restApiId: api.id, resourceId, httpMethod, authorization: "NONE" });
    justify(method, {
      CKV_AWS_59: "An authorization server's endpoints are where callers become known (RFC 6749, 3).",
      CKV2_AWS_53: "The function validates, because only it can answer as RFC 6749 says an error must look.",
    });
    new ApiGatewayIntegration(this, `${id}-integration`, {
      restApiId: api.id,
      resourceId,
      httpMethod: method.httpMethod,
      type: "AWS_PROXY",
      integrationHttpMethod: "POST",
      uri: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${oauth.aliasArn}/invocations`,
      timeoutMilliseconds: timeoutSeconds * 1000,
    });
    oauth.allowInvokeBy(id, `${api.executionArn}/${STAGE_NAME}/${httpMethod}/${path}`);
  }

  private methodNotAllowed(path: string, resourceId: string, allowed: string, headers: Record<string, string>): void {
    new MockRoute(this, `${path}-any`, {
      apiId: this.props.api.id,
      resourceId,
      method: "ANY",
      status: 405,
      headers: { ...headers, "Content-Type": "application/json", Allow: allowed },
      body: JSON.stringify({ error: "method_not_allowed", message: `This path answers ${allowed}.` }),
    });
  }
}
