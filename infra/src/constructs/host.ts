import { CloudfrontDistribution } from "@cdktf/provider-aws/lib/cloudfront-distribution/index.js";
import { Construct } from "constructs";
import { type RestApi, STAGE_NAME } from "./rest-api.ts";

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html */
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html */
const ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac";
/** The errors of GET and HEAD that CloudFront keeps for 10 s, whatever the cache policy says. */
const CACHED_ERRORS = [404, 405, 414, 500, 501, 502, 503, 504];

export interface HostProps {
  readonly name: string;
  readonly api: RestApi;
  /** How long to wait for the origin's next byte: the function's time limit, at most 120. */
  readonly originReadTimeoutSeconds: number;
}

/** The public host. Every URL of every document derives from its name. */
export class Host extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: HostProps) {
    super(scope, id);
    const distribution = new CloudfrontDistribution(this, "distribution", {
      comment: props.name,
      enabled: true,
      isIpv6Enabled: true,
      httpVersion: "http2and3",
      // North America, Europe, Asia.
      priceClass: "PriceClass_200",
      origin: [
        {
          originId: "api",
          domainName: props.api.executeApiHost,
          originPath: `/${STAGE_NAME}`,
          customOriginConfig: {
            httpPort: 80,
            httpsPort: 443,
            originProtocolPolicy: "https-only",
            originSslProtocols: ["TLSv1.2"],
            originReadTimeout: props.originReadTimeoutSeconds,
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
      // The default certificate fixes the minimum at TLSv1; a domain of one's own allows 1.2.
      viewerCertificate: { cloudfrontDefaultCertificate: true },
    });
    this.name = distribution.domainName;
  }
}
