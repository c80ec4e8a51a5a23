import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import type { Construct } from "constructs";
import { justify } from "./justify.ts";
import type { Place } from "./place.ts";

/** A log group that forgets when the environment says so. */
export function logGroup(scope: Construct, id: string, place: Place, name: string): CloudwatchLogGroup {
  const group = new CloudwatchLogGroup(scope, id, { name, retentionInDays: place.logRetentionDays });
  justify(group, {
    CKV_AWS_158:
      "CloudWatch encrypts it. A customer key of the same readers costs $1 a month and can make logs unreadable.",
    ...(place.logRetentionDays < 365 && { CKV_AWS_338: "An environment for trying things needs no year of logs." }),
  });
  return group;
}
