import * as z from "zod";

/** Hours that AWS bills for a month. */
const MONTH_HOURS = 730;

/** What a resource costs while nobody uses it. */
export interface IdlePrice {
  readonly what: string;
  readonly monthlyUsd: number;
}

const many = z
  .union([z.array(z.unknown()), z.record(z.string(), z.unknown())])
  .transform((value) => (Array.isArray(value) ? value : [value]));
const query = z.object({ metric_query: many.optional() });
const domains = z.object({ domains: z.array(z.string()) });
const endpoint = z.object({ vpc_endpoint_type: z.string(), subnet_ids: z.array(z.string()).default([]) });
const client = z.object({ allowed_oauth_flows: z.array(z.string()).default([]) });
const acl = z.object({ rule: many });

const free = undefined;

/** By type, from the resource's configuration; Tokyo, read in November 2026. */
const priced: Readonly<Record<string, (configuration: unknown) => IdlePrice | undefined>> = {
  // https://aws.amazon.com/cognito/pricing/ "machine-to-machine"
  aws_cognito_user_pool_client: (configuration) =>
    client.parse(configuration).allowed_oauth_flows.includes("client_credentials")
      ? { what: "machine client", monthlyUsd: 6 }
      : free,
  // https://aws.amazon.com/secrets-manager/pricing/
  aws_secretsmanager_secret: () => ({ what: "secret", monthlyUsd: 0.4 }),
  // https://aws.amazon.com/cloudwatch/pricing/ : by the metric that an alarm reads; a math alarm reads all of its metrics.
  aws_cloudwatch_metric_alarm: (configuration) => {
    const queries = query.parse(configuration).metric_query ?? [{}, {}];
    return { what: "alarm", monthlyUsd: 0.1 * Math.max(1, queries.length - 1) };
  },
  // https://aws.amazon.com/route53/pricing/ "Resolver DNS Firewall"
  aws_route53_resolver_firewall_domain_list: (configuration) => ({
    what: "DNS firewall",
    monthlyUsd: 0.0005 * domains.parse(configuration).domains.length,
  }),
  // https://aws.amazon.com/privatelink/pricing/ : by zone; gateway endpoints are free.
  aws_vpc_endpoint: (configuration) => {
    const { vpc_endpoint_type, subnet_ids } = endpoint.parse(configuration);
    return vpc_endpoint_type === "Interface"
      ? { what: "interface endpoint", monthlyUsd: 0.014 * MONTH_HOURS * subnet_ids.length }
      : free;
  },
  // https://aws.amazon.com/waf/pricing/ : the ACL and each of its rules.
  aws_wafv2_web_acl: (configuration) => ({ what: "web ACL", monthlyUsd: 5 + acl.parse(configuration).rule.length }),
};

/** Types that cost nothing by themselves: configuration, or paid by use (see USE). */
const FREE = [
  /^aws_api_gateway_/,
  /^aws_cloudfront_distribution$/,
  /^aws_cloudtrail$/,
  // The first three of an account.
  /^aws_cloudwatch_dashboard$/,
  /^aws_cloudwatch_log_(group|metric_filter)$/,
  /^aws_cognito_(managed_login_branding|resource_server|user_group|user_pool|user_pool_domain)$/,
  /^aws_(default_)?security_group$/,
  /^aws_flow_log$/,
  /^aws_iam_/,
  /^aws_lambda_(alias|function|function_event_invoke_config|permission)$/,
  /^aws_route53_record$/,
  /^aws_route53_resolver_firewall_(config|rule|rule_group|rule_group_association)$/,
  /^aws_route_table(_association)?$/,
  /^aws_s3_bucket/,
  /^aws_scheduler_schedule$/,
  /^aws_secretsmanager_secret_version$/,
  /^aws_sns_topic/,
  /^aws_ssm_parameter$/,
  /^aws_subnet$/,
  /^aws_vpc$/,
  /^aws_vpc_security_group_(egress|ingress)_rule$/,
  /^aws_wafv2_web_acl_association$/,
];

/** @throws Error for a type of which nobody has said what it costs */
export function idlePrice(type: string, configuration: unknown): IdlePrice | undefined {
  const price = priced[type];
  if (price) return price(configuration);
  if (FREE.some((pattern) => pattern.test(type))) return free;
  throw new Error(
    `Nobody has said what ${type} costs: add it to infra/src/cost/prices.ts, with the source of the price.`,
  );
}

/** What use costs beyond the free tiers. */
export const USE: readonly string[] = [
  "a million calls of the API: $4.25, and through CloudFront $1.20 more",
  "a million calls of a function: $0.20, and $13.33 a million GB-seconds",
  "a thousand machine tokens: $2.25; a person who logs in: free up to 10,000 a month",
  "a gigabyte of logs: $0.76; of flow logs the same",
  "a metric of the function's audit log in a month in which it occurs: $0.30",
];

/** Of the flags, what use of them costs. */
export const FLAG_USE: Readonly<Record<string, string>> = {
  waf: "$0.60 a million requests",
  cloudtrail: "$0.10 per 100,000 calls for files; the account's second trail of management calls $2.00 per 100,000",
  flowLogs: "$0.76 a gigabyte",
  lambdaEndpoint: "$0.01 a gigabyte",
  xray: "$5.00 a million traces",
};
