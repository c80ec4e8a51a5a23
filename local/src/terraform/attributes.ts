import { createHmac } from "node:crypto";
import type { Json } from "./json.ts";

/** What a computed attribute may be made from. */
export interface Subject {
  address: string;
  region: string;
  account: string;
  /** Deterministic characters for this address and seed; `kind` keeps two ids of one resource apart. */
  token: (kind: string, alphabet: string, length: number) => string;
  /** Another attribute of the same resource. */
  get: (attribute: string) => string;
  /** The configured value, when there is one. */
  configured: (attribute: string) => Json | undefined;
}

type Attributes = Record<string, (of: Subject) => Json>;

const HEX = "0123456789abcdef";
const LOWER = "abcdefghijklmnopqrstuvwxyz0123456789";
const MIXED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Deterministic characters: the same seed and text always give the same, so ids survive a restart. */
export function token(seed: string, text: string, alphabet: string, length: number): string {
  const bytes = createHmac("sha512", seed).update(text).digest();
  return Array.from({ length }, (_, i) => alphabet[(bytes[i] ?? 0) % alphabet.length]).join("");
}

const arn = (service: string, of: Subject, resource: string) =>
  `arn:aws:${service}:${of.region}:${of.account}:${resource}`;
const iamArn = (of: Subject, resource: string) => `arn:aws:iam::${of.account}:${resource}`;
const short = { id: (of: Subject) => of.token("id", LOWER, 10) };

