import { all, one, type Promised, without } from "./promise.ts";

/** Fields of the access log's context that would hold a token or what a caller sent. */
const REVEALING = /token|authorization|requestoverride|\.body|cookie|error\.message/i;

export const gateway: readonly Promised[] = [
  {
    that: "time limits form one chain: function, integration, CloudFront, 120 s",
    brokenBy: (stack) => {
      const chain = [
        one(stack, "aws_lambda_function", "mcp").timeout,
        one(stack, "aws_api_gateway_integration", "routes_mcp-integration").timeout_milliseconds / 1000,
        ...all(stack, "aws_cloudfront_distribution").map(
          ({ value }) => value.origin[0].custom_origin_config.origin_read_timeout,
        ),
        120,
      ];
      return chain.some((limit, index) => index > 0 && limit < chain[index - 1]) ? [chain] : [];
    },
    breakIt: (stack) => {
      one(stack, "aws_lambda_function", "mcp").timeout = 900;
    },
  },
  {
    that: "the MCP route streams",
    brokenBy: (stack) => {
      const { response_transfer_mode, uri } = one(stack, "aws_api_gateway_integration", "routes_mcp-integration");
      return response_transfer_mode === "STREAM" && uri.endsWith("/response-streaming-invocations") ? [] : [uri];
    },
    breakIt: (stack) => {
      delete one(stack, "aws_api_gateway_integration", "routes_mcp-integration").response_transfer_mode;
    },
  },
  {
    that: "the access log is JSON with the caller's claims, and without tokens or bodies",
    brokenBy: (stack) =>
      all(stack, "aws_api_gateway_stage").flatMap(({ address, value }) => {
        const fields: string[] = Object.values(JSON.parse(value.access_log_settings?.format ?? "{}"));
        const claims = ["sub", "client_id", "scope"].every((claim) =>
          fields.includes(`$context.authorizer.claims.${claim}`),
        );
        return claims ? fields.filter((field) => REVEALING.test(field)) : [address];
      }),
    breakIt: (stack) => {
      const { access_log_settings } = one(stack, "aws_api_gateway_stage");
      access_log_settings.format = access_log_settings.format.replace(
        "$context.requestId",
        "$input.params('Authorization')",
      );
    },
  },
  {
    that: "every method has a throttle with both numbers, and POST /mcp one of its own",
    brokenBy: (stack) => {
      const settings = all(stack, "aws_api_gateway_method_settings");
      const paths = settings.map(({ value }) => value.method_path);
      return [
        ...["*/*", "mcp/POST"].filter((path) => !paths.includes(path)),
        ...without(
          settings,
          (each) => each.settings.throttling_burst_limit > 0 && each.settings.throttling_rate_limit > 0,
        ),
      ];
    },
    breakIt: (stack) => {
      delete one(stack, "aws_api_gateway_method_settings").settings.throttling_rate_limit;
    },
  },
  {
    that: "requests and answers are kept in no log and no cache",
    brokenBy: (stack) => [
      ...without(
        all(stack, "aws_api_gateway_method_settings"),
        ({ settings }) =>
          settings.data_trace_enabled === false && settings.logging_level === "OFF" && !settings.caching_enabled,
      ),
      ...without(
        all(stack, "aws_api_gateway_stage"),
        ({ cache_cluster_enabled, variables }) => !cache_cluster_enabled && !variables,
      ),
    ],
    breakIt: (stack) => {
      one(stack, "aws_api_gateway_method_settings").settings.data_trace_enabled = true;
    },
  },
  {
    that: "an expired token is refused at once: no decision of the authorizer is kept",
    brokenBy: (stack) =>
      without(all(stack, "aws_api_gateway_authorizer"), (each) => each.authorizer_result_ttl_in_seconds === 0),
    breakIt: (stack) => {
      one(stack, "aws_api_gateway_authorizer").authorizer_result_ttl_in_seconds = 300;
    },
  },
  {
    that: "the API is regional and treats no body as binary",
    brokenBy: (stack) =>
      without(
        all(stack, "aws_api_gateway_rest_api"),
        ({ endpoint_configuration, binary_media_types }) =>
          endpoint_configuration.types.join() === "REGIONAL" && !binary_media_types,
      ),
    breakIt: (stack) => {
      one(stack, "aws_api_gateway_rest_api").binary_media_types = ["*/*"];
    },
  },
  {
    that: "CloudFront speaks HTTPS on both sides and caches nothing, no error either",
    brokenBy: (stack) =>
      without(
        all(stack, "aws_cloudfront_distribution"),
        ({ default_cache_behavior, origin, custom_error_response }) => {
          const codes = custom_error_response.map((each: { error_code: number }) => each.error_code);
          return (
            default_cache_behavior.viewer_protocol_policy === "https-only" &&
            default_cache_behavior.cache_policy_id === "4135ea2d-6df8-44a3-9df3-4b5a84be39ad" &&
            origin[0].custom_origin_config.origin_protocol_policy === "https-only" &&
            origin[0].custom_origin_config.origin_ssl_protocols.join() === "TLSv1.2" &&
            [404, 405, 414, 500, 501, 502, 503, 504].every((code) => codes.includes(code)) &&
            custom_error_response.every((each: { error_caching_min_ttl: number }) => each.error_caching_min_ttl === 0)
          );
        },
      ),
    breakIt: (stack) => {
      one(stack, "aws_cloudfront_distribution").custom_error_response.pop();
    },
  },
  {
    that: "CloudFront passes the Authorization header on, and not the viewer's Host",
    brokenBy: (stack) =>
      without(
        all(stack, "aws_cloudfront_distribution"),
        (each) => each.default_cache_behavior.origin_request_policy_id === "b689b0a8-53d0-40ab-baf2-68738e2966ac",
      ),
    breakIt: (stack) => {
      delete one(stack, "aws_cloudfront_distribution").default_cache_behavior.origin_request_policy_id;
    },
  },
];
