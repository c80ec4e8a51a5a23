import { Route53ResolverFirewallConfig } from "@cdktf/provider-aws/lib/route53-resolver-firewall-config/index.js";
import { Route53ResolverFirewallDomainList } from "@cdktf/provider-aws/lib/route53-resolver-firewall-domain-list/index.js";
import { Route53ResolverFirewallRule } from "@cdktf/provider-aws/lib/route53-resolver-firewall-rule/index.js";
import { Route53ResolverFirewallRuleGroup } from "@cdktf/provider-aws/lib/route53-resolver-firewall-rule-group/index.js";
import { Route53ResolverFirewallRuleGroupAssociation } from "@cdktf/provider-aws/lib/route53-resolver-firewall-rule-group-association/index.js";
import { Construct } from "constructs";

export interface DnsFirewallProps {
  readonly name: string;
  readonly vpcId: string;
  readonly allowedNames: readonly string[];
}

/**
 * Resolves these names and no others. Security groups do not filter queries to the VPC's resolver, so without it DNS is a
 * way out: a name can carry data to whoever runs its zone.
 */
export class DnsFirewall extends Construct {
  constructor(scope: Construct, id: string, { name, vpcId, allowedNames }: DnsFirewallProps) {
    super(scope, id);
    const group = new Route53ResolverFirewallRuleGroup(this, "rules", { name });
    const allowed = new Route53ResolverFirewallDomainList(this, "allowed", {
      name: `${name}-allowed`,
      domains: [...allowedNames],
    });
    const everything = new Route53ResolverFirewallDomainList(this, "everything", {
      name: `${name}-everything`,
      domains: ["*"],
    });
    const rules = [
      new Route53ResolverFirewallRule(this, "allow", {
        name: "allow",
        firewallRuleGroupId: group.id,
        firewallDomainListId: allowed.id,
        priority: 100,
        action: "ALLOW",
        // A bucket's name is an alias of names that S3 chooses.
        firewallDomainRedirectionAction: "TRUST_REDIRECTION_DOMAIN",
      }),
      new Route53ResolverFirewallRule(this, "block", {
        name: "block",
        firewallRuleGroupId: group.id,
        firewallDomainListId: everything.id,
        priority: 200,
        action: "BLOCK",
        // Fails at once; a client would wait for an answer that never comes.
        blockResponse: "NXDOMAIN",
      }),
    ];
    new Route53ResolverFirewallRuleGroupAssociation(this, "association", {
      name,
      firewallRuleGroupId: group.id,
      vpcId,
      priority: 101,
      // Not before it is complete: a group without rules lets everything pass.
      dependsOn: rules,
    });
    // A resolver that cannot ask the firewall answers nothing.
    new Route53ResolverFirewallConfig(this, "closed", { resourceId: vpcId, firewallFailOpen: "DISABLED" });
  }
}
