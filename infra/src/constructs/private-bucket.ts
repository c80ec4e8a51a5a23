import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls/index.js";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy/index.js";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning/index.js";
import { Construct } from "constructs";
import { justify } from "./justify.ts";
import { deny, policy, type Statement } from "./policy.ts";

export interface PrivateBucketProps {
  /** Prefix of the bucket's name; AWS appends what makes it unique. */
  readonly namePrefix: string;
  /** Terraform refuses to delete it; without, it is deleted with all it holds. */
  readonly protect: boolean;
  /** Days until an object goes. @default never */
  readonly expirationDays?: number;
}

/** A bucket that is versioned, encrypted, and closed to the public and to plain HTTP. */
export class PrivateBucket extends Construct {
  readonly name: string;
  readonly arn: string;
  private readonly closed: S3BucketPublicAccessBlock;

  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id);
    const bucket = new S3Bucket(this, "bucket", {
      bucketPrefix: props.namePrefix,
      forceDestroy: !props.protect,
      lifecycle: props.protect ? { preventDestroy: true } : {},
    });
    justify(bucket, {
      CKV_AWS_18:
        "S3's own access log is best effort and needs one more bucket; the cloudtrail flag records every call.",
      CKV_AWS_144: "One region is what the service promises; versions and deletion protection guard against mistakes.",
      CKV_AWS_145:
        "S3's own keys encrypt it. A customer key would be usable by exactly those who may read the bucket, costs $1 a month, and the function would need a way to KMS out of a VPC that has none.",
      CKV2_AWS_62: "Nobody waits for changes of this bucket.",
    });
    this.name = bucket.bucket;
    this.arn = bucket.arn;

    new S3BucketVersioningA(this, "versioning", {
      bucket: bucket.id,
      versioningConfiguration: { status: "Enabled" },
    });
    new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
      bucket: bucket.id,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    });
    new S3BucketOwnershipControls(this, "ownership", {
      bucket: bucket.id,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    this.closed = new S3BucketPublicAccessBlock(this, "closed", {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketLifecycleConfiguration(this, "lifecycle", {
      bucket: bucket.id,
      rule: [
        {
          id: "forget",
          status: "Enabled",
          filter: [{ prefix: "" }],
          ...(props.expirationDays !== undefined && { expiration: [{ days: props.expirationDays }] }),
          noncurrentVersionExpiration: [{ noncurrentDays: 90 }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
      ],
    });
  }

  /** The bucket's policy: HTTPS only, and these statements. To be called once. */
  restrict(...statements: readonly Statement[]): S3BucketPolicy {
    return new S3BucketPolicy(this, "policy", {
      bucket: this.name,
      policy: policy(
        deny({
          principal: "*",
          // Spelled out: a Deny of everything is what locks an account out of its own bucket.
          actions: ["s3:Abort*", "s3:Delete*", "s3:Get*", "s3:List*", "s3:Put*", "s3:Restore*"],
          resources: [this.arn, `${this.arn}/*`],
          condition: { Bool: { "aws:SecureTransport": "false" } },
        }),
        ...statements,
      ),
      // S3 refuses two changes of a bucket's access at once.
      dependsOn: [this.closed],
    });
  }
}
