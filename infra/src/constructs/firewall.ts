import { Wafv2WebAcl } from "@cdktf/provider-aws/lib/wafv2-web-acl/index.js";
import { Wafv2WebAclAssociation } from "@cdktf/provider-aws/lib/wafv2-web-acl-association/index.js";
import { Construct } from "constructs";
import { justify } from "./justify.ts";

export interface FirewallProps {
  readonly name: string;
  readonly stageArn: string;
}

/** Requests of one address within five minutes; a busy client makes a few a second. */
const REQUESTS_PER_ADDRESS = 3000;

/**
 * Rules of AWS's common set that MCP and OAuth break lawfully: bodies over 8 KB, file contents in a body, loopback redirect
 * URIs and URLs as client ids in the query. They only count.
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
 */
const ONLY_COUNTED = [
  "SizeRestrictions_BODY",
  "SizeRestrictions_QUERYSTRING",
  "CrossSiteScripting_BODY",
  "GenericLFI_BODY",
  "GenericRFI_BODY",
  "GenericRFI_QUERYARGUMENTS",
  "EC2MetaDataSSRF_BODY",
  "EC2MetaDataSSRF_QUERYARGUMENTS",
];

export const NO_JAVA = "Rules against a bug in a Java library: there is no Java behind it.";

/** About $7 a month and $0.60 a million requests (https://aws.amazon.com/waf/pricing/). */
export class Firewall extends Construct {
  constructor(scope: Construct, id: string, { name, stageArn }: FirewallProps) {
    super(scope, id);
    const visibility = (metric: string) => ({
      cloudwatchMetricsEnabled: true,
      metricName: `${name}-${metric}`,
      // Samples hold headers, and so tokens.
      sampledRequestsEnabled: false,
    });
    const acl = new Wafv2WebAcl(this, "acl", {
      name,
      description: "Before the MCP server",
      scope: "REGIONAL",
      defaultAction: { allow: {} },
      visibilityConfig: visibility("all"),
      rule: [
        {
          name: "requests-per-address",
          priority: 1,
          action: { block: {} },
          // The bindings leave statements untyped and pass them on as they are, hence Terraform's own names.
          statement: {
            rate_based_statement: {
              limit: REQUESTS_PER_ADDRESS,
              // The source address is CloudFront's. A caller can invent the first forwarded one, and then is one address
              // among many: the throttles of the stage remain.
              aggregate_key_type: "FORWARDED_IP",
              forwarded_ip_config: { header_name: "X-Forwarded-For", fallback_behavior: "NO_MATCH" },
            },
          },
          visibilityConfig: visibility("requests-per-address"),
        },
        {
          name: "common",
          priority: 2,
          overrideAction: { none: {} },
          statement: {
            managed_rule_group_statement: {
              vendor_name: "AWS",
              name: "AWSManagedRulesCommonRuleSet",
              rule_action_override: ONLY_COUNTED.map((name) => ({ name, action_to_use: { count: {} } })),
            },
          },
          visibilityConfig: visibility("common"),
        },
      ],
    });
    justify(acl, {
      CKV_AWS_192: NO_JAVA,
      CKV2_AWS_31:
        "Its log holds headers, and so tokens; the metrics count, and the access log has the 403 with its caller.",
    });
    new Wafv2WebAclAssociation(this, "association", { resourceArn: stageArn, webAclArn: acl.arn });
  }
}
