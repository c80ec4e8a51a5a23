import { all, changePolicy, one, type Promised, statements, without } from "./promise.ts";

const WAYS_OUT = [
  "aws_internet_gateway",
  "aws_egress_only_internet_gateway",
  "aws_nat_gateway",
  "aws_eip",
  "aws_route",
  "aws_vpc_peering_connection",
  "aws_ec2_transit_gateway_vpc_attachment",
  "aws_vpn_gateway",
];
const RULES = ["aws_vpc_security_group_egress_rule", "aws_vpc_security_group_ingress_rule"];

export const network: readonly Promised[] = [
  {
    that: "the VPC has no gateway, no peering and no route of its own making",
    brokenBy: (stack) => [
      ...all(stack, ...WAYS_OUT).map(({ address }) => address),
      ...without(all(stack, "aws_route_table"), ({ route }) => route === undefined),
    ],
    breakIt: (stack) => {
      stack.resource.aws_internet_gateway = { out: { vpc_id: "vpc" } };
    },
  },
  {
    that: "no security group rule names an address range",
    brokenBy: (stack) => without(all(stack, ...RULES), ({ cidr_ipv4, cidr_ipv6 }) => !cidr_ipv4 && !cidr_ipv6),
    breakIt: (stack) => {
      one(stack, "aws_vpc_security_group_egress_rule").cidr_ipv4 = "0.0.0.0/0";
    },
  },
  {
    that: "every security group rule is for HTTPS alone",
    brokenBy: (stack) =>
      without(
        all(stack, ...RULES),
        (rule) => rule.ip_protocol === "tcp" && rule.from_port === 443 && rule.to_port === 443,
      ),
    breakIt: (stack) => {
      one(stack, "aws_vpc_security_group_egress_rule").to_port = 65535;
    },
  },
  {
    that: "security groups have no rules inside, and the default one is emptied",
    brokenBy: (stack) => [
      ...without(
        all(stack, "aws_security_group", "aws_default_security_group"),
        (group) => !group.ingress && !group.egress,
      ),
      ...(all(stack, "aws_default_security_group").length === all(stack, "aws_vpc").length ? [] : ["default group"]),
    ],
    breakIt: (stack) => {
      one(stack, "aws_default_security_group").egress = [{ cidr_blocks: ["0.0.0.0/0"] }];
    },
  },
  {
    that: "the DNS firewall blocks what no rule before allows, and fails closed",
    brokenBy: (stack) => {
      const rules = all(stack, "aws_route53_resolver_firewall_rule")
        .map(({ value }) => value)
        .sort((one, other) => other.priority - one.priority);
      const everything = all(stack, "aws_route53_resolver_firewall_domain_list").find(({ value }) =>
        value.domains.includes("*"),
      );
      return [
        ...(rules[0]?.action === "BLOCK" && rules[0].firewall_domain_list_id === `\${${everything?.address}.id}`
          ? []
          : ["last rule"]),
        ...without(
          all(stack, "aws_route53_resolver_firewall_config"),
          (config) => config.firewall_fail_open === "DISABLED",
        ),
        ...(all(stack, "aws_route53_resolver_firewall_rule_group_association").length === 1 ? [] : ["association"]),
      ];
    },
    breakIt: (stack) => {
      one(stack, "aws_route53_resolver_firewall_config").firewall_fail_open = "ENABLED";
    },
  },
  {
    that: "only names of S3 in the region, and of endpoints that exist, resolve",
    brokenBy: (stack) => {
      const services = all(stack, "aws_vpc_endpoint").map(({ value }) => value.service_name.split(".").at(-1));
      const known = new RegExp(
        `^(\\$\\{aws_s3_bucket\\.[^}]+\\}\\.s3|${services.join("|")})\\.ap-northeast-1\\.amazonaws\\.com$`,
      );
      return all(stack, "aws_route53_resolver_firewall_domain_list")
        .flatMap(({ value }) => value.domains)
        .filter((domain: string) => domain !== "*" && !known.test(domain));
    },
    breakIt: (stack) => {
      one(stack, "aws_route53_resolver_firewall_domain_list", "network_dns_allowed").domains.push("*.example.com");
    },
  },
  {
    that: "the S3 endpoint passes named actions on the files bucket alone",
    brokenBy: (stack) =>
      statements(stack, "aws_vpc_endpoint").filter(
        ({ Action, Resource }) =>
          Action.some((action) => action.includes("*")) ||
          !Resource?.every((resource) =>
            /^\$\{aws_s3_bucket\.files_|^arn:aws:lambda:\S+:function:remote-mcp-/.test(resource),
          ),
      ),
    breakIt: (stack) =>
      changePolicy(
        stack,
        "aws_vpc_endpoint",
        ({ Statement }) => {
          Statement[0].Resource = ["*"];
        },
        "network_s3",
      ),
  },
  {
    that: "every endpoint has a policy of its own",
    brokenBy: (stack) => without(all(stack, "aws_vpc_endpoint"), ({ policy }) => policy),
    breakIt: (stack) => {
      // Unset, AWS allows everything; an empty one stands in for it here, because promises read it.
      one(stack, "aws_vpc_endpoint", "network_s3").policy = "";
    },
  },
  {
    that: "subnets give out no public addresses",
    brokenBy: (stack) =>
      without(all(stack, "aws_subnet"), ({ map_public_ip_on_launch }) => map_public_ip_on_launch !== true),
    breakIt: (stack) => {
      one(stack, "aws_subnet").map_public_ip_on_launch = true;
    },
  },
  {
    that: "the MCP function runs in three zones of the VPC with its own security group",
    brokenBy: (stack) => {
      const { vpc_config } = one(stack, "aws_lambda_function", "mcp");
      const zones = new Set(all(stack, "aws_subnet").map(({ value }) => value.availability_zone));
      return vpc_config?.subnet_ids.length === 3 && zones.size === 3 && vpc_config.security_group_ids.length === 1
        ? []
        : ["vpc_config"];
    },
    breakIt: (stack) => {
      delete one(stack, "aws_lambda_function", "mcp").vpc_config;
    },
  },
];
