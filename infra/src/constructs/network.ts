import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group/index.js";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table/index.js";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association/index.js";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { Subnet } from "@cdktf/provider-aws/lib/subnet/index.js";
import { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint/index.js";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import { Construct } from "constructs";
import { DnsFirewall } from "./dns-firewall.ts";
import { FlowLogs } from "./flow-logs.ts";
import { justify } from "./justify.ts";
import { LambdaEndpoint } from "./lambda-endpoint.ts";
import type { Place } from "./place.ts";
import { allow, type Grant, policy } from "./policy.ts";

export interface NetworkProps {
  readonly place: Place;
  readonly availabilityZones: readonly string[];
  /** A /16. */
  readonly cidr: string;
  /** The S3 endpoint passes these calls and no others, whoever makes them. */
  readonly s3Grants: readonly Grant[];
  /** The only bucket whose name resolves. */
  readonly bucketName: string;
  readonly lambdaEndpoint: boolean;
  readonly flowLogs: boolean;
}

/** A VPC that has no way out: no internet gateway, no NAT, no route but its own and S3's, no name but the bucket's. */
export class Network extends Construct {
  readonly subnetIds: string[];
  readonly securityGroupId: string;
  readonly s3EndpointId: string;

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const { place, cidr } = props;
    const { name, region } = place;

    const vpc = new Vpc(this, "vpc", {
      cidrBlock: cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { Name: name },
    });
    if (!props.flowLogs)
      justify(vpc, {
        CKV2_AWS_11:
          "Nothing in it can reach anything but one bucket, whose calls CloudTrail can record; a flag turns flow logs on.",
      });
    // Adopted and emptied: whatever is launched without a group of its own can talk to nobody.
    new DefaultSecurityGroup(this, "locked", { vpcId: vpc.id, tags: { Name: `${name}-locked` } });

    const routes = new RouteTable(this, "routes", { vpcId: vpc.id, tags: { Name: name } });
    this.subnetIds = props.availabilityZones.map((availabilityZone, index) => {
      const subnet = new Subnet(this, `private-${index}`, {
        vpcId: vpc.id,
        availabilityZone,
        cidrBlock: subnetCidr(cidr, index),
        tags: { Name: `${name}-private-${index}` },
      });
      new RouteTableAssociation(this, `routes-${index}`, { routeTableId: routes.id, subnetId: subnet.id });
      return subnet.id;
    });

    const s3 = new VpcEndpoint(this, "s3", {
      vpcId: vpc.id,
      serviceName: `com.amazonaws.${region}.s3`,
      vpcEndpointType: "Gateway",
      routeTableIds: [routes.id],
      policy: policy(...props.s3Grants.map((grant) => allow({ principal: { AWS: "*" }, ...grant }))),
      tags: { Name: `${name}-s3` },
    });
    this.s3EndpointId = s3.id;

    const group = new SecurityGroup(this, "function", {
      name: `${name}-function`,
      description: "The MCP function: HTTPS to S3, nothing else",
      vpcId: vpc.id,
      tags: { Name: `${name}-function` },
    });
    this.securityGroupId = group.id;
    new VpcSecurityGroupEgressRule(this, "https-to-s3", {
      securityGroupId: group.id,
      description: "HTTPS to the addresses of S3 in this region",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      prefixListId: s3.prefixListId,
    });

    if (props.lambdaEndpoint)
      new LambdaEndpoint(this, "lambda", { place, vpcId: vpc.id, subnetIds: this.subnetIds, clientGroupId: group.id });
    new DnsFirewall(this, "dns", {
      name,
      vpcId: vpc.id,
      allowedNames: [
        `${props.bucketName}.s3.${region}.amazonaws.com`,
        ...(props.lambdaEndpoint ? [`lambda.${region}.amazonaws.com`] : []),
      ],
    });
    if (props.flowLogs) new FlowLogs(this, "flow-logs", { place, vpcId: vpc.id });
  }
}

/** The /20 with this index of a /16. */
function subnetCidr(cidr: string, index: number): string {
  const [, network] = /^(\d+\.\d+)\.0\.0\/16$/.exec(cidr) ?? [];
  if (network === undefined || index > 15)
    throw new Error(`The CIDR of an environment is a /16 such as 10.0.0.0/16 with room for 16 subnets; got ${cidr}.`);
  return `${network}.${index * 16}.0/20`;
}
