import { ApiGatewayGatewayResponse } from "@cdktf/provider-aws/lib/api-gateway-gateway-response/index.js";
import { Construct } from "constructs";
import { CORS } from "./cors.ts";

export interface GatewayResponsesProps {
  readonly apiId: string;
  /** URL of the RFC 9728 document of the resource. */
  readonly resourceMetadata: string;
  /** All scopes, so that the first login asks for everything the tools may need. */
  readonly scopes: readonly string[];
}

interface GatewayResponse {
  /** Left out of the two defaults: a status there would override the status of every other response. */
  readonly status?: number;
  readonly error: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the gateway says by itself. Types: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html */
export class GatewayResponses extends Construct {
  constructor(scope: Construct, id: string, props: GatewayResponsesProps) {
    super(scope, id);
    for (const [type, response] of Object.entries(gatewayResponses(props))) {
      new ApiGatewayGatewayResponse(this, type.toLowerCase().replaceAll("_", "-"), {
        restApiId: props.apiId,
        responseType: type,
        ...(response.status !== undefined && { statusCode: String(response.status) }),
        responseParameters: Object.fromEntries(
          Object.entries({ ...CORS, ...response.headers }).map(([name, value]) => [
            `gatewayresponse.header.${name}`,
            `'${value}'`,
          ]),
        ),
        responseTemplates: {
          "application/json": `{"error":"${response.error}","message":"${response.message}","requestId":"$context.requestId"}`,
        },
      });
    }
  }
}

function gatewayResponses({ resourceMetadata, scopes }: GatewayResponsesProps): Record<string, GatewayResponse> {
  const scope = scopes.join(" ");
  // RFC 9728, 5.1 and RFC 6750, 3. No `error`: the same answer goes to a call without any token, which made no error.
  const challenge = { "WWW-Authenticate": `Bearer resource_metadata="${resourceMetadata}", scope="${scope}"` };
  return {
    UNAUTHORIZED: {
      status: 401,
      error: "unauthorized",
      message: "A valid access token is needed: log in as the WWW-Authenticate header says.",
      headers: challenge,
    },
    EXPIRED_TOKEN: {
      status: 401,
      error: "unauthorized",
      message: "The token has expired: get a new one as the WWW-Authenticate header says.",
      headers: challenge,
    },
    ACCESS_DENIED: {
      status: 403,
      error: "insufficient_scope",
      message: "The token has none of the scopes that this server knows.",
      headers: {
        "WWW-Authenticate": `Bearer error="insufficient_scope", scope="${scope}", resource_metadata="${resourceMetadata}"`,
      },
    },
    MISSING_AUTHENTICATION_TOKEN: { status: 404, error: "not_found", message: "There is nothing here." },
    THROTTLED: {
      status: 429,
      error: "too_many_requests",
      message: "Too many requests: try again after a second.",
      headers: { "Retry-After": "1" },
    },
    QUOTA_EXCEEDED: {
      status: 429,
      error: "too_many_requests",
      message: "Too many requests: try again after a minute.",
      headers: { "Retry-After": "60" },
    },
    REQUEST_TOO_LARGE: { status: 413, error: "request_too_large", message: "The request is larger than 10 MB." },
    UNSUPPORTED_MEDIA_TYPE: {
      status: 415,
      error: "unsupported_media_type",
      message: "Send the body as application/json.",
    },
    BAD_REQUEST_BODY: { status: 400, error: "bad_request", message: "The body of the request is not valid." },
    BAD_REQUEST_PARAMETERS: {
      status: 400,
      error: "bad_request",
      message: "A parameter of the request is missing or not valid.",
    },
    WAF_FILTERED: { status: 403, error: "forbidden", message: "The request was refused by the firewall." },
    INTEGRATION_TIMEOUT: { status: 504, error: "timeout", message: "The server took too long to answer." },
    INTEGRATION_FAILURE: { status: 502, error: "bad_gateway", message: "The server failed to answer." },
    DEFAULT_4XX: { error: "bad_request", message: "The request was refused." },
    DEFAULT_5XX: {
      error: "server_error",
      message: "The server failed: try again, and report the requestId if it stays.",
    },
  };
}
