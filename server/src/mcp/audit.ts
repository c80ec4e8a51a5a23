import type { Caller } from "./identity.ts";
import type { Era, Observer } from "./session.ts";

export type Level = "debug" | "info" | "warn" | "error";
const levels: readonly Level[] = ["debug", "info", "warn", "error"];

/** W3C Trace Context, version 00. */
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
/** Longer values say nothing more and cost. */
const MAX_FIELD = 128;

type Fields = Readonly<Record<string, unknown>>;

/** One JSON object per line, straight to stdout: what the caller sends cannot begin a line, because JSON escapes it. */
export type WriteLine = (line: string) => void;

/**
 * The audit record of one HTTP request: who, what, decision, how long, how much. Never arguments, tokens or contents.
 *
 * The line is also the metric (CloudWatch embedded metric format): each combination of dimension values is a metric that
 * costs $0.30 a month, hence only era and outcome; how often is the sample count of `Duration`.
 */
export class Audit implements Observer {
  readonly #started = performance.now();
  readonly #fields: Record<string, unknown> = {};
  readonly #tools: string[] = [];
  readonly #write: WriteLine;
  readonly #logLevel: Level;
  readonly #environment: string;
  readonly #requestId: string;
  #outcome: string | undefined;
  #era: Era | "none" = "none";

  constructor(requestId: string, options: { environment: string; logLevel: Level; write: WriteLine }) {
    this.#requestId = requestId;
    this.#environment = options.environment;
    this.#logLevel = options.logLevel;
    this.#write = options.write;
  }

  caller({ kind, subject, clientId }: Caller): void {
    Object.assign(this.#fields, { caller: kind, subject: short(subject), client: short(clientId) });
  }

  request(era: Era, method: string | undefined, traceparent: unknown): void {
    this.#era = era;
    if (method !== undefined) this.#fields.method = short(method);
    if (typeof traceparent === "string" && TRACEPARENT.test(traceparent)) this.#fields.traceparent = traceparent;
  }

  tool(name: string, outcome: string): void {
    this.#tools.push(name);
    this.#decide(outcome);
  }

  rejected(): void {
    this.#decide("rejected");
  }

  failure(error: unknown): void {
    this.log("error", "failure", {
      error: stack(error),
      cause: error instanceof Error ? stack(error.cause) : undefined,
    });
  }

  log(level: Level, event: string, fields: Fields): void {
    if (levels.indexOf(level) < levels.indexOf(this.#logLevel)) return;
    this.#line(level, { event, ...fields });
  }

  /** Call once, when the last byte is out. Not subject to the log level: an audit with gaps is none. */
  end(status: number, bytesIn: number, bytesOut: number): void {
    const outcome = this.#outcome ?? (status < 400 ? "ok" : status < 500 ? "rejected" : "failed");
    this.#line("info", {
      event: "call",
      ...this.#fields,
      ...(this.#tools.length > 0 && { tool: short(this.#tools.join(",")) }),
      status,
      bytesIn,
      bytesOut,
      environment: this.#environment,
      era: this.#era,
      outcome,
      Duration: Math.round((performance.now() - this.#started) * 10) / 10,
      _aws: {
        Timestamp: Date.now(),
        CloudWatchMetrics: [
          {
            Namespace: "remote-mcp-server",
            Dimensions: [["environment", "era", "outcome"]],
            Metrics: [{ Name: "Duration", Unit: "Milliseconds" }],
          },
        ],
      },
    });
  }

  /** Of a batch, the first thing that went wrong. */
  #decide(outcome: string): void {
    if (this.#outcome === undefined || this.#outcome === "ok") this.#outcome = outcome;
  }

  #line(level: Level, fields: Fields): void {
    const time = new Date().toISOString();
    this.#write(`${JSON.stringify({ timestamp: time, level, requestId: this.#requestId, ...fields })}\n`);
  }
}

function stack(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function short(value: string): string {
  return value.length > MAX_FIELD ? `${value.slice(0, MAX_FIELD)}…` : value;
}
