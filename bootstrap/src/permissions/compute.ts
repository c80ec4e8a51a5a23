import { bootstrapRoleNames, type Scope } from "../environment.ts";
import type { Area } from "./area.ts";

/** Functions, their roles, the schedule that keeps them active. */
export const compute: Area = {
  name: "compute",

  reads: (scope) => [
    {
      sid: "ReadFunctions",
      why: "By name.",
      actions: [
        "lambda:GetAlias",
        "lambda:GetFunction",
        "lambda:GetFunctionCodeSigningConfig",
        "lambda:GetFunctionConfiguration",
        "lambda:GetFunctionEventInvokeConfig",
        "lambda:GetPolicy",
        "lambda:ListTags",
        "lambda:ListVersionsByFunction",
      ],
      resources: functions(scope),
    },
    {
      sid: "ReadRoles",
      why: "By name.",
      actions: [
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole",
        "iam:ListRolePolicies",
        "iam:ListRoleTags",
      ],
      resources: roles(scope),
    },
    {
      sid: "ReadSchedules",
      why: "By name.",
      actions: ["scheduler:GetSchedule"],
      resources: schedules(scope),
    },
  ],

  writes: (scope) => [
    {
      sid: "ChangeFunctions",
      why: "By name. Not InvokeFunction: Terraform describes functions, it does not run them.",
      actions: [
        "lambda:AddPermission",
        "lambda:CreateAlias",
        "lambda:CreateFunction",
        "lambda:DeleteAlias",
        "lambda:DeleteFunction",
        "lambda:DeleteFunctionConcurrency",
        "lambda:DeleteFunctionEventInvokeConfig",
        "lambda:PublishVersion",
        "lambda:PutFunctionConcurrency",
        "lambda:PutFunctionEventInvokeConfig",
        "lambda:RemovePermission",
        "lambda:TagResource",
        "lambda:UntagResource",
        "lambda:UpdateAlias",
        "lambda:UpdateFunctionCode",
        "lambda:UpdateFunctionConfiguration",
        "lambda:UpdateFunctionEventInvokeConfig",
      ],
      resources: functions(scope),
    },
    {
      sid: "ChangeBoundedRoles",
      why: "Only roles that carry the boundary, so none can be made to do more than a function here ever may.",
      actions: ["iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"],
      resources: roles(scope),
      condition: { StringEquals: { "iam:PermissionsBoundary": boundary(scope) } },
    },
    {
      sid: "ChangeRoles",
      why: "Calls that add no right: IAM knows no boundary condition for them.",
      actions: [
        "iam:DeleteRole",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ],
      resources: roles(scope),
    },
    {
      sid: "KeepBootstrapRoles",
      why: "These share the prefix, and whoever can change them can lift every limit of this policy.",
      effect: "Deny",
      actions: [
        "iam:Attach*",
        "iam:Create*",
        "iam:Delete*",
        "iam:Detach*",
        "iam:PassRole",
        "iam:Put*",
        "iam:Tag*",
        "iam:Untag*",
        "iam:Update*",
      ],
      resources: bootstrapRoleNames(scope.environment).map((name) => scope.globalArn("iam", `role/${name}`)),
    },
    {
      sid: "PassRoles",
      why: "To the services that use them, and to no other.",
      actions: ["iam:PassRole"],
      resources: roles(scope),
      condition: {
        StringEquals: {
          "iam:PassedToService": [
            "lambda.amazonaws.com",
            "scheduler.amazonaws.com",
            ...(scope.environment.flags.flowLogs ? ["vpc-flow-logs.amazonaws.com"] : []),
          ],
        },
      },
    },
    {
      sid: "ChangeSchedules",
      why: "By name.",
      actions: ["scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:UpdateSchedule"],
      resources: schedules(scope),
    },
  ],
};

const functions = (scope: Scope): string[] => [scope.arn("lambda", `function:${scope.prefix}-*`)];
const roles = (scope: Scope): string[] => [scope.globalArn("iam", `role/${scope.prefix}-*`)];
const schedules = (scope: Scope): string[] => [scope.arn("scheduler", `schedule/default/${scope.prefix}-*`)];
const boundary = (scope: Scope): string => scope.globalArn("iam", `policy/${scope.environment.boundaryName}`);
