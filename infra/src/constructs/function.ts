import { LambdaAlias } from "@cdktf/provider-aws/lib/lambda-alias/index.js";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function/index.js";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config/index.js";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { Construct } from "constructs";
import { PLACEHOLDER_FILE } from "../placeholder.ts";
import { justify } from "./justify.ts";
import { logGroup } from "./log-group.ts";
import type { Place } from "./place.ts";
import { allow, deny, type Grant, type Statement } from "./policy.ts";
import { Role } from "./role.ts";

export interface ServiceFunctionProps {
  readonly place: Place;
  /** Follows the prefix. */
  readonly name: string;
  readonly description: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** @default the account's pool */
  readonly reservedConcurrency?: number | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** @default outside the VPC, as Lambda does by itself */
  readonly network?: { readonly subnetIds: string[]; readonly securityGroupId: string };
  /** What its code may do. */
  readonly permissions: readonly Grant[];
  readonly xray: boolean;
}

/**
 * A function behind the REST API. Terraform owns what surrounds the code: the code itself is published by
 * `pnpm update-lambda`, which moves the alias to the version it has tried.
 */
export class ServiceFunction extends Construct {
  readonly functionName: string;
  readonly aliasArn: string;
  readonly aliasName: string;
  readonly logGroupName: string;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const { place, network } = props;
    const name = `${place.name}-${props.name}`;
    const logs = logGroup(this, "logs", place, `/aws/lambda/${name}`);
    this.logGroupName = logs.name;
    const role = new Role(this, "role", {
      place,
      name: props.name,
      service: "lambda.amazonaws.com",
      statements: [
        allow({ actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [`${logs.arn}:*`] }),
        ...(network ? networkInterfaces(`arn:aws:lambda:${place.region}:${place.account}:function:${name}`) : []),
        ...(props.xray ? [traces] : []),
        ...props.permissions.map(allow),
      ],
    });

    const fn = new LambdaFunction(this, "function", {
      functionName: name,
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
      ...(props.xray && { tracingConfig: { mode: "Active" } }),
      ...(network && {
        vpcConfig: { subnetIds: network.subnetIds, securityGroupIds: [network.securityGroupId] },
      }),
      // Lambda checks the role's rights to network interfaces when it creates the function.
      dependsOn: [role.rights],
      lifecycle: { ignoreChanges: ["filename", "source_code_hash"] },
    });
    justify(fn, {
      CKV_AWS_116: "Callers wait for the answer, so a failure reaches them; nothing is queued that could be lost.",
      CKV_AWS_173: "The variables hold names, not secrets: what is secret is read from where it is kept.",
      CKV_AWS_272: "Who may publish code is decided by roles that only this repository's workflows can assume.",
      ...(props.reservedConcurrency === undefined && {
        CKV_AWS_115: "New accounts have ten executions in all, none to reserve; the gateway's throttle comes first.",
      }),
      ...(!network && {
        CKV_AWS_117: "It must reach Cognito and the sites of clients, which a VPC without a way out does not.",
      }),
      ...(!props.xray && {
        CKV_AWS_50: "One function behind one gateway: the access log has both latencies. A flag turns it on.",
      }),
    });
    this.functionName = fn.functionName;

    const alias = new LambdaAlias(this, "alias", {
      name: "live",
      description: "The version that callers meet",
      functionName: fn.functionName,
      functionVersion: fn.version,
      // Both are update-lambda's: the description says which release is on trial or proven, and what to go back to.
      lifecycle: { ignoreChanges: ["function_version", "description"] },
    });
    this.aliasArn = alias.arn;
    this.aliasName = alias.name;

    // Only the schedule calls it this way: what fails is not worth a second try, nor a queue.
    new LambdaFunctionEventInvokeConfig(this, "asynchronous", {
      functionName: fn.functionName,
      qualifier: alias.name,
      maximumRetryAttempts: 0,
      maximumEventAgeInSeconds: 60,
    });
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

/**
 * Lambda attaches a function to the VPC with the function's own role, and most of these actions know no narrower resource.
 * The function's code needs none of them, so it gets none.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
function networkInterfaces(functionArn: string): Statement[] {
  const grant: Grant = {
    actions: [
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
    ],
    resources: ["*"],
  };
  return [allow(grant), deny({ ...grant, condition: { ArnEquals: { "lambda:SourceFunctionArn": functionArn } } })];
}

/** X-Ray knows no resource for these. */
const traces = allow({ actions: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], resources: ["*"] });
