import { ApiGatewayBasePathMapping } from "@cdktf/provider-aws/lib/api-gateway-base-path-mapping/index.js";
import { ApiGatewayDomainName } from "@cdktf/provider-aws/lib/api-gateway-domain-name/index.js";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record/index.js";
import { Construct } from "constructs";
import { type Place, protection } from "./place.ts";
import type { RestApi } from "./rest-api.ts";

export interface DomainHostProps {
  readonly place: Place;
  readonly domainName: string;
  /** Covers the name; of the environment's region. */
  readonly certificateArn: string;
  /** @default the owner points the name at the regional one themselves */
  readonly hostedZoneId?: string | undefined;
}

/** A domain of one's own, whose root is the API's stage: no CloudFront, and TLS 1.2 at least. */
export class DomainHost extends Construct {
  /** Every URL of every document derives from it. */
  readonly hostName: string;

  constructor(scope: Construct, id: string, props: DomainHostProps) {
    super(scope, id);
    const domain = new ApiGatewayDomainName(this, "domain", {
      domainName: props.domainName,
      regionalCertificateArn: props.certificateArn,
      endpointConfiguration: { types: ["REGIONAL"], ipAddressType: "dualstack" },
      securityPolicy: "TLS_1_2",
      lifecycle: protection(props.place),
    });
    this.hostName = domain.domainName;
    if (props.hostedZoneId !== undefined)
      for (const type of ["A", "AAAA"])
        new Route53Record(this, type.toLowerCase(), {
          zoneId: props.hostedZoneId,
          name: domain.domainName,
          type,
          alias: {
            name: domain.regionalDomainName,
            zoneId: domain.regionalZoneId,
            evaluateTargetHealth: false,
          },
        });
  }

  /** Makes the stage the domain's root. */
  mapTo(api: RestApi, stageName: string): void {
    new ApiGatewayBasePathMapping(this, "root", { domainName: this.hostName, apiId: api.id, stageName });
  }
}
