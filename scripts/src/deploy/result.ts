import { exit } from "../command.ts";
import type { Alias } from "./functions.ts";
import type { FunctionRef } from "./target.ts";

export interface Result {
  /**
   * `updated`: the release serves. `unchanged`: it did already. `refused`: nothing that callers meet was touched.
   * `rolled back`: the release failed, the former versions serve again. `moved back`: as the operator asked. `superseded`: somebody else moved an alias. `stuck`: a person must act.
   */
  readonly outcome: "updated" | "unchanged" | "refused" | "rolled back" | "moved back" | "superseded" | "stuck";
  readonly exitCode: number;
  /** What happened and what to do next, for the operator. */
  readonly message: string;
  /** What each alias points at, as far as this run knows. */
  readonly serving: Readonly<Record<string, string>>;
}

const exitCodes: Readonly<Record<Result["outcome"], number>> = {
  updated: exit.done,
  unchanged: exit.done,
  refused: exit.failed,
  "rolled back": exit.failed,
  "moved back": exit.done,
  superseded: exit.otherUpdate,
  stuck: exit.needsPerson,
};

/** @param moves each function with its alias as this run left it */
export function ending(
  outcome: Result["outcome"],
  moves: readonly { readonly fn: FunctionRef; readonly alias: Alias }[],
  message: string,
): Result {
  const serving = Object.fromEntries(moves.map(({ fn, alias }) => [fn.key, alias.version]));
  const versions = moves.map(({ fn, alias }) => `${fn.key} version ${alias.version}`).join(", ");
  return {
    outcome,
    exitCode: exitCodes[outcome],
    message: versions ? `${message}\nServing: ${versions}.` : message,
    serving,
  };
}

export const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));
