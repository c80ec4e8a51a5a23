import * as z from "zod";
import { UnsupportedStackError } from "../terraform/errors.ts";
import type { Resource, Resources } from "../terraform/resources.ts";
import type { Authorizer } from "./authorizer.ts";
import { readAuthorizers } from "./authorizers.ts";
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
import { createThrottle } from "./throttle.ts";
import { readThrottles } from "./throttles.ts";

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
  endpointDisabled: boolean;
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
  disable_execute_api_endpoint: z.boolean().default(false),
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
/** Reads the one REST API of a stack. Throws UnsupportedStackError for what this gateway does not serve. */
export function readApi(resources: Resources): Api {
  const api = parse(restApi, resources.one("aws_api_gateway_rest_api"));
  for (const { address, values } of resources.all())
    if (values.rest_api_id !== undefined && values.rest_api_id !== api.id)
      throw new UnsupportedStackError(
        `${address} belongs to the API ${String(values.rest_api_id)}, not to ${api.name}.`,
      );
  const theStage = parse(stage, resources.one("aws_api_gateway_stage"));
  const deployments = resources.ofType("aws_api_gateway_deployment").map((found) => parse(deployment, found));
  if (!deployments.some(({ id }) => id === theStage.deployment_id))
    throw new UnsupportedStackError(
      `The stage "${theStage.stage_name}" serves a deployment that the API does not have.`,
    );

  const format = theStage.access_log_settings?.format;
  return {
    id: api.id,
    executionArn: api.execution_arn,
    endpointDisabled: api.disable_execute_api_endpoint,
    stageName: theStage.stage_name,
    deploymentId: theStage.deployment_id,
    routes: readRoutes(resources, api.root_resource_id, theStage.stage_name),
    gatewayResponse: createGatewayResponses(resources.ofType("aws_api_gateway_gateway_response")),
    accessLogLine:
      format === undefined ? undefined : compileTemplate(format, "the access log format", { missing: "-" }),
  };
}

/** The API's resources that have methods. */
function readRoutes(resources: Resources, rootId: string, stageName: string): Route<Method>[] {
  const paths = resourcePaths(rootId, resources.ofType("aws_api_gateway_resource"));
  const authorizers = readAuthorizers(resources);
  const readIntegration = integrationReader(resources);
  const throttles = readThrottles(resources.ofType("aws_api_gateway_method_settings"), stageName);
  const methods = new Map<string, Map<string, Method>>();
  for (const found of resources.ofType("aws_api_gateway_method")) {
    const { resource_id, http_method, authorization, authorizer_id, authorization_scopes } = parse(method, found);
    const path = paths.get(resource_id);
    if (path === undefined)
      throw new UnsupportedStackError(`${found.address} is on a resource that the API does not have.`);
    const authorizer = authorizers.get(authorizer_id ?? "");
    if (authorization !== "NONE" && !authorizer) throw new UnsupportedStackError(`${found.address} has no authorizer.`);
    const onPath = methods.get(path) ?? new Map<string, Method>();
    // AWS answers 409 "Method already exists for this resource".
    if (onPath.has(http_method)) throw new UnsupportedStackError(`${http_method} ${path} has two methods.`);
    methods.set(path, onPath);
    onPath.set(http_method, {
      resourceId: resource_id,
      authorize: authorization !== "NONE" && authorizer ? { authorizer, scopes: authorization_scopes } : undefined,
      integration: readIntegration(found.address, resource_id, http_method),
      admit: createThrottle(throttles.limitsOf(path, http_method)),
    });
  }
  throttles.assertAllUsed();
  return [...methods].map(([path, onPath]) => ({ path, methods: onPath }));
}

/** Path of each resource id. */
function resourcePaths(rootId: string, resources: readonly Resource[]): Map<string, string> {
  const parts = new Map(resources.map((found) => parse(resource, found)).map((part) => [part.id, part]));
  const pathOf = (id: string): string => {
    const part = parts.get(id);
    if (!part)
      throw new UnsupportedStackError(`An API Gateway resource has the parent ${id}, which the API does not have.`);
    const parent = part.parent_id === rootId ? "" : pathOf(part.parent_id);
    return `${parent}/${part.path_part}`;
  };
  const paths = new Map([[rootId, "/"], ...[...parts.keys()].map((id) => [id, pathOf(id)] as const)]);
  // AWS answers 409 "Another resource with the same parent already has this name".
  if (new Set(paths.values()).size < paths.size)
    throw new UnsupportedStackError("Two resources of the API have one path.");
  return paths;
}
