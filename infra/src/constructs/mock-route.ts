import { ApiGatewayIntegration } from "@cdktf/provider-aws/lib/api-gateway-integration/index.js";
import { ApiGatewayIntegrationResponse } from "@cdktf/provider-aws/lib/api-gateway-integration-response/index.js";
import { ApiGatewayMethod } from "@cdktf/provider-aws/lib/api-gateway-method/index.js";
import { ApiGatewayMethodResponse } from "@cdktf/provider-aws/lib/api-gateway-method-response/index.js";
import { Construct } from "constructs";
import { justify } from "./justify.ts";

export interface MockRouteProps {
  readonly apiId: string;
  readonly resourceId: string;
  readonly method: "ANY" | "GET" | "OPTIONS";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Velocity, so `$` and `#` must be escaped. */
  readonly body?: string;
}

/** A method that the gateway answers by itself, always in the same way: no function runs, nothing to pay but the request. */
export class MockRoute extends Construct {
  constructor(scope: Construct, id: string, props: MockRouteProps) {
    super(scope, id);
    const { apiId, resourceId, status } = props;
    const headers = Object.entries(props.headers).map(
      ([name, value]) => [`method.response.header.${name}`, value] as const,
    );

    const method = new ApiGatewayMethod(this, "method", {
      restApiId: apiId,
      resourceId,
      httpMethod: props.method,
      authorization: "NONE",
    });
    justify(method, {
      ...(props.method !== "OPTIONS" && { CKV_AWS_59: "Says the same to everybody: there is nothing behind it." }),
      CKV2_AWS_53: "Says the same whatever is asked: there is nothing to validate for.",
    });
    const integration = new ApiGatewayIntegration(this, "integration", {
      restApiId: apiId,
      resourceId,
      httpMethod: method.httpMethod,
      type: "MOCK",
      // Meaningless to a MOCK, but some implementations store it: written down, no plan sees a difference.
      integrationHttpMethod: "POST",
      passthroughBehavior: "NEVER",
      requestTemplates: { "application/json": JSON.stringify({ statusCode: status }) },
    });
    const methodResponse = new ApiGatewayMethodResponse(this, "method-response", {
      restApiId: apiId,
      resourceId,
      httpMethod: method.httpMethod,
      statusCode: String(status),
      responseParameters: Object.fromEntries(headers.map(([name]) => [name, true])),
    });
    new ApiGatewayIntegrationResponse(this, "integration-response", {
      restApiId: apiId,
      resourceId,
      httpMethod: method.httpMethod,
      statusCode: methodResponse.statusCode,
      responseParameters: Object.fromEntries(headers.map(([name, value]) => [name, `'${value}'`])),
      // The key is the type the gateway assumes of a MOCK's answer; Content-Type is among the headers.
      responseTemplates: { "application/json": props.body ?? "" },
      dependsOn: [integration],
    });
  }
}
