import { FlowLog } from "@cdktf/provider-aws/lib/flow-log/index.js";
import { Construct } from "constructs";
import { logGroup } from "./log-group.ts";
import type { Place } from "./place.ts";
import { allow } from "./policy.ts";
import { Role } from "./role.ts";

export interface FlowLogsProps {
  readonly place: Place;
  readonly vpcId: string;
}

/** Every connection that anything in the VPC tried: about $0.76 a gigabyte in Tokyo, next to nothing for an idle VPC. */
export class FlowLogs extends Construct {
  constructor(scope: Construct, id: string, { place, vpcId }: FlowLogsProps) {
    super(scope, id);
    const log = logGroup(this, "log", place, `/aws/vpc/${place.name}`);
    const role = new Role(this, "role", {
      place,
      name: "flow-logs",
      service: "vpc-flow-logs.amazonaws.com",
      sourceArn: `arn:aws:ec2:${place.region}:${place.account}:vpc-flow-log/*`,
      statements: [
        allow({
          actions: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
          resources: [`${log.arn}:*`],
        }),
      ],
    });
    new FlowLog(this, "flow-log", {
      vpcId,
      trafficType: "ALL",
      logDestination: log.arn,
      iamRoleArn: role.arn,
      tags: { Name: place.name },
    });
  }
}
