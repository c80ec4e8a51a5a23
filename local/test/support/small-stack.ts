import type { Json, JsonObject } from "../../src/terraform/json.ts";

/** `${…}` as Terraform JSON writes it. */
export const ref = (expression: string) => `\${${expression}}`;

export const region = "ap-northeast-1";

/** Changes the resources of a stack, by type and name, before it is started. */
export type Change = (resource: Record<string, Record<string, JsonObject>>) => void;

/** A stack with one function of each transfer mode and the smallest front door around them. Tests change what they test. */
export function smallStack(
  change: Change = () => {},
  resourceUrl = `https://${ref("aws_cloudfront_distribution.host.domain_name")}/stream`,
): Json {
  const api = { rest_api_id: ref("aws_api_gateway_rest_api.api.id") };
  const on = (resource: string) => ({ ...api, resource_id: ref(`aws_api_gateway_resource.${resource}.id`) });
  const root = { ...api, parent_id: ref("aws_api_gateway_rest_api.api.root_resource_id") };
  const fn = (name: string, handler: string) => ({
    function_name: name,
    role: "arn:aws:iam::000000000000:role/any",
    runtime: "nodejs24.x",
    handler,
    publish: true,
    memory_size: 128,
    timeout: 2,
    environment: { variables: { GREETING: "hello" } },
  });
  const alias = (name: string) => ({
    name: "live",
    function_name: ref(`aws_lambda_function.${name}.function_name`),
    function_version: ref(`aws_lambda_function.${name}.version`),
  });
  const permission = (name: string) => ({
    action: "lambda:InvokeFunction",
    function_name: ref(`aws_lambda_function.${name}.function_name`),
    qualifier: "live",
    principal: "apigateway.amazonaws.com",
    source_arn: `${ref("aws_api_gateway_rest_api.api.execution_arn")}/live/*`,
  });
  const proxy = (resource: string, method: string, name: string, stream: boolean) => ({
    ...on(resource),
    http_method: method,
    type: "AWS_PROXY",
    integration_http_method: "POST",
    response_transfer_mode: stream ? "STREAM" : "BUFFERED",
    uri: `arn:aws:apigateway:${region}:lambda:path/${stream ? "2021-11-15" : "2015-03-31"}/functions/${ref(`aws_lambda_alias.${name}.arn`)}/${stream ? "response-streaming-invocations" : "invocations"}`,
  });
  const method = (resource: string, http_method: string) => ({ ...on(resource), http_method, authorization: "NONE" });

  const resource: Record<string, Record<string, JsonObject>> = {
    aws_api_gateway_rest_api: { api: { name: "small", endpoint_configuration: { types: ["REGIONAL"] } } },
    aws_api_gateway_resource: {
      stream: { ...root, path_part: "stream" },
      buffered: { ...root, path_part: "buffered" },
      one: { ...api, parent_id: ref("aws_api_gateway_resource.buffered.id"), path_part: "{name}" },
      secured: { ...root, path_part: "secured" },
      document: { ...root, path_part: "document" },
    },
    aws_api_gateway_method: {
      stream: method("stream", "POST"),
      buffered: method("buffered", "ANY"),
      one: method("one", "GET"),
      document: method("document", "GET"),
      secured: {
        ...method("secured", "POST"),
        authorization: "COGNITO_USER_POOLS",
        authorizer_id: ref("aws_api_gateway_authorizer.pool.id"),
        authorization_scopes: ["api/read"],
      },
    },
    aws_api_gateway_integration: {
      stream: proxy("stream", "POST", "streaming", true),
      buffered: proxy("buffered", "ANY", "buffered", false),
      one: proxy("one", "GET", "buffered", false),
      secured: proxy("secured", "POST", "streaming", true),
      document: {
        ...on("document"),
        http_method: "GET",
        type: "MOCK",
        passthrough_behavior: "NEVER",
        request_templates: { "application/json": '{"statusCode":200}' },
      },
    },
    aws_api_gateway_method_response: {
      document: {
        ...on("document"),
        http_method: "GET",
        status_code: "200",
        response_parameters: { "method.response.header.Cache-Control": true },
      },
    },
    aws_api_gateway_integration_response: {
      document: {
        ...on("document"),
        http_method: "GET",
        status_code: "200",
        response_parameters: { "method.response.header.Cache-Control": "'no-store'" },
        response_templates: { "application/json": '{"stage":"$context.stage"}' },
      },
    },
    aws_api_gateway_authorizer: {
      pool: {
        ...api,
        name: "pool",
        type: "COGNITO_USER_POOLS",
        provider_arns: [ref("aws_cognito_user_pool.pool.arn")],
      },
    },
    aws_api_gateway_deployment: { deployment: { ...api } },
    aws_api_gateway_stage: {
      stage: {
        ...api,
        stage_name: "live",
        deployment_id: ref("aws_api_gateway_deployment.deployment.id"),
        access_log_settings: {
          destination_arn: "arn:aws:logs:::x",
          format: '{"path":"$context.path","status":"$context.status","reason":"$context.integration.error"}',
        },
      },
    },
    aws_cloudfront_distribution: {
      host: {
        enabled: true,
        origin: [
          {
            origin_id: "api",
            domain_name: `${ref("aws_api_gateway_rest_api.api.id")}.execute-api.${region}.amazonaws.com`,
            origin_path: "/live",
            custom_origin_config: { origin_read_timeout: 30 },
          },
        ],
        default_cache_behavior: {
          target_origin_id: "api",
          viewer_protocol_policy: "https-only",
          allowed_methods: ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
          cached_methods: ["GET", "HEAD"],
          cache_policy_id: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
          origin_request_policy_id: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
        },
      },
    },
    aws_lambda_function: {
      streaming: fn("small-streaming", "index.handler"),
      buffered: fn("small-buffered", "buffered.handler"),
    },
    aws_lambda_alias: { streaming: alias("streaming"), buffered: alias("buffered") },
    aws_lambda_permission: { streaming: permission("streaming"), buffered: permission("buffered") },
    aws_cognito_user_pool: { pool: { name: "small" } },
    aws_cognito_user_pool_domain: { domain: { domain: "small", user_pool_id: ref("aws_cognito_user_pool.pool.id") } },
    aws_cognito_resource_server: {
      api: {
        identifier: "api",
        name: "api",
        user_pool_id: ref("aws_cognito_user_pool.pool.id"),
        scope: [
          { scope_name: "read", scope_description: "read" },
          { scope_name: "write", scope_description: "write" },
        ],
      },
    },
    aws_cognito_user_pool_client: {
      machine: {
        name: "machine",
        user_pool_id: ref("aws_cognito_user_pool.pool.id"),
        generate_secret: true,
        allowed_oauth_flows_user_pool_client: true,
        allowed_oauth_flows: ["client_credentials"],
        allowed_oauth_scopes: ["api/read", "api/write"],
      },
    },
    aws_cognito_user_group: { write: { name: "write", user_pool_id: ref("aws_cognito_user_pool.pool.id") } },
    aws_secretsmanager_secret: { machine: { name: "small/machine" } },
    aws_secretsmanager_secret_version: {
      machine: {
        secret_id: ref("aws_secretsmanager_secret.machine.id"),
        secret_string: JSON.stringify({
          client_id: ref("aws_cognito_user_pool_client.machine.id"),
          client_secret: ref("aws_cognito_user_pool_client.machine.client_secret"),
          domain: `https://${ref("aws_cognito_user_pool_domain.domain.domain")}.auth.${region}.amazoncognito.com`,
          scope: "api/read api/write",
        }),
      },
    },
    aws_ssm_parameter: { sealing: { name: "/small/sealing", type: "SecureString", value: "placeholder" } },
  };
  change(resource);
  return {
    provider: { aws: [{ region }] },
    resource,
    output: {
      mcp_url: { value: resourceUrl },
      machine_secret_name: { value: "small/machine" },
      files_bucket_name: { value: "small-files" },
      streaming_function_name: { value: ref("aws_lambda_function.streaming.function_name") },
      buffered_function_name: { value: ref("aws_lambda_function.buffered.function_name") },
      sealing_parameter_name: { value: ref("aws_ssm_parameter.sealing.name") },
    },
  };
}
