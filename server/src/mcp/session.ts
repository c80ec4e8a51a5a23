import type { Files } from "../files/files.ts";
import type { Caller } from "./identity.ts";
import type { ResultBudget } from "./result-budget.ts";

/** What one HTTP request brings along; a server lives for one request, so nothing of a caller can outlive it. */
export interface Session {
  readonly era: Era;
  /** Of the request; undefined for a batch. */
  readonly method: string | undefined;
  /** What `method` is about: `params.name`, where there is one. */
  readonly target: string | undefined;
  readonly caller: Caller;
  readonly resource: string;
  readonly files: Files;
  readonly budget: ResultBudget;
  /** Aborts at the deadline of the call. */
  readonly signal: AbortSignal;
  /** Whether the client can read an event stream; without, progress is not sent. */
  readonly streams: boolean;
  readonly observer: Observer;
}

export type Era = "initialize" | "2026-07-28";

/** What happens inside, for the audit line. */
export interface Observer {
  tool(name: string, outcome: "ok" | "tool_error" | "scope_denied" | "timeout" | "failed"): void;
  /** The protocol refused the message. */
  rejected(): void;
  failure(error: unknown): void;
}
