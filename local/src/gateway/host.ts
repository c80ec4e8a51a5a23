import * as z from "zod";
import { UnsupportedStackError } from "../terraform/errors.ts";
import type { Resources } from "../terraform/resources.ts";
import type { Gateway } from "./gateway.ts";
import { parse } from "./schema.ts";

/** The public host, and what stands between it and the API. */
export interface Host {
  /** Put before the path that was asked for; together they begin with the stage's name. */
  originPath: string;
  /** Host header that the API sees, instead of the viewer's own. */
  apiHost: string;
  /** Entry of the Via header, where there is something in between. */
  via: string | undefined;
  allows: (method: string, url: string) => 200 | 403 | 414;
  /** How long each next byte of an answer may take; beyond it the client gets 504 or a broken stream. */
  readTimeoutMs: number | undefined;
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html: CachingDisabled */
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html: AllViewerExceptHostHeader */
const ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac";
/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const URL_BYTES_LIMIT = 8192;

const distribution = z.object({
  domain_name: z.string(),
  enabled: z.literal(true),
  origin: z.tuple([
    z.object({
      origin_id: z.string(),
      domain_name: z.string(),
      origin_path: z.string().default(""),
      custom_origin_config: z.object({ origin_read_timeout: z.number().default(30) }),
    }),
  ]),
  default_cache_behavior: z.strictObject({
    target_origin_id: z.string(),
    // On a laptop everything is plain HTTP.
    viewer_protocol_policy: z.string(),
    allowed_methods: z.array(z.string()),
    cached_methods: z.array(z.string()),
    compress: z.boolean().optional(),
    cache_policy_id: z.literal(CACHING_DISABLED, "the local front caches nothing: use the policy CachingDisabled"),
    origin_request_policy_id: z.literal(
      ALL_VIEWER_EXCEPT_HOST,
      "only AllViewerExceptHostHeader hands Authorization and everything else but Host to the API",
    ),
  }),
  // Errors are not cached here; replacing them is not served.
  custom_error_response: z
    .array(z.strictObject({ error_code: z.number(), error_caching_min_ttl: z.number() }))
    .optional(),
  ordered_cache_behavior: z.array(z.unknown()).max(0).optional(),
});
const domainName = z.object({ domain_name: z.string() });
const mapping = z.object({
  domain_name: z.string(),
  api_id: z.string(),
  stage_name: z.string(),
  // Only at the root of a host can the well-known documents be found.
  base_path: z.literal("").nullish(),
});

/** Reads how the public host of a stack leads to its API: by CloudFront, or by a domain mapped to the stage. */
export function readHost(resources: Resources, gateway: Gateway): Host {
  return resources.ofType("aws_api_gateway_domain_name").length > 0
    ? domainHost(resources, gateway)
    : cloudfrontHost(resources, gateway);
}

function cloudfrontHost(resources: Resources, gateway: Gateway): Host {
  const found = resources.one("aws_cloudfront_distribution");
  const { domain_name, origin, default_cache_behavior: behavior } = parse(distribution, found);
  const [{ origin_id, domain_name: target, origin_path, custom_origin_config }] = origin;
  if (target !== gateway.host || behavior.target_origin_id !== origin_id)
    throw new UnsupportedStackError(`${found.address} leads to ${target} and not to the stack's API ${gateway.host}.`);
  if (gateway.endpointDisabled)
    throw new UnsupportedStackError(`${found.address} leads to ${target}, which disable_execute_api_endpoint closes.`);
  return {
    originPath: origin_path,
    apiHost: target,
    via: `1.1 ${domain_name} (CloudFront)`,
    allows(method, url) {
      if (!behavior.allowed_methods.includes(method)) return 403;
      return url.length > URL_BYTES_LIMIT ? 414 : 200;
    },
    readTimeoutMs: custom_origin_config.origin_read_timeout * 1000,
  };
}

function domainHost(resources: Resources, gateway: Gateway): Host {
  const { domain_name } = parse(domainName, resources.one("aws_api_gateway_domain_name"));
  const found = resources.one("aws_api_gateway_base_path_mapping");
  const mapped = parse(mapping, found);
  if (mapped.domain_name !== domain_name || mapped.api_id !== gateway.apiId || mapped.stage_name !== gateway.stageName)
    throw new UnsupportedStackError(`${found.address} does not map ${domain_name} to the stack's stage.`);
  return {
    originPath: `/${gateway.stageName}`,
    apiHost: domain_name,
    via: undefined,
    allows: () => 200,
    readTimeoutMs: undefined,
  };
}
