import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter/index.js";
import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic/index.js";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy/index.js";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription/index.js";
import { Construct } from "constructs";
import { justify } from "./justify.ts";
import { type Metric, type Metrics, PERIOD_SECONDS } from "./metrics.ts";
import type { Place } from "./place.ts";
import { allow, policy } from "./policy.ts";

export interface AlarmsProps {
  readonly place: Place;
  readonly metrics: Metrics;
  readonly accessLogName: string;
  readonly timeoutSeconds: number;
  readonly reservedConcurrency?: number | undefined;
  readonly emails: readonly string[];
}

/** What somebody should look at, each with the first thing to do. */
export class Alarms extends Construct {
  private readonly place: Place;
  private readonly topicArn: string;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { place, metrics } = props;
    this.place = place;

    const topic = new SnsTopic(this, "topic", { name: `${place.name}-alarms` });
    justify(topic, {
      CKV_AWS_26: "Holds names of alarms and numbers. CloudWatch cannot publish to a topic under AWS's own key.",
    });
    this.topicArn = topic.arn;
    new SnsTopicPolicy(this, "publishers", {
      arn: topic.arn,
      policy: policy(
        allow({
          principal: { Service: "cloudwatch.amazonaws.com" },
          actions: ["sns:Publish"],
          resources: [topic.arn],
          condition: { StringEquals: { "aws:SourceAccount": place.account } },
        }),
      ),
    });
    props.emails.forEach((endpoint, index) => {
      new SnsTopicSubscription(this, `mail-${index}`, { topicArn: topic.arn, protocol: "email", endpoint });
    });

    new CloudwatchLogMetricFilter(this, "unauthorized-filter", {
      name: "unauthorized",
      logGroupName: props.accessLogName,
      pattern: "{ $.status = 401 }",
      metricTransformation: { namespace: metrics.unauthorized.namespace, name: metrics.unauthorized.name, value: "1" },
    });

    this.alarm(
      "gateway-errors",
      "More than 5 % of the requests end in a 5xx. Look for `errorType` in the access log.",
      {
        ...of(metrics.gatewayErrors, "Average"),
        threshold: 0.05,
        evaluationPeriods: 2,
      },
    );
    for (const name of ["mcp", "oauth"] as const) {
      this.alarm(`${name}-errors`, "The function crashed. Look for level ERROR in its log; roll back if it is new.", {
        ...of(metrics[name].errors, "Sum"),
        threshold: 0,
        evaluationPeriods: 1,
      });
      this.alarm(`${name}-throttles`, "Calls were refused for lack of concurrency. Raise the reserve or the quota.", {
        ...of(metrics[name].throttles, "Sum"),
        threshold: 0,
        evaluationPeriods: 1,
      });
    }
    this.alarm("mcp-slow", "One call in twenty takes over 80 % of the time limit. Look at `Duration` by tool.", {
      ...withoutStatistic(metrics.mcp.duration),
      extendedStatistic: "p95",
      threshold: props.timeoutSeconds * 1000 * 0.8,
      evaluationPeriods: 3,
    });
    this.alarm(
      "unauthorized",
      "Over 500 calls without a valid token in 5 minutes: a broken client, or somebody trying.",
      {
        ...of(metrics.unauthorized, "Sum"),
        threshold: 500,
        evaluationPeriods: 1,
      },
    );
    this.alarm(
      "tool-failures",
      "More than 10 % of the tool calls fail inside or run out of time. Look for `outcome`.",
      {
        metricQuery: toolFailures(metrics),
        threshold: 10,
        evaluationPeriods: 2,
      },
    );
    if (props.reservedConcurrency !== undefined)
      this.alarm("mcp-concurrency", "80 % of the reserved concurrency is in use. Raise it before calls are refused.", {
        ...of(metrics.mcp.concurrency, "Maximum"),
        threshold: Math.floor(props.reservedConcurrency * 0.8),
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        evaluationPeriods: 2,
      });
  }

  private alarm(
    id: string,
    description: string,
    config: Partial<CloudwatchMetricAlarmConfig> & Pick<CloudwatchMetricAlarmConfig, "evaluationPeriods">,
  ): void {
    new CloudwatchMetricAlarm(this, id, {
      alarmName: `${this.place.name}-${id}`,
      alarmDescription: description,
      comparisonOperator: "GreaterThanThreshold",
      // No traffic is no trouble.
      treatMissingData: "notBreaching",
      alarmActions: [this.topicArn],
      okActions: [this.topicArn],
      ...config,
    });
  }
}

const withoutStatistic = ({ namespace, name, dimensions }: Metric) => ({
  namespace,
  metricName: name,
  dimensions: { ...dimensions },
  period: PERIOD_SECONDS,
});

const of = (metric: Metric, statistic: "Average" | "Maximum" | "Sum") => ({ ...withoutStatistic(metric), statistic });

/** An alarm takes ten metrics at most and no search, so the outcomes that matter are named one by one. */
function toolFailures(metrics: Metrics) {
  const failed = metrics.calls(["failed", "timeout"]);
  const good = metrics.calls(["ok"]);
  const sum = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => `FILL(${prefix}${index}, 0)`).join(" + ");
  const query = (prefix: string) => (metric: Metric, index: number) => ({
    id: `${prefix}${index}`,
    metric: {
      namespace: metric.namespace,
      metricName: metric.name,
      dimensions: { ...metric.dimensions },
      period: PERIOD_SECONDS,
      stat: "SampleCount",
    },
  });
  const bad = sum("bad", failed.length);
  return [
    {
      id: "percent",
      label: "Failed calls, %",
      returnData: true,
      expression: `100 * (${bad}) / (${bad} + ${sum("good", good.length)})`,
    },
    ...failed.map(query("bad")),
    ...good.map(query("good")),
  ];
}
