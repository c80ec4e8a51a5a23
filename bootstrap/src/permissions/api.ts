import type { Scope } from "../environment.ts";
import type { Area } from "./area.ts";

/**
 * The REST API and its host. What belongs to an API inherits its tags in policies:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html
 */
export const api: Area = {
  name: "api",

  reads: (scope) => [
    {
      sid: "ReadApi",
      why: "Only the API tagged as this environment's, and what belongs to it.",
      actions: ["apigateway:GET"],
      resources: existing(scope),
      condition: scope.owned,
    },
    {
      sid: "ReadDistribution",
      why: "Only the distribution tagged as this environment's.",
      actions: ["cloudfront:GetDistribution", "cloudfront:GetDistributionConfig", "cloudfront:ListTagsForResource"],
      resources: distributions(scope),
      condition: scope.owned,
    },
    ...(scope.environment.flags.waf
      ? [
          {
            sid: "ReadFirewall",
            why: "By name.",
            actions: ["wafv2:GetWebACL", "wafv2:ListTagsForResource"],
            resources: webAcls(scope),
          },
          {
            sid: "ReadFirewallOfStage",
            why: "Which rules stand before a stage; the provider asks with the stage's ARN.",
            actions: ["wafv2:GetWebACLForResource", "apigateway:GetWebACL"],
            resources: [...webAcls(scope), stages(scope)],
          },
        ]
      : []),
    ...(scope.environment.flags.domain
      ? [
          {
            sid: "ReadRecords",
            why: "The zone is the owner's choice and may serve other names.",
            actions: ["route53:GetHostedZone", "route53:ListResourceRecordSets"],
            resources: ["arn:aws:route53:::hostedzone/*"],
          },
          {
            sid: "FollowRecordChange",
            why: "A change has an id of its own until it is everywhere.",
            actions: ["route53:GetChange"],
            resources: ["arn:aws:route53:::change/*"],
          },
        ]
      : []),
  ],

  writes: (scope) => [
    {
      sid: "CreateApi",
      why: "Only with this environment's tags.",
      actions: ["apigateway:POST"],
      resources: collections(scope),
      condition: scope.labelled,
    },
    {
      sid: "ChangeApi",
      why: "Only the API tagged as this environment's, and what belongs to it.",
      actions: ["apigateway:DELETE", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT"],
      resources: existing(scope),
      condition: scope.owned,
    },
    {
      sid: "LabelApi",
      // The reference knows no tags of these paths, where the condition then holds. But to tag what exists needs PATCH of
      // the API itself too, which ChangeApi allows on ours alone: https://github.com/iann0036/iam-dataset/pull/39 (tried on AWS).
      why: "Tags have paths of their own, which name the API or domain they are on; another environment's stays its own.",
      actions: ["apigateway:PUT"],
      resources: tagPaths(scope),
      condition: scope.claimed,
    },
    {
      sid: "LabelPartOfApi",
      // In no reference, but AWS refuses without it: https://github.com/aws-amplify/amplify-cli/issues/12316
      why: "Stages and domains that are made with tags ask for this action by name.",
      actions: ["apigateway:TagResource"],
      resources: [...collections(scope), ...existing(scope)],
      condition: scope.claimed,
    },
    {
      sid: "CreateDistribution",
      why: "A distribution has a generated id: with this environment's tags, and never another environment's.",
      // The provider makes it with its tags in one call; which of the two names IAM asks for is documented both ways.
      actions: ["cloudfront:CreateDistribution", "cloudfront:CreateDistributionWithTags", "cloudfront:TagResource"],
      resources: distributions(scope),
      condition: scope.claimed,
    },
    {
      sid: "ChangeDistribution",
      why: "Only the distribution tagged as this environment's.",
      actions: ["cloudfront:DeleteDistribution", "cloudfront:UntagResource", "cloudfront:UpdateDistribution"],
      resources: distributions(scope),
      condition: scope.owned,
    },
    ...(scope.environment.flags.waf
      ? [
          {
            sid: "ChangeFirewall",
            why: "By name.",
            actions: [
              "wafv2:AssociateWebACL",
              "wafv2:CreateWebACL",
              "wafv2:DeleteWebACL",
              "wafv2:DisassociateWebACL",
              "wafv2:TagResource",
              "wafv2:UntagResource",
              "wafv2:UpdateWebACL",
            ],
            resources: webAcls(scope),
          },
          {
            sid: "UseRuleGroups",
            why: "AWS's own, which anybody may name.",
            actions: ["wafv2:CreateWebACL", "wafv2:UpdateWebACL"],
            resources: [scope.arn("wafv2", "regional/managedruleset/*/*")],
          },
          {
            sid: "PutFirewallBeforeStage",
            why: "Only before stages of this environment's API.",
            actions: ["apigateway:SetWebACL", "wafv2:AssociateWebACL", "wafv2:DisassociateWebACL"],
            resources: [stages(scope)],
            condition: scope.owned,
          },
        ]
      : []),
    ...(scope.environment.flags.domain
      ? [
          {
            sid: "ChangeRecords",
            why: "A and AAAA records only: the zone may serve other names, but none of its mail or delegations change.",
            actions: ["route53:ChangeResourceRecordSets"],
            resources: ["arn:aws:route53:::hostedzone/*"],
            condition: {
              "ForAllValues:StringEquals": { "route53:ChangeResourceRecordSetsRecordTypes": ["A", "AAAA"] },
            },
          },
          {
            sid: "LinkApiGateway",
            why: "API Gateway makes its service-linked role with an account's first domain.",
            actions: ["iam:CreateServiceLinkedRole"],
            resources: [scope.globalArn("iam", "role/aws-service-role/ops.apigateway.amazonaws.com/*")],
            condition: { StringEquals: { "iam:AWSServiceName": "ops.apigateway.amazonaws.com" } },
          },
        ]
      : []),
  ],
};

/** API Gateway's ARNs name the region but no account. */
const path = ({ region }: Scope, resource: string): string => `arn:aws:apigateway:${region}::${resource}`;

const collections = (scope: Scope): string[] => kinds(scope).map((kind) => path(scope, `/${kind}`));
const existing = (scope: Scope): string[] => kinds(scope).map((kind) => path(scope, `/${kind}/*`));
const stages = (scope: Scope): string => path(scope, "/restapis/*/stages/*");

/** The ARN of what is tagged is part of the path, encoded. */
const tagPaths = (scope: Scope): string[] =>
  kinds(scope).map((kind) => path(scope, `/tags/${encodeURIComponent(path(scope, `/${kind}/`))}*`));

const kinds = ({ environment }: Scope): string[] => ["restapis", ...(environment.flags.domain ? ["domainnames"] : [])];

const distributions = (scope: Scope): string[] => [scope.globalArn("cloudfront", "distribution/*")];
const webAcls = (scope: Scope): string[] => [scope.arn("wafv2", `regional/webacl/${scope.prefix}*/*`)];
