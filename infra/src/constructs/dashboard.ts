import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js";
import { Construct } from "constructs";
import { SERVER_NAME } from "../config.ts";
import { type Metric, type Metrics, PERIOD_SECONDS } from "./metrics.ts";
import type { Place } from "./place.ts";

export interface DashboardProps {
  readonly place: Place;
  readonly metrics: Metrics;
  readonly functionLogName: string;
}

/** One page that says how the environment is doing. An account's first three dashboards are free. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { place, metrics, functionLogName }: DashboardProps) {
    super(scope, id);
    const { region } = place;
    const graph = (title: string, lines: readonly Line[]) => ({
      type: "metric",
      properties: { title, region, view: "timeSeries", period: PERIOD_SECONDS, metrics: lines.map(asWidget) },
    });
    const widgets = [
      graph("Requests", [
        line(metrics.requests, "Sum", "all"),
        line(metrics.clientErrors, "Sum", "4xx"),
        line(metrics.gatewayErrors, "Sum", "5xx"),
        line(metrics.unauthorized, "Sum", "401"),
      ]),
      graph("Latency at the gateway, ms", [line(metrics.latency, "p50", "p50"), line(metrics.latency, "p95", "p95")]),
      ...(["mcp", "oauth"] as const).flatMap((name) => [
        graph(`Function ${name}`, [
          line(metrics[name].invocations, "Sum", "invocations"),
          line(metrics[name].errors, "Sum", "errors"),
          line(metrics[name].throttles, "Sum", "throttles"),
          line(metrics[name].concurrency, "Maximum", "concurrency"),
        ]),
        graph(`Function ${name}, ms`, [
          line(metrics[name].duration, "p50", "p50"),
          line(metrics[name].duration, "p95", "p95"),
        ]),
      ]),
      {
        type: "metric",
        properties: {
          title: "Calls by era and outcome",
          region,
          view: "timeSeries",
          stacked: true,
          metrics: [
            [
              {
                expression: `SEARCH('{${SERVER_NAME},environment,era,outcome} MetricName="Duration" environment="${place.environment}"', 'SampleCount', ${PERIOD_SECONDS})`,
                id: "calls",
              },
            ],
          ],
        },
      },
      {
        type: "log",
        properties: {
          title: "Calls by tool",
          region,
          view: "table",
          query: `SOURCE '${functionLogName}' | filter event = "call" and ispresent(tool) | stats count(*) as calls, pct(Duration, 95) as p95 by tool, outcome | sort calls desc`,
        },
      },
    ];
    new CloudwatchDashboard(this, "dashboard", {
      dashboardName: place.name,
      dashboardBody: JSON.stringify({
        widgets: widgets.map((widget, index) => ({
          ...widget,
          x: (index % 2) * 12,
          y: Math.floor(index / 2) * 6,
          width: 12,
          height: 6,
        })),
      }),
    });
  }
}

type Line = ReturnType<typeof line>;
const line = (metric: Metric, stat: string, label: string) => ({ metric, stat, label });

const asWidget = ({ metric, stat, label }: Line) => [
  metric.namespace,
  metric.name,
  ...Object.entries(metric.dimensions).flat(),
  { stat, label },
];
