import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls/index.js";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy/index.js";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning/index.js";
import { Construct } from "constructs";
import { policyDocument } from "../permissions/statement.ts";

export interface ArtifactsProps {
  readonly name: string;
  /** Who may put a zip here: the environment's GitHub role, and the operator. */
  readonly writers: readonly string[];
}

/** The zips of one environment: they exist before its first run, so the bucket is not part of its stack. */
export class Artifacts extends Construct {
  readonly bucketName: string;
  readonly bucketArn: string;

  constructor(scope: Construct, id: string, { name, writers }: ArtifactsProps) {
    super(scope, id);
    // What runs in an environment and what it can be rolled back to: nobody deletes it in passing.
    const bucket = new S3Bucket(this, "bucket", { bucket: name, lifecycle: { preventDestroy: true } });
    bucket.addOverride("//.justified", {
      CKV_AWS_18: "Its writers are two; the service stack's cloudtrail flag can record every call of the account.",
      CKV_AWS_144: "A zip can be built again from its commit, byte by byte.",
      CKV_AWS_145: "S3's own keys encrypt it; a customer key of the same readers costs $1 a month.",
      CKV2_AWS_62: "Nobody waits for changes of this bucket.",
    });
    this.bucketName = bucket.bucket;
    // Built, not asked: roles that name the bucket need not wait for it, and the plan shows them in full.
    this.bucketArn = `arn:aws:s3:::${name}`;

    new S3BucketVersioningA(this, "versioning", { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } });
    new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
      bucket: bucket.id,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    });
    new S3BucketOwnershipControls(this, "ownership", {
      bucket: bucket.id,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    const closed = new S3BucketPublicAccessBlock(this, "closed", {
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
          // The same key is the same bytes (it is their hash): an older version is a mistake that was corrected.
          noncurrentVersionExpiration: [{ noncurrentDays: 90 }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
      ],
    });
    const objects = `${this.bucketArn}/*`;
    new S3BucketPolicy(this, "policy", {
      bucket: bucket.id,
      policy: policyDocument([
        {
          sid: "OnlyTls",
          why: "Spelled out: a Deny of everything is what locks an account out of its own bucket.",
          effect: "Deny",
          principal: "*",
          actions: ["s3:Abort*", "s3:Delete*", "s3:Get*", "s3:List*", "s3:Put*", "s3:Restore*"],
          resources: [this.bucketArn, objects],
          condition: { Bool: { "aws:SecureTransport": "false" } },
        },
        {
          sid: "OnlyWriters",
          why: "Whoever writes here decides what runs, so no other role of the account may, whatever its own policy says.",
          effect: "Deny",
          principal: "*",
          actions: ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject", "s3:PutObjectTagging"],
          resources: [objects],
          condition: { ArnNotLike: { "aws:PrincipalArn": writers } },
        },
      ]),
      // S3 refuses two changes of a bucket's access at once.
      dependsOn: [closed],
    });
  }
}
