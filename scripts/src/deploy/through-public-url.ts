import { setTimeout as sleep } from "node:timers/promises";
import type { MachineCredentials } from "../machine-token.ts";
import { smoke } from "../smoke.ts";

/** A lost packet or one throttled call is not a broken release. */
const ATTEMPTS = 3;
const PAUSE_SECONDS = 5;

/**
 * The main job through the public URL, with a real token, tried some times; gives up at once when the process is asked to
 * end, so that whoever called can still put things right.
 */
export function throughPublicUrl(
  mcpUrl: string,
  credentials: MachineCredentials,
  say: (line: string) => void,
): () => Promise<void> {
  const { signal } = interruption();
  return async () => {
    for (let attempt = 1; ; attempt++) {
      try {
        await Promise.race([smoke(mcpUrl, credentials), interrupted(signal)]);
        return;
      } catch (error) {
        if (attempt === ATTEMPTS || signal.aborted) throw error;
        say(
          `attempt ${attempt} of ${ATTEMPTS}: ${error instanceof Error ? error.message : error}; again in ${PAUSE_SECONDS} s`,
        );
        await sleep(PAUSE_SECONDS * 1_000, undefined, { signal });
      }
    }
  };
}

/** GitHub cancels with SIGINT, then SIGTERM 7.5 s later, and kills after 10 s: two calls to Lambda fit in between. */
function interruption(): AbortController {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const)
    process.on(name, () => controller.abort(new Error(`interrupted by ${name}`)));
  return controller;
}

function interrupted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
