import { randomUUID } from "node:crypto";

/** Who a direct call claims to be: what the gateway would have read from the machine client's token. */
export interface MachineIdentity {
  readonly clientId: string;
  /** Space-separated, as in the token. */
  readonly scope: string;
}

export interface GatewayRequest {
  readonly method: "GET" | "POST";
  /** The URL a client would call. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Absent where the route has no authorizer. */
  readonly identity?: MachineIdentity;
}

/**
 * What API Gateway makes of a request: the REST proxy event, version 1.0, with a Cognito authorizer's claims (all strings).
 * Only the gateway and the deploy role may invoke the functions, so they take these claims for checked.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function gatewayEvent({ method, url, headers, body, identity }: GatewayRequest) {
  const { host, pathname } = new URL(url);
  const all = { Host: host, "User-Agent": "update-lambda", ...headers };
  return {
    resource: pathname,
    path: pathname,
    httpMethod: method,
    headers: all,
    multiValueHeaders: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]])),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    requestContext: {
      requestId: randomUUID(),
      httpMethod: method,
      path: `/live${pathname}`,
      resourcePath: pathname,
      stage: "live",
      protocol: "HTTP/1.1",
      identity: { sourceIp: "127.0.0.1", userAgent: "update-lambda" },
      ...(identity && { authorizer: { claims: claims(identity) } }),
    },
    body,
    isBase64Encoded: false,
  };
}

/** A client_credentials token of Cognito has no `aud`, and its subject is the client. */
function claims({ clientId, scope }: MachineIdentity) {
  const now = Math.floor(Date.now() / 1_000);
  return {
    sub: clientId,
    client_id: clientId,
    token_use: "access",
    scope,
    version: "2",
    jti: randomUUID(),
    iat: String(now),
    auth_time: String(now),
    exp: String(now + 300),
  };
}