/** Types that the local stack serves, each with the attributes that AWS would compute. */
const served: Record<string, Attributes> = {
  aws_api_gateway_rest_api: {
    ...short,
    root_resource_id: (of) => of.token("root", LOWER, 10),
    arn: (of) => `arn:aws:apigateway:${of.region}::/restapis/${of.get("id")}`,
    execution_arn: (of) => arn("execute-api", of, of.get("id")),
  },
  aws_api_gateway_resource: short,
  aws_api_gateway_method: short,
  aws_api_gateway_method_response: short,
  aws_api_gateway_method_settings: short,
  aws_api_gateway_integration: short,
  aws_api_gateway_integration_response: short,
  aws_api_gateway_gateway_response: short,
  aws_api_gateway_authorizer: short,
  aws_api_gateway_deployment: { ...short, created_date: () => "2026-01-01T00:00:00Z" },
  aws_api_gateway_stage: {
    ...short,
    arn: (of) => `arn:aws:apigateway:${of.region}::/restapis/${of.get("rest_api_id")}/stages/${of.get("stage_name")}`,
    execution_arn: (of) => arn("execute-api", of, `${of.get("rest_api_id")}/${of.get("stage_name")}`),
    invoke_url: (of) =>
      `https://${of.get("rest_api_id")}.execute-api.${of.region}.amazonaws.com/${of.get("stage_name")}`,
  },
  aws_api_gateway_domain_name: {
    id: (of) => of.get("domain_name"),
    arn: (of) => `arn:aws:apigateway:${of.region}::/domainnames/${of.get("domain_name")}`,
    regional_domain_name: (of) => `d-${of.token("domain", LOWER, 10)}.execute-api.${of.region}.amazonaws.com`,
    regional_zone_id: () => "Z1YSHQZHG15GKL",
  },
  aws_api_gateway_base_path_mapping: short,
  aws_cloudfront_distribution: {
    id: (of) => `E${of.token("id", LOWER, 13).toUpperCase()}`,
    arn: (of) => `arn:aws:cloudfront::${of.account}:distribution/${of.get("id")}`,
    domain_name: (of) => `d${of.token("domain", LOWER, 13)}.cloudfront.net`,
    hosted_zone_id: () => "Z2FDTNDATAQYW2",
    status: () => "Deployed",
    etag: (of) => of.token("etag", HEX, 14),
  },
  aws_cognito_user_pool: {
    id: (of) => `${of.region}_${of.token("id", MIXED, 9)}`,
    arn: (of) => arn("cognito-idp", of, `userpool/${of.get("id")}`),
    endpoint: (of) => `cognito-idp.${of.region}.amazonaws.com/${of.get("id")}`,
  },
  aws_cognito_user_pool_client: {
    id: (of) => of.token("id", LOWER, 26),
    client_secret: (of) => (of.configured("generate_secret") === true ? of.token("secret", LOWER, 51) : ""),
  },
  aws_cognito_user_pool_domain: { id: (of) => of.get("domain") },
  aws_cognito_resource_server: { id: (of) => `${of.get("user_pool_id")}|${of.get("identifier")}` },
  aws_cognito_user_group: { id: (of) => `${of.get("user_pool_id")}/${of.get("name")}` },
  aws_lambda_function: {
    id: (of) => of.get("function_name"),
    arn: (of) => arn("lambda", of, `function:${of.get("function_name")}`),
    version: (of) => (of.configured("publish") === true ? "1" : "$LATEST"),
    qualified_arn: (of) => `${of.get("arn")}:${of.get("version")}`,
    invoke_arn: (of) => invocations(of, of.get("arn")),
    qualified_invoke_arn: (of) => invocations(of, of.get("qualified_arn")),
  },
  aws_lambda_alias: {
    // `function_name` may be the function's name or its ARN; the last part is the name in both.
    id: (of) => `${of.get("arn")}`,
    arn: (of) => arn("lambda", of, `function:${of.get("function_name").split(":").at(-1)}:${of.get("name")}`),
    invoke_arn: (of) => invocations(of, of.get("arn")),
  },
  aws_lambda_permission: short,
  aws_s3_bucket: {
    bucket: (of) => `${String(of.configured("bucket_prefix") ?? "local-")}${of.token("bucket", LOWER, 12)}`,
    id: (of) => of.get("bucket"),
    arn: (of) => `arn:aws:s3:::${of.get("bucket")}`,
    bucket_domain_name: (of) => `${of.get("bucket")}.s3.amazonaws.com`,
    bucket_regional_domain_name: (of) => `${of.get("bucket")}.s3.${of.region}.amazonaws.com`,
  },
  aws_secretsmanager_secret: {
    id: (of) => of.get("arn"),
    arn: (of) => arn("secretsmanager", of, `secret:${of.get("name")}-${of.token("arn", MIXED, 6)}`),
  },
  aws_secretsmanager_secret_version: {
    id: (of) => `${of.get("secret_id")}|${of.get("version_id")}`,
    arn: (of) => of.get("secret_id"),
    version_id: (of) => of.token("version", HEX, 32),
  },
  aws_ssm_parameter: {
    id: (of) => of.get("name"),
    arn: (of) => arn("ssm", of, `parameter/${of.get("name").replace(/^\//, "")}`),
    version: () => 1,
  },
};

