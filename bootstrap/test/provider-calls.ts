import type { Call } from "./iam.ts";
import { ACCOUNT, type Json, REGION, resolve } from "./stack.ts";

/** What the AWS provider calls for one type of resource. */
interface Row {
  /** The resource itself; an id that AWS generates is a stand-in. */
  readonly arn: (values: Values) => string;
  /** On what does not exist yet: the call's tags count. */
  readonly creates?: string;
  /** On what exists, or on what it belongs to: its tags count. */
  readonly changes: string;
  readonly reads: string;
  /** Calls on other resources, or with conditions of their own. */
  readonly others?: (values: Values) => readonly Call[];
}

type Values = Readonly<Record<string, string>>;

const regional = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
const ec2 = (type: string, id = "0abc") => regional("ec2", `${type}/${id}`);
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const bucket = ({ bucket, bucket_prefix }: Values) => `arn:aws:s3:::${bucket ?? `${bucket_prefix}20261122`}`;
const pool = () => regional("cognito-idp", "userpool/ap-northeast-1_Abc");
const fn = ({ function_name, qualifier }: Values) =>
  regional("lambda", `function:${function_name}${qualifier === undefined ? "" : `:${qualifier}`}`);
const logGroup = (name: string | undefined) => regional("logs", `log-group:${name}`);
const api = (path: string) => `arn:aws:apigateway:${REGION}::${path}`;
const firewall = (kind: string) => regional("route53resolver", `firewall-${kind}/rslvr-1`);
const passes = (roleArn: string | undefined, service: string): Call => ({
  action: "iam:PassRole",
  resource: role((roleArn ?? "").replace(/^.*role\//, "")),
  context: { "iam:PassedToService": service },
});
const anywhere = (actions: string): Call[] => split(actions).map((action) => ({ action, resource: "*" }));

const ofApi = (path: string): Row => ({
  arn: () => api(`/restapis/abc/${path}`),
  changes: "apigateway:POST apigateway:PUT apigateway:PATCH apigateway:DELETE",
  reads: "apigateway:GET",
});
const ofBucket = (reads: string, changes: string): Row => ({ arn: bucket, reads, changes });
const ofPool = (reads: string, changes: string): Row => ({ arn: pool, reads, changes });
const securityGroupRule = (direction: "Egress" | "Ingress"): Row => ({
  arn: () => ec2("security-group-rule"),
  creates: `ec2:AuthorizeSecurityGroup${direction} ec2:CreateTags`,
  changes: `ec2:ModifySecurityGroupRules ec2:RevokeSecurityGroup${direction}`,
  reads: "",
  others: (values) => [
    ...onOwned(values, ec2("security-group"), `ec2:AuthorizeSecurityGroup${direction} ec2:ModifySecurityGroupRules`),
    ...anywhere("ec2:DescribeSecurityGroupRules"),
  ],
});

/**
 * Every type that an environment may contain. The calls are those of the provider's create, read, update and delete
 * functions: https://github.com/hashicorp/terraform-provider-aws/tree/v6.25.0/internal/service
 */
export const providerCalls: Readonly<Record<string, Row>> = {
  aws_api_gateway_authorizer: ofApi("authorizers/a"),
  aws_api_gateway_base_path_mapping: { ...ofApi(""), arn: () => api("/domainnames/mcp.example.com/basepathmappings") },
  aws_api_gateway_deployment: ofApi("deployments"),
  aws_api_gateway_domain_name: {
    arn: () => api("/domainnames/mcp.example.com"),
    changes: "apigateway:PATCH apigateway:DELETE",
    reads: "apigateway:GET",
    others: (values) => [
      ...onNew(values, api("/domainnames"), "apigateway:POST apigateway:TagResource"),
      {
        action: "iam:CreateServiceLinkedRole",
        resource: role("aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway"),
        context: { "iam:AWSServiceName": "ops.apigateway.amazonaws.com" },
      },
    ],
  },
  aws_api_gateway_gateway_response: ofApi("gatewayresponses/UNAUTHORIZED"),
  aws_api_gateway_integration: ofApi("resources/r/methods/POST/integration"),
  aws_api_gateway_integration_response: ofApi("resources/r/methods/GET/integration/responses/200"),
  aws_api_gateway_method: ofApi("resources/r/methods/POST"),
  aws_api_gateway_method_response: ofApi("resources/r/methods/GET/responses/200"),
  aws_api_gateway_method_settings: ofApi("stages/live"),
  aws_api_gateway_resource: ofApi("resources/r"),
  aws_api_gateway_rest_api: {
    arn: () => api("/restapis/abc"),
    changes: "apigateway:PATCH apigateway:PUT apigateway:DELETE",
    reads: "apigateway:GET",
    others: (values) => [
      ...onNew(values, api("/restapis"), "apigateway:POST"),
      ...onNew(values, api(`/tags/${encodeURIComponent(api("/restapis/abc"))}`), "apigateway:PUT"),
    ],
  },
  aws_api_gateway_stage: {
    ...ofApi("stages/live"),
    others: (values) => onNew(values, api("/restapis/abc/stages"), "apigateway:TagResource"),
  },
  aws_cloudfront_distribution: {
    arn: () => `arn:aws:cloudfront::${ACCOUNT}:distribution/EABC`,
    creates: "cloudfront:CreateDistribution cloudfront:CreateDistributionWithTags cloudfront:TagResource",
    changes: "cloudfront:UpdateDistribution cloudfront:DeleteDistribution cloudfront:UntagResource",
    reads: "cloudfront:GetDistribution cloudfront:ListTagsForResource",
  },
  aws_cloudtrail: {
    arn: ({ name }) => regional("cloudtrail", `trail/${name}`),
    creates: "cloudtrail:CreateTrail cloudtrail:AddTags",
    changes:
      "cloudtrail:UpdateTrail cloudtrail:PutEventSelectors cloudtrail:StartLogging cloudtrail:StopLogging cloudtrail:DeleteTrail",
    reads: "cloudtrail:GetTrailStatus cloudtrail:GetEventSelectors cloudtrail:ListTags",
    others: () => anywhere("cloudtrail:DescribeTrails"),
  },
  aws_cloudwatch_dashboard: {
    arn: ({ dashboard_name }) => `arn:aws:cloudwatch::${ACCOUNT}:dashboard/${dashboard_name}`,
    creates: "cloudwatch:PutDashboard",
    changes: "cloudwatch:PutDashboard cloudwatch:DeleteDashboards",
    reads: "cloudwatch:GetDashboard",
  },
  aws_cloudwatch_log_group: {
    arn: ({ name }) => logGroup(name),
    creates: "logs:CreateLogGroup logs:TagResource",
    changes: "logs:PutRetentionPolicy logs:DeleteLogGroup logs:UntagResource",
    reads: "logs:ListTagsForResource logs:DescribeLogGroups",
  },
  aws_cloudwatch_log_metric_filter: {
    arn: ({ log_group_name }) => logGroup(log_group_name),
    changes: "logs:PutMetricFilter logs:DeleteMetricFilter",
    reads: "logs:DescribeMetricFilters",
  },
  aws_cloudwatch_metric_alarm: {
    arn: ({ alarm_name }) => regional("cloudwatch", `alarm:${alarm_name}`),
    creates: "cloudwatch:PutMetricAlarm cloudwatch:TagResource",
    changes: "cloudwatch:PutMetricAlarm cloudwatch:DeleteAlarms cloudwatch:UntagResource",
    reads: "cloudwatch:DescribeAlarms cloudwatch:ListTagsForResource",
  },
  aws_cognito_managed_login_branding: ofPool(
    "cognito-idp:DescribeManagedLoginBranding cognito-idp:DescribeManagedLoginBrandingByClient",
    "cognito-idp:CreateManagedLoginBranding cognito-idp:UpdateManagedLoginBranding cognito-idp:DeleteManagedLoginBranding",
  ),
  aws_cognito_resource_server: ofPool(
    "cognito-idp:DescribeResourceServer",
    "cognito-idp:CreateResourceServer cognito-idp:UpdateResourceServer cognito-idp:DeleteResourceServer",
  ),
  aws_cognito_user_group: ofPool(
    "cognito-idp:GetGroup",
    "cognito-idp:CreateGroup cognito-idp:UpdateGroup cognito-idp:DeleteGroup",
  ),
  aws_cognito_user_pool: {
    ...ofPool(
      "cognito-idp:DescribeUserPool cognito-idp:GetUserPoolMfaConfig cognito-idp:ListTagsForResource",
      "cognito-idp:UpdateUserPool cognito-idp:SetUserPoolMfaConfig cognito-idp:DeleteUserPool cognito-idp:UntagResource",
    ),
    creates: "cognito-idp:TagResource",
    others: (values) => onNew(values, "*", "cognito-idp:CreateUserPool"),
  },
  aws_cognito_user_pool_client: ofPool(
    "cognito-idp:DescribeUserPoolClient",
    "cognito-idp:CreateUserPoolClient cognito-idp:UpdateUserPoolClient cognito-idp:DeleteUserPoolClient",
  ),
  aws_cognito_user_pool_domain: {
    ...ofPool("", "cognito-idp:CreateUserPoolDomain cognito-idp:UpdateUserPoolDomain cognito-idp:DeleteUserPoolDomain"),
    others: () => anywhere("cognito-idp:DescribeUserPoolDomain"),
  },
  aws_default_security_group: {
    arn: () => ec2("security-group"),
    changes: "ec2:RevokeSecurityGroupIngress ec2:RevokeSecurityGroupEgress ec2:CreateTags ec2:DeleteTags",
    reads: "ec2:DescribeSecurityGroups",
    // Not tagged before the provider adopts it.
    others: (values) => onNew(values, ec2("security-group"), "ec2:CreateTags"),
  },
  aws_flow_log: {
    arn: () => ec2("vpc-flow-log"),
    creates: "ec2:CreateFlowLogs ec2:CreateTags",
    changes: "ec2:DeleteFlowLogs",
    reads: "ec2:DescribeFlowLogs",
    others: (values) => [
      ...onOwned(values, ec2("vpc"), "ec2:CreateFlowLogs"),
      passes(`role/${values.prefix}-flow-logs`, "vpc-flow-logs.amazonaws.com"),
    ],
  },
  aws_iam_role: {
    arn: ({ name }) => role(name ?? ""),
    changes: "iam:UpdateAssumeRolePolicy iam:UpdateRole iam:TagRole iam:UntagRole iam:DeleteRole",
    reads:
      "iam:GetRole iam:ListRolePolicies iam:ListAttachedRolePolicies iam:ListInstanceProfilesForRole iam:GetRolePolicy",
    others: ({ name, prefix }) => bounded(prefix, role(name ?? ""), "iam:CreateRole iam:PutRolePermissionsBoundary"),
  },
  aws_iam_role_policy: {
    arn: ({ prefix, name }) => role(`${prefix}-${name}`),
    changes: "",
    reads: "iam:GetRolePolicy",
    others: ({ prefix, name }) => bounded(prefix, role(`${prefix}-${name}`), "iam:PutRolePolicy iam:DeleteRolePolicy"),
  },
  aws_lambda_alias: {
    arn: ({ function_name, name }) => regional("lambda", `function:${function_name}:${name}`),
    creates: "lambda:CreateAlias",
    changes: "lambda:UpdateAlias lambda:DeleteAlias",
    reads: "lambda:GetAlias",
  },
  aws_lambda_function: {
    arn: fn,
    creates: "lambda:CreateFunction lambda:TagResource",
    changes:
      "lambda:UpdateFunctionConfiguration lambda:UpdateFunctionCode lambda:PublishVersion lambda:PutFunctionConcurrency lambda:DeleteFunctionConcurrency lambda:DeleteFunction lambda:UntagResource",
    reads: "lambda:GetFunction lambda:ListVersionsByFunction lambda:GetFunctionCodeSigningConfig",
    others: ({ function_name, role: arn }) => [
      passes(arn?.startsWith("arn") ? arn : `role/${function_name}`, "lambda.amazonaws.com"),
      ...anywhere("ec2:DescribeSubnets ec2:DescribeSecurityGroups ec2:DescribeVpcs"),
    ],
  },
  aws_lambda_function_event_invoke_config: {
    arn: fn,
    creates: "lambda:PutFunctionEventInvokeConfig",
    changes: "lambda:PutFunctionEventInvokeConfig lambda:DeleteFunctionEventInvokeConfig",
    reads: "lambda:GetFunctionEventInvokeConfig",
  },
  aws_lambda_permission: {
    arn: fn,
    creates: "lambda:AddPermission",
    changes: "lambda:RemovePermission",
    reads: "lambda:GetPolicy",
  },
  aws_route53_record: {
    arn: ({ zone_id }) => `arn:aws:route53:::hostedzone/${zone_id}`,
    changes: "",
    reads: "route53:GetHostedZone route53:ListResourceRecordSets",
    others: ({ zone_id, type }) => [
      {
        action: "route53:ChangeResourceRecordSets",
        resource: `arn:aws:route53:::hostedzone/${zone_id}`,
        context: { "route53:ChangeResourceRecordSetsRecordTypes": type ?? "" },
      },
      { action: "route53:GetChange", resource: "arn:aws:route53:::change/C1" },
    ],
  },
  aws_route53_resolver_firewall_config: {
    arn: () => firewall("config"),
    changes: "route53resolver:UpdateFirewallConfig",
    reads: "route53resolver:GetFirewallConfig",
    others: () => anywhere("route53resolver:ListFirewallConfigs"),
  },
  aws_route53_resolver_firewall_domain_list: {
    arn: () => firewall("domain-list"),
    creates: "route53resolver:CreateFirewallDomainList route53resolver:TagResource",
    changes:
      "route53resolver:UpdateFirewallDomains route53resolver:DeleteFirewallDomainList route53resolver:UntagResource",
    reads:
      "route53resolver:GetFirewallDomainList route53resolver:ListFirewallDomains route53resolver:ListTagsForResource",
  },
  aws_route53_resolver_firewall_rule: {
    arn: () => firewall("rule-group"),
    changes: "route53resolver:CreateFirewallRule route53resolver:UpdateFirewallRule route53resolver:DeleteFirewallRule",
    reads: "route53resolver:ListFirewallRules",
  },
  aws_route53_resolver_firewall_rule_group: {
    arn: () => firewall("rule-group"),
    creates: "route53resolver:CreateFirewallRuleGroup route53resolver:TagResource",
    changes: "route53resolver:DeleteFirewallRuleGroup route53resolver:UntagResource",
    reads: "route53resolver:GetFirewallRuleGroup route53resolver:ListTagsForResource",
  },
  aws_route53_resolver_firewall_rule_group_association: {
    arn: () => firewall("rule-group-association"),
    creates: "route53resolver:AssociateFirewallRuleGroup route53resolver:TagResource",
    changes:
      "route53resolver:UpdateFirewallRuleGroupAssociation route53resolver:DisassociateFirewallRuleGroup route53resolver:UntagResource",
    reads: "route53resolver:GetFirewallRuleGroupAssociation route53resolver:ListTagsForResource",
    others: (values) => onOwned(values, firewall("rule-group"), "route53resolver:AssociateFirewallRuleGroup"),
  },
  aws_route_table: {
    arn: () => ec2("route-table"),
    creates: "ec2:CreateRouteTable ec2:CreateTags",
    changes: "ec2:DeleteRouteTable ec2:DeleteTags",
    reads: "ec2:DescribeRouteTables",
    others: (values) => onOwned(values, ec2("vpc"), "ec2:CreateRouteTable"),
  },
  aws_route_table_association: {
    arn: () => ec2("route-table"),
    changes: "ec2:AssociateRouteTable ec2:DisassociateRouteTable ec2:ReplaceRouteTableAssociation",
    reads: "ec2:DescribeRouteTables",
    others: (values) => onOwned(values, ec2("subnet"), "ec2:AssociateRouteTable ec2:DisassociateRouteTable"),
  },
  aws_s3_bucket: {
    arn: bucket,
    creates: "s3:CreateBucket s3:PutBucketTagging",
    changes: "s3:DeleteBucket",
    reads:
      "s3:ListBucket s3:GetBucketLocation s3:GetBucketTagging s3:GetBucketPolicy s3:GetBucketAcl s3:GetBucketCORS s3:GetBucketWebsite s3:GetBucketVersioning s3:GetAccelerateConfiguration s3:GetBucketRequestPayment s3:GetBucketLogging s3:GetLifecycleConfiguration s3:GetReplicationConfiguration s3:GetEncryptionConfiguration s3:GetBucketObjectLockConfiguration",
    others: (values) =>
      values.force_destroy === "true"
        ? [
            { action: "s3:ListBucketVersions", resource: bucket(values) },
            { action: "s3:DeleteObject", resource: `${bucket(values)}/a` },
            { action: "s3:DeleteObjectVersion", resource: `${bucket(values)}/a` },
          ]
        : [],
  },
  aws_s3_bucket_lifecycle_configuration: ofBucket("s3:GetLifecycleConfiguration", "s3:PutLifecycleConfiguration"),
  aws_s3_bucket_ownership_controls: ofBucket("s3:GetBucketOwnershipControls", "s3:PutBucketOwnershipControls"),
  aws_s3_bucket_policy: ofBucket("s3:GetBucketPolicy", "s3:PutBucketPolicy s3:DeleteBucketPolicy"),
  aws_s3_bucket_public_access_block: ofBucket("s3:GetBucketPublicAccessBlock", "s3:PutBucketPublicAccessBlock"),
  aws_s3_bucket_server_side_encryption_configuration: ofBucket(
    "s3:GetEncryptionConfiguration",
    "s3:PutEncryptionConfiguration",
  ),
  aws_s3_bucket_versioning: ofBucket("s3:GetBucketVersioning", "s3:PutBucketVersioning"),
  aws_scheduler_schedule: {
    arn: ({ name }) => regional("scheduler", `schedule/default/${name}`),
    creates: "scheduler:CreateSchedule",
    changes: "scheduler:UpdateSchedule scheduler:DeleteSchedule",
    reads: "scheduler:GetSchedule",
    others: ({ name }) => [passes(`role/${name}`, "scheduler.amazonaws.com")],
  },
  aws_secretsmanager_secret: {
    arn: ({ name }) => regional("secretsmanager", `secret:${name}-AbCdEf`),
    creates: "secretsmanager:CreateSecret secretsmanager:TagResource",
    changes: "secretsmanager:UpdateSecret secretsmanager:DeleteSecret secretsmanager:UntagResource",
    reads: "secretsmanager:DescribeSecret secretsmanager:GetResourcePolicy",
  },
  aws_secretsmanager_secret_version: {
    arn: ({ prefix }) => regional("secretsmanager", `secret:${prefix}/machine-client-AbCdEf`),
    changes: "secretsmanager:PutSecretValue secretsmanager:UpdateSecretVersionStage",
    reads: "secretsmanager:GetSecretValue secretsmanager:DescribeSecret",
  },
  aws_security_group: {
    arn: () => ec2("security-group"),
    creates: "ec2:CreateSecurityGroup ec2:CreateTags",
    changes: "ec2:RevokeSecurityGroupEgress ec2:DeleteSecurityGroup ec2:DeleteTags",
    reads: "ec2:DescribeSecurityGroups ec2:DescribeNetworkInterfaces",
    others: (values) => onOwned(values, ec2("vpc"), "ec2:CreateSecurityGroup"),
  },
  aws_sns_topic: {
    arn: ({ name }) => regional("sns", name ?? ""),
    creates: "sns:CreateTopic sns:TagResource",
    changes: "sns:SetTopicAttributes sns:DeleteTopic sns:UntagResource",
    reads: "sns:GetTopicAttributes sns:ListTagsForResource",
  },
  aws_sns_topic_policy: {
    arn: ({ prefix }) => regional("sns", `${prefix}-alarms`),
    changes: "sns:SetTopicAttributes",
    reads: "sns:GetTopicAttributes",
  },
  aws_sns_topic_subscription: {
    arn: ({ prefix }) => regional("sns", `${prefix}-alarms`),
    changes: "sns:Subscribe sns:Unsubscribe sns:SetSubscriptionAttributes",
    reads: "sns:GetSubscriptionAttributes",
  },
  aws_ssm_parameter: {
    arn: ({ name }) => regional("ssm", `parameter${name}`),
    creates: "ssm:PutParameter ssm:AddTagsToResource",
    changes: "ssm:PutParameter ssm:DeleteParameter ssm:RemoveTagsFromResource",
    reads: "ssm:GetParameter ssm:ListTagsForResource",
    others: () => anywhere("ssm:DescribeParameters"),
  },
  aws_subnet: {
    arn: () => ec2("subnet"),
    creates: "ec2:CreateSubnet ec2:CreateTags",
    changes: "ec2:ModifySubnetAttribute ec2:DeleteSubnet ec2:DeleteTags",
    reads: "ec2:DescribeSubnets",
    others: (values) => onOwned(values, ec2("vpc"), "ec2:CreateSubnet"),
  },
  aws_vpc: {
    arn: () => ec2("vpc"),
    creates: "ec2:CreateVpc ec2:CreateTags",
    changes: "ec2:ModifyVpcAttribute ec2:DeleteVpc ec2:DeleteTags",
    reads: "ec2:DescribeVpcs ec2:DescribeVpcAttribute ec2:DescribeNetworkAcls ec2:DescribeRouteTables",
  },
  aws_vpc_endpoint: {
    arn: () => ec2("vpc-endpoint"),
    creates: "ec2:CreateVpcEndpoint ec2:CreateTags",
    changes: "ec2:ModifyVpcEndpoint ec2:DeleteVpcEndpoints ec2:DeleteTags",
    reads: "ec2:DescribeVpcEndpoints ec2:DescribePrefixLists",
    others: (values) =>
      ["vpc", "route-table", "subnet", "security-group"].flatMap((type) =>
        onOwned(values, ec2(type), "ec2:CreateVpcEndpoint"),
      ),
  },
  aws_vpc_security_group_egress_rule: securityGroupRule("Egress"),
  aws_vpc_security_group_ingress_rule: securityGroupRule("Ingress"),
  aws_wafv2_web_acl: {
    arn: ({ name }) => regional("wafv2", `regional/webacl/${name}/a1`),
    creates: "wafv2:CreateWebACL wafv2:TagResource",
    changes: "wafv2:UpdateWebACL wafv2:DeleteWebACL wafv2:UntagResource",
    reads: "wafv2:GetWebACL wafv2:ListTagsForResource",
    others: () => [{ action: "wafv2:CreateWebACL", resource: regional("wafv2", "regional/managedruleset/AWS/x") }],
  },
  aws_wafv2_web_acl_association: {
    arn: () => api("/restapis/abc/stages/live"),
    changes: "wafv2:AssociateWebACL wafv2:DisassociateWebACL apigateway:SetWebACL",
    reads: "wafv2:GetWebACLForResource",
    others: ({ prefix }) => [
      { action: "wafv2:AssociateWebACL", resource: regional("wafv2", `regional/webacl/${prefix}/a1`) },
    ],
  },
};

/** Calls that a plan makes, and calls that only an apply makes, for one resource of a service stack. */
export function callsFor(stack: Json, type: string, id: string): { reads: Call[]; writes: Call[] } {
  const row = providerCalls[type];
  if (!row) throw new Error(`${type} has no row: say in bootstrap/test/provider-calls.ts what Terraform calls for it.`);
  const values = valuesOf(stack, type, id);
  const arn = row.arn(values);
  const others = row.others?.(values) ?? [];
  const isRead = ({ action }: Call) =>
    /:(Describe|Get|List)|^apigateway:GET$/.test(action) && action !== "s3:ListBucketVersions";
  const describes = (action: string) => action.startsWith("ec2:Describe");
  return {
    reads: [
      ...onOwned(values, arn, row.reads).map((call) => (describes(call.action) ? { ...call, resource: "*" } : call)),
      ...others.filter(isRead),
    ],
    writes: [
      ...onNew(values, arn, row.creates ?? ""),
      ...onOwned(values, arn, row.changes),
      ...others.filter((call) => !isRead(call)),
    ],
  };
}

/** The configured strings with their references resolved, and what is the environment's. */
function valuesOf(stack: Json, type: string, id: string): Values {
  const tags: Values = stack.provider.aws[0].default_tags[0].tags;
  const configured = Object.entries<Json>(stack.resource[type][id])
    .filter(([, value]) => ["string", "boolean"].includes(typeof value))
    .map(([key, value]) => [key, resolve(stack, String(value))]);
  return {
    ...Object.fromEntries(configured),
    prefix: `remote-mcp-${tags.Environment}`,
    "tag:Project": tags.Project ?? "",
    "tag:Environment": tags.Environment ?? "",
  };
}

const split = (actions: string): string[] => actions.split(" ").filter(Boolean);

const tagged = (values: Values, key: string) => ({
  [`${key}/Project`]: values["tag:Project"] ?? "",
  [`${key}/Environment`]: values["tag:Environment"] ?? "",
});

function onNew(values: Values, resource: string, actions: string): Call[] {
  return split(actions).map((action) => ({ action, resource, context: tagged(values, "aws:RequestTag") }));
}

function onOwned(values: Values, resource: string, actions: string): Call[] {
  return split(actions).map((action) => {
    const owned = tagged(values, "aws:ResourceTag");
    // Tags are changed by naming them, on what has tags already.
    const context = action === "ec2:CreateTags" ? { ...owned, ...tagged(values, "aws:RequestTag") } : owned;
    return { action, resource, context };
  });
}

const bounded = (prefix: string | undefined, resource: string, actions: string): Call[] =>
  split(actions).map((action) => ({
    action,
    resource,
    context: { "iam:PermissionsBoundary": `arn:aws:iam::${ACCOUNT}:policy/${prefix}-boundary` },
  }));
