import { CloudfrontDistribution } from "@cdktf/provider-aws/lib/cloudfront-distribution/index.js";
import { Construct } from "constructs";
import { justify } from "./justify.ts";
import { type Place, protection } from "./place.ts";
import { type RestApi, STAGE_NAME } from "./rest-api.ts";

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html */
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html */
const ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac";
/** The errors of GET and HEAD that CloudFront keeps for 10 s, whatever the cache policy says. */
const CACHED_ERRORS = [404, 405, 414, 500, 501, 502, 503, 504];

export interface CloudfrontHostProps {
  readonly place: Place;
  readonly api: RestApi;
  /** How long to wait for the origin's next byte: the longest time limit behind it, at most 120. */
  readonly originReadTimeoutSeconds: number;
}

/** A host that needs no domain: CloudFront's own name, whose root is the API's stage. */
export class CloudfrontHost extends Construct {
  /** Every URL of every document derives from it. */
  readonly hostName: string;

  constructor(scope: Construct, id: string, { place, api, originReadTimeoutSeconds }: CloudfrontHostProps) {
    super(scope, id);
    const distribution = new CloudfrontDistribution(this, "distribution", {
      comment: place.name,
      enabled: true,
      isIpv6Enabled: true,
      httpVersion: "http2and3",
      // North America, Europe, Asia.
      priceClass: "PriceClass_200",
      origin: [
        {
          originId: "api",
          domainName: api.executeApiHost,
          originPath: `/${STAGE_NAME}`,
          customOriginConfig: {
            httpPort: 80,
            httpsPort: 443,
            originProtocolPolicy: "https-only",
            originSslProtocols: ["TLSv1.2"],
            originReadTimeout: originReadTimeoutSeconds,
          },
        },
      ],
      defaultCacheBehavior: {
        targetOriginId: "api",
        // Not a redirect: a client that is given http:// must fail, or it sends its token in the clear every time.
        viewerProtocolPolicy: "https-only",
        allowedMethods: ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
        cachedMethods: ["GET", "HEAD"],
        cachePolicyId: CACHING_DISABLED,
        originRequestPolicyId: ALL_VIEWER_EXCEPT_HOST_HEADER,
      },
      customErrorResponse: CACHED_ERRORS.map((errorCode) => ({ errorCode, errorCachingMinTtl: 0 })),
      restrictions: { geoRestriction: { restrictionType: "none" } },
      viewerCertificate: { cloudfrontDefaultCertificate: true },
      lifecycle: protection(place),
    });
    justify(distribution, {
      CKV_AWS_68:
        "The firewall, when its flag is on, stands before the API, which can also be called around CloudFront.",
      CKV_AWS_86: "The API's access log has every request that gets this far, with the caller's claims.",
      CKV_AWS_174: "The default certificate fixes the minimum at TLSv1; `front: domain` is the way to require 1.2.",
      CKV_AWS_305: "There is no root object: the API answers GET / itself.",
      CKV_AWS_310: "One origin is all there is; an API of another region would have other users and other files.",
      CKV_AWS_374: "Users may be anywhere; they prove who they are by a token.",
      CKV2_AWS_32: "The API sets the headers of its answers, also for those who call it directly.",
      CKV2_AWS_42: "No domain is needed, which is what this kind of host is for; `front: domain` takes a certificate.",
      CKV2_AWS_47: "No Java runs behind it; the rule would be in the firewall before the API.",
    });
    this.hostName = distribution.domainName;
  }
}
