import { z } from "zod";

/**
 * What the suite runs against. A local stack that the set-up starts, or with E2E_URL a deployed one; what only a local
 * stack can show (counting invocations, tokens with hand-made claims) is under `local`.
 */
const target = z.object({
  /** The URL a user pastes, `<host>/mcp`. */
  resource: z.url(),
  /** A machine token's ingredients. */
  machine: z.object({ clientId: z.string(), clientSecret: z.string(), scope: z.string() }),
  local: z.object({ internal: z.url(), stateDir: z.string(), filesDir: z.string(), logs: z.string() }).optional(),
});
export type Target = z.infer<typeof target>;

/** The variable through which the set-up tells the test files, which run in other processes. */
export const TARGET_VARIABLE = "E2E_TARGET";

export function readTarget(): Target {
  return target.parse(JSON.parse(process.env[TARGET_VARIABLE] ?? "null"));
}
