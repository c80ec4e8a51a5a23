import { randomBytes, randomUUID } from "node:crypto";
import type { JWTPayload } from "jose";
import type { Lambda } from "../lambda/lambda.ts";
import type { Resources } from "../terraform/resources.ts";
import { type Method, readApi } from "./api.ts";
import type { Context } from "./context.ts";
import { GatewayError } from "./errors.ts";
import { answerMock } from "./mock.ts";
import { answerProxy } from "./proxy.ts";
import { claimStrings, proxyEvent } from "./proxy-event.ts";
import type { Reply } from "./reply.ts";
import { headerValues, type StageRequest } from "./request.ts";
import { createRouter, type Match } from "./routes.ts";

export interface GatewayOptions {
  resources: Resources;
  lambda: Lambda;
  /** Takes one access log line, JSON or not, as the stage's format makes it. */
  accessLog: (line: string) => void;
}

export interface Gateway {
  apiId: string;
  /** Host of the API's own endpoint, where CloudFront finds it. */
  host: string;
  /** Nothing answers at that host. */
  endpointDisabled: boolean;
  stageName: string;
  /** Answers a request to the stage; never rejects. */
  handle(request: StageRequest): Promise<Exchange>;
}

/** An answer, and what to call when its body has gone out (or broken off). */
export interface Exchange {
  reply: Reply;
  onSent: (bytes: number) => void;
}

/** Serves the REST API of a stack with API Gateway's semantics. Throws UnsupportedStackError for what it cannot serve. */
export function createGateway({ resources, lambda, accessLog }: GatewayOptions): Gateway {
  const api = readApi(resources);
  const match = createRouter(api.routes);
  const host = `${api.id}.execute-api.${resources.region}.amazonaws.com`;

  function newContext(request: StageRequest, at: Date): Context {
    return new Map([
      ["accountId", resources.account],
      ["apiId", api.id],
      ["deploymentId", api.deploymentId],
      ["domainName", host],
      ["extendedRequestId", `${randomBytes(11).toString("base64url")}=`],
      ["httpMethod", request.method],
      ["identity.sourceIp", request.sourceIp],
      ["identity.userAgent", headerValues(request.headers, "user-agent").at(-1) ?? ""],
      ["path", `/${api.stageName}${request.path}`],
      ["protocol", request.protocol],
      ["requestId", randomUUID()],
      ["requestTime", commonLogTime(at)],
      ["requestTimeEpoch", String(at.getTime())],
      ["stage", api.stageName],
    ]);
  }

  async function answer(request: StageRequest, context: Context): Promise<Reply> {
    const found = match(request.method, request.path);
    if (!found) throw unmapped(request);
    context.set("resourcePath", found.route.path);
    context.set("resourceId", found.method.resourceId);
    if (!found.method.admit()) throw new GatewayError("THROTTLED");
    const body = await request.body();
    const claims = await authorize(found.method, request, context);
    return integrate(found, request, body, claims, context);
  }

  async function integrate(
    { route, method, parameters }: Match<Method>,
    request: StageRequest,
    body: Buffer,
    claims: JWTPayload | undefined,
    context: Context,
  ): Promise<Reply> {
    if (method.integration.kind === "mock") return answerMock(method.integration, request, context);
    const begin = performance.now();
    try {
      const reply = await answerProxy(method.integration, {
        lambda,
        event: proxyEvent({ request, body, context, pathParameters: parameters, claims }),
        sourceArn: `${api.executionArn}/${api.stageName}/${request.method}${route.path}`,
        traceId: headerValues(request.headers, "x-amzn-trace-id").at(-1) ?? "",
      });
      context.set("integration.status", "200");
      return reply;
    } finally {
      const latency = String(Math.round(performance.now() - begin));
      context.set("integration.latency", latency);
      context.set("integrationLatency", latency);
    }
  }

  return {
    apiId: api.id,
    host,
    endpointDisabled: api.endpointDisabled,
    stageName: api.stageName,
    async handle(request) {
      const begin = performance.now();
      const context = newContext(request, new Date());
      let reply: Reply;
      try {
        reply = await answer(request, context);
      } catch (error) {
        reply = api.gatewayResponse(asGatewayError(error, context), context);
      }
      context.set("status", String(reply.status));
      return {
        reply: {
          ...reply,
          headers: [
            ...reply.headers,
            ["x-amzn-RequestId", context.get("requestId") ?? ""],
            ["x-amz-apigw-id", context.get("extendedRequestId") ?? ""],
          ],
        },
        onSent: (bytes) => {
          context.set("responseLength", String(bytes));
          context.set("responseLatency", String(Math.round(performance.now() - begin)));
          if (api.accessLogLine) accessLog(api.accessLogLine(context));
        },
      };
    },
  };
}

async function authorize(
  { authorize }: Method,
  request: StageRequest,
  context: Context,
): Promise<JWTPayload | undefined> {
  if (!authorize) return undefined;
  try {
    const claims = await authorize.authorizer(request, authorize.scopes);
    for (const [name, value] of Object.entries(claimStrings(claims))) context.set(`authorizer.claims.${name}`, value);
    return claims;
  } catch (error) {
    if (error instanceof GatewayError) context.set("authorizer.error", error.reason);
    throw error;
  }
}

/**
 * What a path without a method answers: without Authorization a missing token; with one that is no AWS signature, a
 * complaint about the signature, because an unmapped path counts as one that needs IAM.
 */
function unmapped(request: StageRequest): GatewayError {
  const [authorization] = headerValues(request.headers, "authorization");
  return new GatewayError(
    authorization !== undefined && !authorization.startsWith("AWS4-HMAC-SHA256 ")
      ? "INVALID_SIGNATURE"
      : "MISSING_AUTHENTICATION_TOKEN",
  );
}

function asGatewayError(error: unknown, context: Context): GatewayError {
  const known =
    error instanceof GatewayError ? error : new GatewayError("API_CONFIGURATION_ERROR", { reason: String(error) });
  if (known.status >= 500) {
    context.set("integration.error", known.reason);
    context.set("integrationErrorMessage", known.reason);
  }
  return known;
}

/** `09/Apr/2015:12:34:56 +0000` */
function commonLogTime(at: Date): string {
  const [, day, month, year, time] = at.toUTCString().split(" ");
  return `${day}/${month}/${year}:${time} +0000`;
}
