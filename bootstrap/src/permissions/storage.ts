import type { Scope } from "../environment.ts";
import type { Area } from "./area.ts";

/** The files bucket, the secrets. Never the artifacts bucket: what runs is GitHub's to publish. */
export const storage: Area = {
  name: "storage",

  reads: (scope) => [
    {
      sid: "ReadBuckets",
      why: "Every setting of the environment's buckets; not the objects in them.",
      actions: [
        "s3:GetAccelerateConfiguration",
        "s3:GetBucketAcl",
        "s3:GetBucketCORS",
        "s3:GetBucketLocation",
        "s3:GetBucketLogging",
        "s3:GetBucketObjectLockConfiguration",
        "s3:GetBucketOwnershipControls",
        "s3:GetBucketPolicy",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketRequestPayment",
        "s3:GetBucketTagging",
        "s3:GetBucketVersioning",
        "s3:GetBucketWebsite",
        "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:GetReplicationConfiguration",
        "s3:ListBucket",
        "s3:ListTagsForResource",
      ],
      resources: buckets(scope),
    },
    {
      sid: "ReadSecrets",
      why: "The state holds the machine client's secret, and a refresh compares it; only this environment's.",
      actions: [
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetResourcePolicy",
        "secretsmanager:GetSecretValue",
        "secretsmanager:ListSecretVersionIds",
      ],
      resources: secrets(scope),
    },
    {
      sid: "ReadParameters",
      why: "The provider reads a parameter with its value; only this environment's.",
      actions: ["ssm:GetParameter", "ssm:GetParameters", "ssm:ListTagsForResource"],
      resources: parameters(scope),
    },
    {
      sid: "FindParameters",
      why: "A parameter's description and tier are told by the list alone, and the list has no ARN.",
      actions: ["ssm:DescribeParameters"],
      resources: ["*"],
    },
  ],

  writes: (scope) => [
    {
      sid: "ChangeBuckets",
      why: "By name. Protected buckets refuse their deletion in Terraform already.",
      actions: [
        "s3:CreateBucket",
        "s3:DeleteBucket",
        "s3:DeleteBucketPolicy",
        "s3:PutBucketOwnershipControls",
        "s3:PutBucketPolicy",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketTagging",
        "s3:PutBucketVersioning",
        "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
        "s3:TagResource",
        "s3:UntagResource",
      ],
      resources: buckets(scope),
    },
    ...(scope.environment.name === "dev"
      ? [
          {
            sid: "EmptyBuckets",
            why: "A bucket is deleted empty, and dev's are deleted with what they hold.",
            actions: ["s3:ListBucketVersions", "s3:DeleteObject", "s3:DeleteObjectVersion"],
            resources: buckets(scope).flatMap((bucket) => [bucket, `${bucket}/*`]),
          },
        ]
      : []),
    {
      sid: "ChangeSecrets",
      why: "By name.",
      actions: [
        "secretsmanager:CreateSecret",
        "secretsmanager:DeleteSecret",
        "secretsmanager:PutSecretValue",
        "secretsmanager:RestoreSecret",
        "secretsmanager:TagResource",
        "secretsmanager:UntagResource",
        "secretsmanager:UpdateSecret",
        "secretsmanager:UpdateSecretVersionStage",
      ],
      resources: secrets(scope),
    },
    {
      sid: "ChangeParameters",
      why: "By name.",
      actions: ["ssm:AddTagsToResource", "ssm:DeleteParameter", "ssm:PutParameter", "ssm:RemoveTagsFromResource"],
      resources: parameters(scope),
    },
  ],
};

/** By purpose: `<prefix>-*` would match the artifacts bucket. */
const buckets = ({ prefix, environment }: Scope): string[] => [
  `arn:aws:s3:::${prefix}-files-*`,
  ...(environment.flags.cloudtrail ? [`arn:aws:s3:::${prefix}-trail-*`] : []),
];
const secrets = (scope: Scope): string[] => [scope.arn("secretsmanager", `secret:${scope.prefix}/*`)];
const parameters = (scope: Scope): string[] => [scope.arn("ssm", `parameter/${scope.prefix}/*`)];
