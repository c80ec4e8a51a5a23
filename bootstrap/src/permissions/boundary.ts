import type { Scope } from "../environment.ts";
import type { Statement } from "./statement.ts";

/**
 * The most that any role of a service stack may do, whatever its own policy says: the apply role can make roles, and this
 * is why that lets nobody out of the environment.
 */
export const boundary = (scope: Scope): readonly Statement[] => [
  {
    sid: "WriteOwnLogs",
    why: "Functions and flow logs write to log groups that Terraform made.",
    actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
    resources: [
      scope.arn("logs", `log-group:/aws/lambda/${scope.prefix}-*`),
      ...(scope.environment.flags.flowLogs ? [scope.arn("logs", `log-group:/aws/vpc/${scope.prefix}:*`)] : []),
    ],
  },
  {
    sid: "UseFiles",
    why: "The tools read and save files; none deletes one or changes the bucket.",
    actions: ["s3:GetObject", "s3:ListBucket", "s3:PutObject"],
    resources: [`arn:aws:s3:::${scope.prefix}-files-*`],
  },
  {
    sid: "AttachToVpc",
    why: "Lambda attaches a function to its VPC with the function's own role; EC2 knows nothing narrower for these.",
    actions: [
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
    ],
    resources: ["*"],
  },
  {
    sid: "CallOwnFunctions",
    why: "The schedule keeps a function active; a tool may call one through the Lambda endpoint.",
    actions: ["lambda:InvokeFunction"],
    resources: [scope.arn("lambda", `function:${scope.prefix}-*`)],
  },
  {
    sid: "ReadOwnParameters",
    why: "The OAuth function reads the secret that it seals with.",
    actions: ["ssm:GetParameter"],
    resources: [scope.arn("ssm", `parameter/${scope.prefix}/*`)],
  },
  {
    sid: "DecryptOwnParameters",
    why: "The key of the account for SSM has an id that AWS chooses: any key, but by SSM and for own parameters alone.",
    actions: ["kms:Decrypt"],
    resources: [scope.arn("kms", "key/*")],
    condition: {
      StringEquals: { "kms:ViaService": `ssm.${scope.region}.amazonaws.com` },
      StringLike: { "kms:EncryptionContext:PARAMETER_ARN": scope.arn("ssm", `parameter/${scope.prefix}/*`) },
    },
  },
  {
    sid: "SendTraces",
    why: "X-Ray takes traces of an account, not of a resource.",
    actions: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
    resources: ["*"],
  },
];
