import type { JWTPayload } from "jose";
import type { Context } from "./context.ts";
import type { StageRequest } from "./request.ts";

/**
 * Headers that API Gateway does not hand to a Lambda integration.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
const DROPPED = new Set([
  "connection",
  "content-md5",
  "expect",
  "max-forwards",
  "proxy-authenticate",
  "server",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "www-authenticate",
]);

/**
 * Makes the event of a Lambda proxy integration.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format
 */
export function proxyEvent(input: {
  request: StageRequest;
  body: Buffer;
  context: Context;
  pathParameters: Record<string, string> | null;
  claims: JWTPayload | undefined;
}): Record<string, unknown> {
  const { request, body, context, pathParameters, claims } = input;
  const headers = request.headers.filter(([name]) => !DROPPED.has(name.toLowerCase()));
  const query = queryPairs(request.query);
  const variable = (name: string) => context.get(name) ?? null;
  return {
    resource: variable("resourcePath"),
    path: request.path,
    httpMethod: request.method,
    headers: lastOf(headers),
    multiValueHeaders: allOf(headers),
    queryStringParameters: lastOf(query),
    multiValueQueryStringParameters: allOf(query),
    pathParameters,
    stageVariables: null,
    requestContext: {
      accountId: variable("accountId"),
      apiId: variable("apiId"),
      ...(claims && { authorizer: { claims: claimStrings(claims) } }),
      deploymentId: variable("deploymentId"),
      domainName: variable("domainName"),
      domainPrefix: variable("apiId"),
      extendedRequestId: variable("extendedRequestId"),
      httpMethod: request.method,
      identity: {
        accessKey: null,
        accountId: null,
        caller: null,
        cognitoAuthenticationProvider: null,
        cognitoAuthenticationType: null,
        cognitoIdentityId: null,
        cognitoIdentityPoolId: null,
        principalOrgId: null,
        sourceIp: request.sourceIp,
        user: null,
        userAgent: variable("identity.userAgent"),
        userArn: null,
      },
      path: variable("path"),
      protocol: request.protocol,
      requestId: variable("requestId"),
      requestTime: variable("requestTime"),
      requestTimeEpoch: Number(variable("requestTimeEpoch")),
      resourceId: variable("resourceId"),
      resourcePath: variable("resourcePath"),
      stage: variable("stage"),
    },
    // Without binary media types every body is text.
    body: body.length > 0 ? body.toString("utf8") : null,
    isBase64Encoded: false,
  };
}

/** Query parameters as sent, decoded; `a` alone is `a=`. */
function queryPairs(query: string): [string, string][] {
  return query === "" ? [] : [...new URLSearchParams(query)];
}

const orNull = <T>(record: Record<string, T>) => (Object.keys(record).length > 0 ? record : null);

function lastOf(pairs: readonly (readonly [string, string])[]): Record<string, string> | null {
  return orNull(Object.fromEntries(pairs));
}

function allOf(pairs: readonly (readonly [string, string])[]): Record<string, string[]> | null {
  const all = new Map<string, string[]>();
  for (const [name, value] of pairs) all.set(name, [...(all.get(name) ?? []), value]);
  return orNull(Object.fromEntries(all));
}

/** Every claim becomes a string: lists joined by commas, `exp` and `iat` dates as Java prints them. */
export function claimStrings(claims: JWTPayload): Record<string, string> {
  return Object.fromEntries(
    Object.entries(claims)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name, claimString(name, value)]),
  );
}

function claimString(name: string, value: unknown): string {
  if ((name === "exp" || name === "iat") && typeof value === "number") return javaDate(value);
  if (Array.isArray(value)) return value.join(",");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** `Thu Jan 01 00:00:00 UTC 1970`, from seconds. */
function javaDate(seconds: number): string {
  const [day, date, month, year, time] = new Date(seconds * 1000).toUTCString().replace(",", "").split(" ");
  return `${day} ${month} ${date} ${time} UTC ${year}`;
}
