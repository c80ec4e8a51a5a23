import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { LambdaAlias } from "@cdktf/provider-aws/lib/lambda-alias/index.js";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function/index.js";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { Construct } from "constructs";
import { PLACEHOLDER_FILE } from "../placeholder.ts";
import { allow, type Grant, policy, trust } from "./policy.ts";

const ALIAS_NAME = "live";

export interface ServiceFunctionProps {
  readonly name: string;
  readonly description: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly reservedConcurrency?: number | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly logRetentionDays: number;
  /** Without it the function runs outside the VPC, as Lambda does by itself. */
  readonly network?: { readonly subnetIds: string[]; readonly securityGroupId: string };
  /** What its code may do. */
  readonly permissions: readonly Grant[];
}

/**
 * A function behind the REST API. Terraform owns what surrounds the code: the code itself is published by
 * `pnpm update-lambda`, which moves the alias to the version it has tried.
 */
export class ServiceFunction extends Construct {
  readonly functionName: string;
  readonly aliasArn: string;
  readonly aliasName: string;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const logs = new CloudwatchLogGroup(this, "logs", {
      name: `/aws/lambda/${props.name}`,
      retentionInDays: props.logRetentionDays,
    });
    const role = new IamRole(this, "role", { name: props.name, assumeRolePolicy: trust("lambda.amazonaws.com") });
    const rights = new IamRolePolicy(this, "rights", {
      name: "function",
      role: role.id,
      policy: policy(
        allow({ actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [`${logs.arn}:*`] }),
        ...(props.network ? [networkInterfaces] : []),
        ...props.permissions.map(allow),
      ),
    });

    const fn = new LambdaFunction(this, "function", {
      functionName: props.name,
      description: props.description,
      role: role.arn,
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      handler: "index.handler",
      filename: PLACEHOLDER_FILE,
      publish: true,
      memorySize: props.memoryMb,
      timeout: props.timeoutSeconds,
      ...(props.reservedConcurrency !== undefined && { reservedConcurrentExecutions: props.reservedConcurrency }),
      environment: { variables: props.environment },
      loggingConfig: {
        logFormat: "JSON",
        logGroup: logs.name,
        applicationLogLevel: "INFO",
        systemLogLevel: "WARN",
      },
      ...(props.network && {
        vpcConfig: { subnetIds: props.network.subnetIds, securityGroupIds: [props.network.securityGroupId] },
      }),
      // Lambda checks the role's rights to network interfaces when it creates the function.
      dependsOn: [rights],
      lifecycle: { ignoreChanges: ["filename", "source_code_hash"] },
    });
    this.functionName = fn.functionName;

    const alias = new LambdaAlias(this, "alias", {
      name: ALIAS_NAME,
      description: "The version that callers meet",
      functionName: fn.functionName,
      functionVersion: fn.version,
      lifecycle: { ignoreChanges: ["function_version"] },
    });
    this.aliasArn = alias.arn;
    this.aliasName = alias.name;
  }

  /** Lets one route of one API call the alias. */
  allowInvokeBy(id: string, sourceArn: string): void {
    new LambdaPermission(this, id, {
      statementId: id,
      action: "lambda:InvokeFunction",
      functionName: this.functionName,
      qualifier: this.aliasName,
      principal: "apigateway.amazonaws.com",
      sourceArn,
    });
  }
}

/** Lambda attaches functions to the VPC with the function's own role; EC2 knows no narrower resource for most of these. */
const networkInterfaces = allow({
  actions: [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
  ],
  resources: ["*"],
});
