import { MAX_RESULT_BYTES } from "./limits.ts";

/** What the results of one reply may weigh together: a single call has it to itself, the calls of a batch share it. */
export class ResultBudget {
  #left = MAX_RESULT_BYTES;

  /** In bytes of JSON. */
  get left(): number {
    return this.#left;
  }

  /** @returns whether there was room; if not, nothing is taken */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}
