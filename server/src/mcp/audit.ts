import type { Caller } from "./identity.ts";
import type { Era, Observer } from "./session.ts";

export type Level = "debug" | "info" | "warn" | "error";
const levels: readonly Level[] = ["debug", "info", "warn", "error"];

/** W3C Trace Context, version 00. */
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
/** Longer values say nothing more and cost. */
const MAX_FIELD = 128;

/** One JSON object per line, straight to stdout: what the caller sends cannot begin a line, because JSON escapes it. */
export type WriteLine = (line: string) => void;

/**
 * CloudWatch embedded metric format. Each combination of dimension values is a metric that costs $0.30 a month, hence only
 * era and outcome; how often is the sample count of `Duration`.
 */
const METRICS = [
  {
    Namespace: "remote-mcp-server",
    Dimensions: [["environment", "era", "outcome"]],
    Metrics: [{ Name: "Duration", Unit: "Milliseconds" }],
  },
];

/** The audit record of one HTTP request: who, what, decision, how long, how much. Never arguments, tokens or contents. */
export class Audit implements Observer {
  readonly #started = performance.now();
  readonly #write: WriteLine;
  readonly #logLevel: Level;
  readonly #environment: string;
  readonly #requestId: string;
  #caller: Caller | undefined;
  #era: Era | "none" = "none";
  #method: string | undefined;
  #traceparent: string | undefined;
  #tool: string | undefined;
  #outcome: string | undefined;

  constructor(requestId: string, options: { environment: string; logLevel: Level; write: WriteLine }) {
    this.#requestId = requestId;
    this.#environment = options.environment;
    this.#logLevel = options.logLevel;
    this.#write = options.write;
  }

  caller(caller: Caller): void {
    this.#caller = caller;
  }

  request(era: Era, method: string | undefined, traceparent: unknown): void {
    this.#era = era;
    this.#method = method;
    if (typeof traceparent === "string" && TRACEPARENT.test(traceparent)) this.#traceparent = traceparent;
  }

  tool(name: string, outcome: string): void {
    this.#tool = this.#tool === undefined ? name : `${this.#tool},${name}`;
    this.#decide(outcome);
  }

  rejected(): void {
    this.#decide("rejected");
  }

  failure(error: unknown): void {
    const cause = error instanceof Error ? stack(error.cause) : undefined;
    this.log("error", "failure", { error: stack(error), cause });
  }

  log(level: Level, event: string, fields: Readonly<Record<string, unknown>>): void {
    if (levels.indexOf(level) < levels.indexOf(this.#logLevel)) return;
    this.#line({ timestamp: new Date(), level, requestId: this.#requestId, event, ...fields });
  }

  /** Call once, when the last byte is out. Not subject to the log level: an audit with gaps is none. */
  end(status: number, bytesIn: number, bytesOut: number): void {
    // One literal without spreads: JSON.stringify takes a third of the time, and this is the largest part of a warm call
    // that is ours. Fields without a value are left out by it.
    this.#line({
      timestamp: new Date(),
      level: "info",
      requestId: this.#requestId,
      event: "call",
      caller: this.#caller?.kind,
      subject: short(this.#caller?.subject),
      client: short(this.#caller?.clientId),
      method: short(this.#method),
      tool: short(this.#tool),
      traceparent: this.#traceparent,
      status,
      bytesIn,
      bytesOut,
      environment: this.#environment,
      era: this.#era,
      outcome: this.#outcome ?? (status < 400 ? "ok" : status < 500 ? "rejected" : "failed"),
      Duration: Math.round((performance.now() - this.#started) * 10) / 10,
      _aws: { Timestamp: Date.now(), CloudWatchMetrics: METRICS },
    });
  }

  /** Of a batch, the first thing that went wrong. */
  #decide(outcome: string): void {
    if (this.#outcome === undefined || this.#outcome === "ok") this.#outcome = outcome;
  }

  #line(fields: object): void {
    this.#write(`${JSON.stringify(fields)}\n`);
  }
}

function stack(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function short(value: string | undefined): string | undefined {
  return value !== undefined && value.length > MAX_FIELD ? `${value.slice(0, MAX_FIELD)}…` : value;
}
