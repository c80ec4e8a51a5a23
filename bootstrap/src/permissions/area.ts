import type { Scope } from "../environment.ts";
import type { Statement } from "./statement.ts";

/** The part of an environment that one policy covers: IAM's managed policies hold 6,144 characters each. */
export interface Area {
  readonly name: string;
  /** For plan and apply: what refreshing the state reads. */
  readonly reads: (scope: Scope) => readonly Statement[];
  /** For apply only. */
  readonly writes: (scope: Scope) => readonly Statement[];
}
