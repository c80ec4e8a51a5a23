import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint/index.js";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import { Construct } from "constructs";
import type { Place } from "./place.ts";
import { allow, policy } from "./policy.ts";

export interface LambdaEndpointProps {
  readonly place: Place;
  readonly vpcId: string;
  readonly subnetIds: string[];
  /** The security group of what may use it. */
  readonly clientGroupId: string;
}

/**
 * The Lambda API inside the VPC, for tools that call other functions; API Gateway does not need it to call ours. $0.014 an
 * hour and zone in Tokyo: about $31 a month for three zones (https://aws.amazon.com/privatelink/pricing/).
 */
export class LambdaEndpoint extends Construct {
  constructor(scope: Construct, id: string, { place, vpcId, subnetIds, clientGroupId }: LambdaEndpointProps) {
    super(scope, id);
    const name = `${place.name}-lambda-endpoint`;
    const group = new SecurityGroup(this, "group", {
      name,
      description: "The endpoint of the Lambda API: HTTPS from the MCP function",
      vpcId,
      tags: { Name: name },
    });
    const https = { ipProtocol: "tcp", fromPort: 443, toPort: 443 };
    new VpcSecurityGroupIngressRule(this, "from-function", {
      ...https,
      securityGroupId: group.id,
      description: "HTTPS from the MCP function",
      referencedSecurityGroupId: clientGroupId,
    });
    new VpcSecurityGroupEgressRule(this, "to-endpoint", {
      ...https,
      securityGroupId: clientGroupId,
      description: "HTTPS to the endpoint of the Lambda API",
      referencedSecurityGroupId: group.id,
    });
    new VpcEndpoint(this, "endpoint", {
      vpcId,
      serviceName: `com.amazonaws.${place.region}.lambda`,
      vpcEndpointType: "Interface",
      privateDnsEnabled: true,
      subnetIds,
      securityGroupIds: [group.id],
      // Functions of this environment only; a tool's own role says which of them.
      policy: policy(
        allow({
          principal: { AWS: "*" },
          actions: ["lambda:InvokeFunction"],
          resources: [`arn:aws:lambda:${place.region}:${place.account}:function:${place.name}-*`],
        }),
      ),
      tags: { Name: name },
    });
  }
}
