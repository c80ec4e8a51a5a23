import { Construct } from "constructs";
import type { Place } from "./place.ts";
import { deny } from "./policy.ts";
import { PrivateBucket } from "./private-bucket.ts";

/** The bucket whose files the tools list, read and save. */
export class Files extends Construct {
  readonly bucketName: string;
  readonly bucketArn: string;
  private readonly bucket: PrivateBucket;

  constructor(scope: Construct, id: string, { place }: { readonly place: Place }) {
    super(scope, id);
    this.bucket = new PrivateBucket(this, "bucket", {
      namePrefix: `${place.name}-files-`,
      protect: place.deletionProtection,
    });
    this.bucketName = this.bucket.name;
    this.bucketArn = this.bucket.arn;
  }

  /** Objects are read and written through this VPC endpoint or by these roles, whatever else a policy may allow. */
  restrictTo(vpcEndpointId: string, roleArns: readonly string[]): void {
    this.bucket.restrict(
      deny({
        principal: "*",
        actions: [
          "s3:DeleteObject",
          "s3:DeleteObjectVersion",
          "s3:GetObject",
          "s3:GetObjectVersion",
          "s3:PutObject",
          "s3:RestoreObject",
        ],
        resources: [`${this.bucketArn}/*`],
        // Both must hold for the Deny: from elsewhere, and by none of the roles.
        condition: {
          StringNotEquals: { "aws:SourceVpce": vpcEndpointId },
          ArnNotLike: { "aws:PrincipalArn": roleArns },
        },
      }),
    );
  }
}
