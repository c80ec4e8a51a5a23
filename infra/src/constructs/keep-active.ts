import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule/index.js";
import { Construct } from "constructs";
import { justify } from "./justify.ts";
import type { Place } from "./place.ts";
import { allow } from "./policy.ts";
import { Role } from "./role.ts";

export interface KeepActiveProps {
  readonly place: Place;
  /** The alias of a function in a VPC. */
  readonly aliasArn: string;
}

/**
 * Lambda takes the network interfaces of a function that nobody called for weeks, sets it Inactive, and fails its next
 * call. So somebody calls: every three days, for next to nothing.
 * https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
 */
export class KeepActive extends Construct {
  constructor(scope: Construct, id: string, { place, aliasArn }: KeepActiveProps) {
    super(scope, id);
    const name = `${place.name}-keep-active`;
    const role = new Role(this, "role", {
      place,
      name: "keep-active",
      service: "scheduler.amazonaws.com",
      sourceArn: `arn:aws:scheduler:${place.region}:${place.account}:schedule/default/${name}`,
      statements: [allow({ actions: ["lambda:InvokeFunction"], resources: [aliasArn] })],
    });
    const schedule = new SchedulerSchedule(this, "schedule", {
      name,
      description: "Keeps the function from becoming Inactive",
      scheduleExpression: "rate(3 days)",
      flexibleTimeWindow: { mode: "FLEXIBLE", maximumWindowInMinutes: 60 },
      target: {
        arn: aliasArn,
        roleArn: role.arn,
        input: JSON.stringify({ keepActive: true }),
        retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 3600 },
      },
    });
    justify(schedule, { CKV_AWS_297: "What it holds is this source: a name, a rate and `keepActive`." });
  }
}
