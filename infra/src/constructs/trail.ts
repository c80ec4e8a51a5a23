import { Cloudtrail } from "@cdktf/provider-aws/lib/cloudtrail/index.js";
import { Construct } from "constructs";
import { justify } from "./justify.ts";
import type { Place } from "./place.ts";
import { allow } from "./policy.ts";
import { PrivateBucket } from "./private-bucket.ts";

export interface TrailProps {
  readonly place: Place;
  /** The bucket whose object calls are recorded too: $0.10 per 100,000. */
  readonly filesBucketArn: string;
}

/** Every management call of the region and every call for a file, kept as long as the logs. */
export class Trail extends Construct {
  constructor(scope: Construct, id: string, { place, filesBucketArn }: TrailProps) {
    super(scope, id);
    const bucket = new PrivateBucket(this, "bucket", {
      namePrefix: `${place.name}-trail-`,
      protect: place.deletionProtection,
      expirationDays: place.logRetentionDays,
    });
    const service = { Service: "cloudtrail.amazonaws.com" };
    const trailArn = `arn:aws:cloudtrail:${place.region}:${place.account}:trail/${place.name}`;
    const policy = bucket.restrict(
      allow({
        principal: service,
        actions: ["s3:GetBucketAcl"],
        resources: [bucket.arn],
        condition: { StringEquals: { "aws:SourceArn": trailArn } },
      }),
      allow({
        principal: service,
        actions: ["s3:PutObject"],
        resources: [`${bucket.arn}/AWSLogs/${place.account}/*`],
        condition: { StringEquals: { "aws:SourceArn": trailArn, "s3:x-amz-acl": "bucket-owner-full-control" } },
      }),
    );
    const trail = new Cloudtrail(this, "trail", {
      name: place.name,
      s3BucketName: bucket.name,
      enableLogFileValidation: true,
      isMultiRegionTrail: false,
      includeGlobalServiceEvents: true,
      advancedEventSelector: [
        {
          name: "Management calls",
          fieldSelector: [{ field: "eventCategory", equalTo: ["Management"] }],
        },
        {
          name: "Calls for files",
          fieldSelector: [
            { field: "eventCategory", equalTo: ["Data"] },
            { field: "resources.type", equalTo: ["AWS::S3::Object"] },
            { field: "resources.ARN", startsWith: [`${filesBucketArn}/`] },
          ],
        },
      ],
      dependsOn: [policy],
    });
    justify(trail, {
      CKV_AWS_35:
        "Readable by whoever may read its bucket, as with a customer key of the same readers, which costs $1 a month.",
      CKV_AWS_67: "The service lives in one region; an organization's own trail is the place for the others.",
      CKV_AWS_252: "Nobody waits for its files; what must be noticed at once is an alarm.",
      CKV2_AWS_10: "The same events again at $0.76 a gigabyte; Athena reads the bucket.",
    });
  }
}
