import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group/index.js";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table/index.js";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association/index.js";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { Subnet } from "@cdktf/provider-aws/lib/subnet/index.js";
import { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint/index.js";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import { Construct } from "constructs";
import { allow, type Grant, policy } from "./policy.ts";

export interface NetworkProps {
  /** Prefix of every name. */
  readonly name: string;
  readonly region: string;
  readonly availabilityZones: readonly string[];
  /** A /16. */
  readonly cidr: string;
}

/** A VPC that has no way out: no internet gateway, no NAT, no route but its own and S3's. */
export class Network extends Construct {
  readonly subnetIds: string[];
  readonly securityGroupId: string;
  readonly s3EndpointId: string;
  private readonly s3Endpoint: VpcEndpoint;

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const { name, region, cidr } = props;

    const vpc = new Vpc(this, "vpc", {
      cidrBlock: cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { Name: name },
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

    this.s3Endpoint = new VpcEndpoint(this, "s3", {
      vpcId: vpc.id,
      serviceName: `com.amazonaws.${region}.s3`,
      vpcEndpointType: "Gateway",
      routeTableIds: [routes.id],
      tags: { Name: `${name}-s3` },
    });
    this.s3EndpointId = this.s3Endpoint.id;

    const group = new SecurityGroup(this, "function", {
      name: `${name}-function`,
      description: "The MCP function: HTTPS to S3, nothing else",
      vpcId: vpc.id,
      tags: { Name: `${name}-function` },
    });
    new VpcSecurityGroupEgressRule(this, "https-to-s3", {
      securityGroupId: group.id,
      description: "HTTPS to the addresses of S3 in this region",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      prefixListId: this.s3Endpoint.prefixListId,
    });
    this.securityGroupId = group.id;
  }

  /** The S3 endpoint passes these calls and no others, whoever makes them. */
  allowOnlyToS3(grants: readonly Grant[]): void {
    this.s3Endpoint.policy = policy(...grants.map((grant) => allow({ principal: { AWS: "*" }, ...grant })));
  }
}

/** The /20 with this index of a /16. */
function subnetCidr(cidr: string, index: number): string {
  const [, network] = /^(\d+\.\d+)\.0\.0\/16$/.exec(cidr) ?? [];
  if (network === undefined || index > 15)
    throw new Error(`The CIDR of an environment is a /16 such as 10.0.0.0/16 with room for 16 subnets; got ${cidr}.`);
  return `${network}.${index * 16}.0/20`;
}
