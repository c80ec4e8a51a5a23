import type { Scope } from "../environment.ts";
import type { Area } from "./area.ts";

/** Log groups, alarms and their topic, the dashboard, the trail. */
export const observability: Area = {
  name: "observability",

  reads: (scope) => [
    {
      sid: "ReadLogGroups",
      why: "Names and retention; the list is matched against the account's log groups. Not what was logged.",
      actions: ["logs:DescribeLogGroups"],
      resources: [scope.arn("logs", "log-group:*")],
    },
    {
      sid: "ReadLogSettings",
      why: "By name.",
      actions: ["logs:DescribeMetricFilters", "logs:ListTagsForResource"],
      resources: logGroups(scope),
    },
    {
      sid: "ReadAlarms",
      why: "By name.",
      actions: ["cloudwatch:DescribeAlarms", "cloudwatch:GetDashboard", "cloudwatch:ListTagsForResource"],
      resources: [...alarms(scope), ...dashboards(scope)],
    },
    {
      sid: "ReadTopic",
      why: "By name.",
      actions: ["sns:GetSubscriptionAttributes", "sns:GetTopicAttributes", "sns:ListTagsForResource"],
      resources: topics(scope),
    },
    ...(scope.environment.flags.cloudtrail
      ? [
          {
            sid: "ReadTrail",
            why: "By name.",
            actions: [
              "cloudtrail:GetEventSelectors",
              "cloudtrail:GetInsightSelectors",
              "cloudtrail:GetTrail",
              "cloudtrail:GetTrailStatus",
              "cloudtrail:ListTags",
            ],
            resources: trails(scope),
          },
          {
            sid: "FindTrails",
            why: "The provider looks a trail up in the list of all; the list has no ARN.",
            actions: ["cloudtrail:DescribeTrails"],
            resources: ["*"],
          },
        ]
      : []),
  ],

  writes: (scope) => [
    {
      sid: "ChangeLogGroups",
      why: "By name. Not DeleteLogStream: nobody here rewrites history.",
      actions: [
        "logs:CreateLogGroup",
        "logs:DeleteLogGroup",
        "logs:DeleteMetricFilter",
        "logs:PutMetricFilter",
        "logs:PutRetentionPolicy",
        "logs:TagResource",
        "logs:UntagResource",
      ],
      resources: logGroups(scope),
    },
    {
      sid: "ChangeAlarms",
      why: "By name.",
      actions: [
        "cloudwatch:DeleteAlarms",
        "cloudwatch:DeleteDashboards",
        "cloudwatch:PutDashboard",
        "cloudwatch:PutMetricAlarm",
        "cloudwatch:TagResource",
        "cloudwatch:UntagResource",
      ],
      resources: [...alarms(scope), ...dashboards(scope)],
    },
    {
      sid: "ChangeTopic",
      why: "By name.",
      actions: [
        "sns:CreateTopic",
        "sns:DeleteTopic",
        "sns:SetSubscriptionAttributes",
        "sns:SetTopicAttributes",
        "sns:Subscribe",
        "sns:TagResource",
        "sns:Unsubscribe",
        "sns:UntagResource",
      ],
      resources: topics(scope),
    },
    ...(scope.environment.flags.cloudtrail
      ? [
          {
            sid: "ChangeTrail",
            why: "By name.",
            actions: [
              "cloudtrail:AddTags",
              "cloudtrail:CreateTrail",
              "cloudtrail:DeleteTrail",
              "cloudtrail:PutEventSelectors",
              "cloudtrail:RemoveTags",
              "cloudtrail:StartLogging",
              "cloudtrail:StopLogging",
              "cloudtrail:UpdateTrail",
            ],
            resources: trails(scope),
          },
        ]
      : []),
  ],
};

/** With and without what follows a group's name: CloudWatch Logs writes both forms. */
const logGroups = (scope: Scope): string[] => {
  const { prefix, environment } = scope;
  const names = [
    `/aws/lambda/${prefix}-*`,
    `/aws/apigateway/${prefix}`,
    ...(environment.flags.flowLogs ? [`/aws/vpc/${prefix}`] : []),
  ];
  return names.flatMap((name) => [`log-group:${name}`, `log-group:${name}:*`]).map((name) => scope.arn("logs", name));
};
const alarms = (scope: Scope): string[] => [scope.arn("cloudwatch", `alarm:${scope.prefix}-*`)];
const dashboards = (scope: Scope): string[] => [scope.globalArn("cloudwatch", `dashboard/${scope.prefix}`)];
const topics = (scope: Scope): string[] => [scope.arn("sns", `${scope.prefix}-*`)];
const trails = (scope: Scope): string[] => [scope.arn("cloudtrail", `trail/${scope.prefix}`)];
