import type { Scope } from "../environment.ts";
import type { Area } from "./area.ts";

/** The user pool and everything in it. A pool's id is generated, so its tags say whose it is. */
export const identity: Area = {
  name: "identity",

  reads: (scope) => [
    {
      sid: "ReadPool",
      why: "Settings of this environment's pool; not its people.",
      actions: [
        "cognito-idp:DescribeManagedLoginBranding",
        "cognito-idp:DescribeManagedLoginBrandingByClient",
        "cognito-idp:DescribeResourceServer",
        "cognito-idp:DescribeUserPool",
        "cognito-idp:DescribeUserPoolClient",
        "cognito-idp:GetGroup",
        "cognito-idp:GetUserPoolMfaConfig",
        "cognito-idp:ListTagsForResource",
      ],
      resources: pools(scope),
      condition: scope.owned,
    },
    {
      sid: "ReadDomain",
      why: "A domain is looked up by its name, which has no ARN; login pages are public anyway.",
      actions: ["cognito-idp:DescribeUserPoolDomain"],
      resources: ["*"],
    },
  ],

  writes: (scope) => [
    {
      sid: "CreatePool",
      why: "A pool has no ARN before it exists: only with this environment's tags.",
      actions: ["cognito-idp:CreateUserPool"],
      resources: ["*"],
      condition: scope.labelled,
    },
    {
      sid: "LabelPool",
      why: "Tags of the request that creates or re-tags a pool; another environment's stays its own.",
      actions: ["cognito-idp:TagResource"],
      resources: pools(scope),
      condition: scope.claimed,
    },
    {
      sid: "ChangePool",
      why: "Only the pool tagged as this environment's. No call that touches a person is here.",
      actions: [
        "cognito-idp:AddCustomAttributes",
        "cognito-idp:CreateGroup",
        "cognito-idp:CreateManagedLoginBranding",
        "cognito-idp:CreateResourceServer",
        "cognito-idp:CreateUserPoolClient",
        "cognito-idp:CreateUserPoolDomain",
        "cognito-idp:DeleteGroup",
        "cognito-idp:DeleteManagedLoginBranding",
        "cognito-idp:DeleteResourceServer",
        "cognito-idp:DeleteUserPool",
        "cognito-idp:DeleteUserPoolClient",
        "cognito-idp:DeleteUserPoolDomain",
        "cognito-idp:SetUserPoolMfaConfig",
        "cognito-idp:UntagResource",
        "cognito-idp:UpdateGroup",
        "cognito-idp:UpdateManagedLoginBranding",
        "cognito-idp:UpdateResourceServer",
        "cognito-idp:UpdateUserPool",
        "cognito-idp:UpdateUserPoolClient",
        "cognito-idp:UpdateUserPoolDomain",
      ],
      resources: pools(scope),
      condition: scope.owned,
    },
  ],
};

const pools = (scope: Scope): string[] => [scope.arn("cognito-idp", "userpool/*")];
