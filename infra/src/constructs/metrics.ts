import { SERVER_NAME } from "../config.ts";

/** Of alarms and widgets. */
export const PERIOD_SECONDS = 300;

export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Protocol eras as the function's audit log names them (server/src/mcp/audit.ts). */
const ERAS = ["initialize", "2026-07-28"];

export type Metrics = ReturnType<typeof metricsOf>;

export interface MetricsProps {
  readonly environment: string;
  readonly apiName: string;
  readonly stageName: string;
  readonly mcpFunctionName: string;
  readonly oauthFunctionName: string;
}

/** The metrics of one environment, under the names that AWS and the function's audit log give them. */
export function metricsOf(props: MetricsProps) {
  const api = (name: string): Metric => ({
    namespace: "AWS/ApiGateway",
    name,
    dimensions: { ApiName: props.apiName, Stage: props.stageName },
  });
  return {
    requests: api("Count"),
    gatewayErrors: api("5XXError"),
    clientErrors: api("4XXError"),
    latency: api("Latency"),
    mcp: functionMetrics(props.mcpFunctionName),
    oauth: functionMetrics(props.oauthFunctionName),
    /** Counted from the access log: 4XXError does not tell a 401 from a 404. */
    unauthorized: { namespace: SERVER_NAME, name: `Unauthorized-${props.environment}`, dimensions: {} },
    /** How many calls ended so: the sample count of their duration. */
    calls: (outcomes: readonly string[]): Metric[] =>
      outcomes.flatMap((outcome) =>
        ERAS.map((era) => ({
          namespace: SERVER_NAME,
          name: "Duration",
          dimensions: { environment: props.environment, era, outcome },
        })),
      ),
  };
}

function functionMetrics(functionName: string) {
  const metric = (name: string): Metric => ({
    namespace: "AWS/Lambda",
    name,
    dimensions: { FunctionName: functionName },
  });
  return {
    invocations: metric("Invocations"),
    errors: metric("Errors"),
    throttles: metric("Throttles"),
    duration: metric("Duration"),
    concurrency: metric("ConcurrentExecutions"),
  };
}
