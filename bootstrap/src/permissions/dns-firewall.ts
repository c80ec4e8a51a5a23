import type { Scope } from "../environment.ts";
import type { Area } from "./area.ts";

/** What the VPC's resolver answers. */
export const dnsFirewall: Area = {
  name: "dns-firewall",

  reads: (scope) => [
    {
      sid: "ReadDnsFirewall",
      why: "Rules and domain lists have generated ids; what they hold is names of AWS services.",
      actions: [
        "route53resolver:GetFirewallConfig",
        "route53resolver:GetFirewallDomainList",
        "route53resolver:GetFirewallRuleGroup",
        "route53resolver:GetFirewallRuleGroupAssociation",
        "route53resolver:ListFirewallDomains",
        "route53resolver:ListFirewallRules",
        "route53resolver:ListTagsForResource",
      ],
      resources: parts(scope),
    },
    {
      sid: "FindDnsFirewallConfig",
      why: "The provider looks a VPC's setting up in the list of all; the list has no ARN.",
      actions: ["route53resolver:ListFirewallConfigs"],
      resources: ["*"],
    },
  ],

  writes: (scope) => [
    {
      sid: "CreateDnsFirewall",
      why: "Only with this environment's tags.",
      actions: [
        "route53resolver:AssociateFirewallRuleGroup",
        "route53resolver:CreateFirewallDomainList",
        "route53resolver:CreateFirewallRuleGroup",
      ],
      resources: parts(scope),
      condition: scope.labelled,
    },
    {
      sid: "LabelDnsFirewall",
      why: "Tags of the request that creates or re-tags a part; another environment's stays its own.",
      actions: ["route53resolver:TagResource"],
      resources: parts(scope),
      condition: scope.claimed,
    },
    {
      sid: "ChangeDnsFirewall",
      why: "Only what carries this environment's tags.",
      actions: [
        "route53resolver:AssociateFirewallRuleGroup",
        "route53resolver:CreateFirewallRule",
        "route53resolver:DeleteFirewallDomainList",
        "route53resolver:DeleteFirewallRule",
        "route53resolver:DeleteFirewallRuleGroup",
        "route53resolver:DisassociateFirewallRuleGroup",
        "route53resolver:UntagResource",
        "route53resolver:UpdateFirewallDomains",
        "route53resolver:UpdateFirewallRule",
        "route53resolver:UpdateFirewallRuleGroupAssociation",
      ],
      resources: parts(scope),
      condition: scope.owned,
    },
    {
      sid: "CloseResolver",
      // AWS makes the setting with a generated id and lets nobody tag it, so the condition holds for each: see docs/deploy.md.
      why: "Whether a VPC's resolver fails open: the one change that can reach another environment's VPC of this account.",
      actions: ["route53resolver:UpdateFirewallConfig"],
      resources: [scope.arn("route53resolver", "firewall-config/*")],
      condition: scope.unclaimed,
    },
  ],
};

const parts = (scope: Scope): string[] =>
  ["config", "domain-list", "rule-group", "rule-group-association"].map((kind) =>
    scope.arn("route53resolver", `firewall-${kind}/*`),
  );