const invocations = (of: Subject, functionArn: string) =>
  `arn:aws:apigateway:${of.region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;

/**
 * Types that change nothing about what a caller sees on a laptop. Each is listed on purpose, so that a new type in infra/
 * is a decision here too (the firewall's rules are the one thing that a caller would notice on AWS); besides `id` and `arn` they have only the computed attributes named, as opaque placeholders.
 */
const inert: Record<string, Attributes> = Object.fromEntries(
  Object.entries({
    aws_api_gateway_account: [],
    aws_cloudfront_cache_policy: ["etag"],
    aws_cloudfront_monitoring_subscription: [],
    aws_cloudfront_origin_request_policy: ["etag"],
    aws_cloudfront_response_headers_policy: ["etag"],
    aws_cloudtrail: [],
    aws_cloudwatch_composite_alarm: [],
    aws_cloudwatch_dashboard: ["dashboard_arn"],
    aws_cloudwatch_event_rule: [],
    aws_cloudwatch_event_target: [],
    aws_cloudwatch_log_metric_filter: [],
    aws_cloudwatch_log_resource_policy: [],
    aws_cloudwatch_metric_alarm: [],
    aws_cognito_managed_login_branding: ["managed_login_branding_id"],
    aws_default_network_acl: [],
    aws_default_route_table: [],
    aws_default_security_group: ["name"],
    aws_flow_log: [],
    aws_iam_policy: [],
    aws_iam_role_policies_exclusive: [],
    aws_iam_role_policy: [],
    aws_iam_role_policy_attachment: [],
    aws_kms_alias: [],
    aws_kms_key: ["key_id"],
    aws_lambda_function_event_invoke_config: [],
    aws_lambda_runtime_management_config: [],
    aws_route53_record: ["fqdn"],
    aws_route53_resolver_config: [],
    aws_route53_resolver_firewall_config: [],
    aws_route53_resolver_firewall_domain_list: [],
    aws_route53_resolver_firewall_rule: [],
    aws_route53_resolver_firewall_rule_group: [],
    aws_route53_resolver_firewall_rule_group_association: [],
    aws_route_table: [],
    aws_route_table_association: [],
    aws_s3_bucket_lifecycle_configuration: [],
    aws_s3_bucket_ownership_controls: [],
    aws_s3_bucket_policy: [],
    aws_s3_bucket_public_access_block: [],
    aws_s3_bucket_server_side_encryption_configuration: [],
    aws_s3_bucket_versioning: [],
    aws_scheduler_schedule: [],
    aws_scheduler_schedule_group: [],
    aws_secretsmanager_secret_policy: [],
    aws_security_group: [],
    aws_sns_topic: [],
    aws_sns_topic_policy: [],
    aws_sns_topic_subscription: [],
    aws_subnet: [],
    aws_vpc: ["default_security_group_id", "default_route_table_id", "default_network_acl_id", "main_route_table_id"],
    aws_vpc_endpoint: ["prefix_list_id"],
    aws_vpc_endpoint_policy: [],
    aws_vpc_endpoint_route_table_association: [],
    aws_vpc_security_group_egress_rule: [],
    aws_vpc_security_group_ingress_rule: [],
    aws_wafv2_web_acl: [],
    aws_wafv2_web_acl_association: [],
  }).map(([type, names]) => [type, placeholders(names)]),
);

/** Inert as well, but their ARNs are matched against by what is served. */
const named: Record<string, Attributes> = {
  aws_iam_role: {
    id: (of) => of.get("name"),
    arn: (of) => iamArn(of, `role/${of.get("name")}`),
    unique_id: (of) => `AROA${of.token("id", LOWER, 17).toUpperCase()}`,
  },
  aws_cloudwatch_log_group: {
    id: (of) => of.get("name"),
    arn: (of) => arn("logs", of, `log-group:${of.get("name")}`),
  },
};

const data: Record<string, Attributes> = {
  aws_caller_identity: {
    id: (of) => of.account,
    account_id: (of) => of.account,
    arn: (of) => iamArn(of, "root"),
  },
  aws_region: { id: (of) => of.region, name: (of) => of.region, region: (of) => of.region },
  aws_partition: { id: () => "aws", partition: () => "aws", dns_suffix: () => "amazonaws.com" },
  aws_availability_zones: {
    id: (of) => of.region,
    names: (of) => ["a", "c", "d"].map((zone) => `${of.region}${zone}`),
  },
  aws_ec2_managed_prefix_list: placeholders([]),
  aws_prefix_list: placeholders([]),
  aws_cloudfront_cache_policy: placeholders(["name"]),
  aws_cloudfront_origin_request_policy: placeholders(["name"]),
};

function placeholders(names: readonly string[]): Attributes {
  return Object.fromEntries(
    ["id", "arn", ...names].map((name) => [name, (of: Subject) => `local-${of.token(name, HEX, 12)}`]),
  );
}

const resources: Record<string, Attributes> = { ...inert, ...named, ...served };

/** The computed attributes of a type, or undefined when nothing has been decided about the type. */
export function attributesOf(type: string, source: "resource" | "data"): Attributes | undefined {
  const known = source === "data" ? data : resources;
  return Object.hasOwn(known, type) ? known[type] : undefined;
}
