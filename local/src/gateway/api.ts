import * as z from "zod";
import { UnsupportedStackError } from "../terraform/errors.ts";
import type { Resource, Resources } from "../terraform/resources.ts";
import { type Authorizer, createAuthorizer } from "./authorizer.ts";
import type { Context } from "./context.ts";
import type { GatewayError } from "./errors.ts";
import { createGatewayResponses } from "./gateway-responses.ts";
import { integrationReader } from "./integrations.ts";
import type { MockIntegration } from "./mock.ts";
import type { ProxyIntegration } from "./proxy.ts";
import type { Reply } from "./reply.ts";
import type { Route } from "./routes.ts";
import { parse } from "./schema.ts";
import { compileTemplate, type Template } from "./template.ts";
import { createThrottle, type ThrottleLimits } from "./throttle.ts";

export interface Method {
  resourceId: string;
  authorize: { authorizer: Authorizer; scopes: string[] } | undefined;
  integration: MockIntegration | ProxyIntegration;
  /** Takes a token; false when the method is throttled. */
  admit: () => boolean;
}

/** A REST API with its one stage, read from the stack once and for all. */
export interface Api {
  id: string;
  executionArn: string;
  stageName: string;
  deploymentId: string;
  routes: Route<Method>[];
  gatewayResponse: (error: GatewayError, context: Context) => Reply;
  accessLogLine: Template | undefined;
}

