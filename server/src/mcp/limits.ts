/**
 * Lambda takes events of at most 6 MB, in which the body is a JSON string: quotes and backslashes count twice. Half of
 * that, less the headers, so that the answer to a large body is ours and not a 5xx. (Lambda quotas: 6 MB synchronous)
 */
export const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** No argument of a tool is deeper than a few levels; deep nesting only costs whoever walks it. */
export const MAX_DEPTH = 32;

/** Array elements and object members of a whole request. Validation takes about 1 µs each. */
export const MAX_ELEMENTS = 10_000;

/** Of one JSON-RPC batch, as in the SDK's own transports. */
export const MAX_BATCH = 100;

/**
 * Of all results of one reply. A buffered Lambda answer is at most 6 MB; streams may be longer, but clients choke on it
 * long before. (Lambda quotas)
 */
export const MAX_RESULT_BYTES = 5 * 1024 * 1024;

/**
 * With less room than this no call of a batch is begun: more than what save_file answers with the longest key, so that a
 * call which changes something never ends as one that did not fit.
 */
export const MIN_RESULT_ROOM = 32 * 1024;

/** Time kept back from the function's own limit, so that the answer about the time-out still gets out. */
export const DEADLINE_MARGIN_MS = 1_500;
/** Where no Lambda says how long is left. */
export const DEFAULT_TIME_LEFT_MS = 30_000;

/** Between SSE comments: well below the 30 s of the shortest idle time-out on the way. (CloudFront origin read time-out) */
export const KEEP_ALIVE_MS = 15_000;

/** @returns why the value is too large to look at, or undefined. Iterative: the stack is a limit too. */
export function sizeProblem(value: unknown): string | undefined {
  let elements = 0;
  let level = isContainer(value) ? [value] : [];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return `The body is nested deeper than ${MAX_DEPTH} levels. Send a flatter one.`;
    const next: object[] = [];
    for (const container of level) {
      const children: unknown[] = Object.values(container);
      elements += children.length;
      if (elements > MAX_ELEMENTS) return `The body has more than ${MAX_ELEMENTS} elements. Send fewer at a time.`;
      for (const child of children) if (isContainer(child)) next.push(child);
    }
    level = next;
  }
  return undefined;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
