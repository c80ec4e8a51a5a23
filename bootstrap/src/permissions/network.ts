import type { Scope } from "../environment.ts";
import type { Area } from "./area.ts";

/** VPC, subnets, route table, security groups, endpoints. */
export const network: Area = {
  name: "network",

  reads: () => [
    {
      sid: "DescribeNetwork",
      why: "EC2 lets nobody narrow a Describe; it tells the shape of networks, nothing that passes through them.",
      actions: [
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeFlowLogs",
        "ec2:DescribeManagedPrefixLists",
        "ec2:DescribeNetworkAcls",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribePrefixLists",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroupRules",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeTags",
        "ec2:DescribeVpcAttribute",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeVpcs",
      ],
      resources: ["*"],
    },
  ],

  writes: (scope) => [
    {
      sid: "CreateVpc",
      why: "Only with this environment's tags, by which everything below is allowed.",
      actions: ["ec2:CreateVpc"],
      resources: [scope.arn("ec2", "vpc/*")],
      condition: scope.labelled,
    },
    {
      sid: "CreateInVpc",
      why: "The new resource, tagged as this environment's.",
      actions: ["ec2:CreateRouteTable", "ec2:CreateSecurityGroup", "ec2:CreateSubnet"],
      resources: ec2(scope, "route-table", "security-group", "subnet"),
      condition: scope.labelled,
    },
    {
      sid: "CreateEndpoint",
      why: "Apart from the above: here a route table is something that exists, and must be ours already.",
      actions: ["ec2:CreateVpcEndpoint"],
      resources: ec2(scope, "vpc-endpoint"),
      condition: scope.labelled,
    },
    {
      sid: "CreateSecurityGroupRule",
      why: "The new rule carries this environment's tags; its group falls under the next statement.",
      actions: ["ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress"],
      resources: ec2(scope, "security-group-rule"),
      condition: scope.labelled,
    },
    {
      sid: "ChangeNetwork",
      why: "What exists must be tagged as this environment's: its own VPC and what is in it.",
      actions: [
        "ec2:AssociateRouteTable",
        "ec2:AuthorizeSecurityGroupEgress",
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:CreateRouteTable",
        "ec2:CreateSecurityGroup",
        "ec2:CreateSubnet",
        "ec2:CreateVpcEndpoint",
        "ec2:DeleteRouteTable",
        "ec2:DeleteSecurityGroup",
        "ec2:DeleteSubnet",
        "ec2:DeleteTags",
        "ec2:DeleteVpc",
        "ec2:DeleteVpcEndpoints",
        "ec2:DisassociateRouteTable",
        "ec2:ModifySecurityGroupRules",
        "ec2:ModifySubnetAttribute",
        "ec2:ModifyVpcAttribute",
        "ec2:ModifyVpcEndpoint",
        "ec2:ReplaceRouteTableAssociation",
        "ec2:RevokeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupIngress",
      ],
      resources: ec2(scope, "route-table", "security-group", "security-group-rule", "subnet", "vpc", "vpc-endpoint"),
      condition: scope.owned,
    },
    {
      sid: "LabelNetwork",
      why: "A VPC brings its default security group along unlabelled; what another environment labelled stays its own.",
      actions: ["ec2:CreateTags"],
      resources: ec2(
        scope,
        "route-table",
        "security-group",
        "security-group-rule",
        "subnet",
        "vpc",
        "vpc-endpoint",
        "vpc-flow-log",
      ),
      condition: scope.claimed,
    },
    {
      sid: "DeleteLeftInterfaces",
      why: "Lambda leaves its network interfaces for minutes, without tags; those in use cannot be deleted by anybody.",
      actions: ["ec2:DeleteNetworkInterface"],
      resources: ec2(scope, "network-interface"),
    },
    ...(scope.environment.flags.flowLogs
      ? [
          {
            sid: "CreateFlowLog",
            why: "Tagged as this environment's, of a VPC that is.",
            actions: ["ec2:CreateFlowLogs"],
            resources: ec2(scope, "vpc-flow-log"),
            condition: scope.labelled,
          },
          {
            sid: "ChangeFlowLog",
            why: "Of this environment's VPC, and only the logs tagged as this environment's.",
            actions: ["ec2:CreateFlowLogs", "ec2:DeleteFlowLogs"],
            resources: ec2(scope, "vpc", "vpc-flow-log"),
            condition: scope.owned,
          },
        ]
      : []),
  ],
};

const ec2 = (scope: Scope, ...types: string[]): string[] => types.map((type) => scope.arn("ec2", `${type}/*`));