const id = z.string();
const restApi = z.strictObject({
  id,
  arn: z.string(),
  root_resource_id: z.string(),
  execution_arn: z.string(),
  name: z.string(),
  description: z.string().optional(),
  // Edge-optimized endpoints stream differently: 30 s between two bytes.
  endpoint_configuration: z.strictObject({ types: z.tuple([z.literal("REGIONAL")]) }),
  // CloudFront reaches the API by this endpoint.
  disable_execute_api_endpoint: z.literal(false).optional(),
  tags: z.unknown().optional(),
});
const resource = z.object({ id, parent_id: z.string(), path_part: z.string() });
const stage = z.strictObject({
  id,
  arn: z.string(),
  execution_arn: z.string(),
  invoke_url: z.string(),
  rest_api_id: z.string(),
  stage_name: z.string(),
  deployment_id: z.string(),
  description: z.string().optional(),
  access_log_settings: z.strictObject({ destination_arn: z.string(), format: z.string() }).optional(),
  xray_tracing_enabled: z.boolean().optional(),
  tags: z.unknown().optional(),
});
const deployment = z.object({ id, rest_api_id: z.string() });
const authorizer = z.strictObject({
  id,
  rest_api_id: z.string(),
  name: z.string(),
  type: z.literal("COGNITO_USER_POOLS"),
  provider_arns: z.array(z.string()).min(1),
  identity_source: z
    .string()
    .regex(/^method\.request\.header\./)
    .default("method.request.header.Authorization"),
  // A cache of decisions is not served; expiry is checked on every request.
  authorizer_result_ttl_in_seconds: z.number().optional(),
});
const method = z.strictObject({
  id,
  rest_api_id: z.string(),
  resource_id: z.string(),
  http_method: z.enum(["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]),
  authorization: z.enum(["NONE", "COGNITO_USER_POOLS"]),
  authorizer_id: z.string().optional(),
  authorization_scopes: z.array(z.string()).default([]),
  api_key_required: z.literal(false).optional(),
});
const settings = z.strictObject({
  id,
  rest_api_id: z.string(),
  stage_name: z.string(),
  method_path: z.string(),
  settings: z.object({
    throttling_burst_limit: z.number().default(-1),
    throttling_rate_limit: z.number().default(-1),
    caching_enabled: z.literal(false).optional(),
  }),
});
const pool = z.object({ arn: z.string(), endpoint: z.string() });

/** Reads the one REST API of a stack. Throws UnsupportedStackError for what this gateway does not serve. */
export function readApi(resources: Resources): Api {
  const api = parse(restApi, resources.one("aws_api_gateway_rest_api"));
  const theStage = parse(stage, resources.one("aws_api_gateway_stage"));
  const deployments = resources.ofType("aws_api_gateway_deployment").map((found) => parse(deployment, found));
  const deployed = deployments.find((one) => one.id === theStage.deployment_id);
  if (theStage.rest_api_id !== api.id || deployed?.rest_api_id !== api.id)
    throw new UnsupportedStackError(
      `The stage "${theStage.stage_name}" and its deployment do not belong to the API ${api.name}.`,
    );

  const issuers = new Map(
    resources.ofType("aws_cognito_user_pool").map((found) => {
      const { arn, endpoint } = parse(pool, found);
      return [arn, resources.toLocal(`https://${endpoint}`)] as const;
    }),
  );
  const authorizers = new Map(
    resources.ofType("aws_api_gateway_authorizer").map((found) => {
      const { id, provider_arns, identity_source } = parse(authorizer, found);
      const trusted = provider_arns.map((arn) => {
        const issuer = issuers.get(arn);
        if (issuer === undefined)
          throw new UnsupportedStackError(`${found.address} trusts ${arn}, which the stack does not define.`);
        return issuer;
      });
      const header = identity_source.replace("method.request.header.", "").toLowerCase();
      return [id, createAuthorizer({ issuers: trusted, header })] as const;
    }),
  );

  const paths = resourcePaths(api.root_resource_id, resources.ofType("aws_api_gateway_resource"));
  const limitsOf = throttleLimits(resources.ofType("aws_api_gateway_method_settings"));
  const readIntegration = integrationReader(resources);
  const methods = new Map<string, Map<string, Method>>();
  for (const found of resources.ofType("aws_api_gateway_method")) {
    const { resource_id, http_method, authorization, authorizer_id, authorization_scopes } = parse(method, found);
    const path = paths.get(resource_id);
    if (path === undefined)
      throw new UnsupportedStackError(`${found.address} is on a resource that the API does not have.`);
    const authorizer = authorizers.get(authorizer_id ?? "");
    if (authorization !== "NONE" && !authorizer) throw new UnsupportedStackError(`${found.address} has no authorizer.`);
    const byMethod = methods.get(path) ?? new Map<string, Method>();
    methods.set(path, byMethod);
    byMethod.set(http_method, {
      resourceId: resource_id,
      authorize: authorization !== "NONE" && authorizer ? { authorizer, scopes: authorization_scopes } : undefined,
      integration: readIntegration(found.address, resource_id, http_method),
      admit: createThrottle(limitsOf(path, http_method)),
    });
  }

  const format = theStage.access_log_settings?.format;
  return {
    id: api.id,
    executionArn: api.execution_arn,
    stageName: theStage.stage_name,
    deploymentId: theStage.deployment_id,
    routes: [...methods].map(([path, byMethod]) => ({ path, methods: byMethod })),
    gatewayResponse: createGatewayResponses(resources.ofType("aws_api_gateway_gateway_response")),
    accessLogLine:
      format === undefined ? undefined : compileTemplate(format, "the access log format", { missing: "-" }),
  };
}

function resourcePaths(rootId: string, resources: readonly Resource[]): Map<string, string> {
  const parts = new Map(resources.map((found) => parse(resource, found)).map((part) => [part.id, part]));
  const pathOf = (id: string): string => {
    const part = parts.get(id);
    if (!part)
      throw new UnsupportedStackError(`An API Gateway resource has the parent ${id}, which the API does not have.`);
    const parent = part.parent_id === rootId ? "" : pathOf(part.parent_id);
    return `${parent}/${part.path_part}`;
  };
  return new Map([[rootId, "/"], ...[...parts.keys()].map((id) => [id, pathOf(id)] as const)]);
}

/** A method's own limits, else those of the whole stage. Slashes of a path are written `~1` in a method path. */
function throttleLimits(resources: readonly Resource[]): (path: string, httpMethod: string) => ThrottleLimits {
  const limits = new Map(
    resources.map((found) => {
      const { method_path, settings: own } = parse(settings, found);
      return [method_path, { burst: own.throttling_burst_limit, rate: own.throttling_rate_limit }] as const;
    }),
  );
  return (path, httpMethod) =>
    limits.get(`${path === "/" ? "~1" : path.slice(1).replaceAll("/", "~1")}/${httpMethod}`) ??
    limits.get("*/*") ?? { burst: -1, rate: -1 };
}
