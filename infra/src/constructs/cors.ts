/**
 * CORS for clients that run in a browser. Any origin may read the answers: nothing here works by cookie, and the
 * function refuses origins that are not on its list.
 */
export const CORS = {
  "Access-Control-Allow-Origin": "*",
  // `*` does not cover Authorization (Fetch standard, "CORS non-wildcard request-header name").
  "Access-Control-Allow-Headers": "*, Authorization",
  "Access-Control-Expose-Headers": "WWW-Authenticate, MCP-Protocol-Version, Mcp-Session-Id",
} as const;

/** Beside CORS, on the answer to a preflight. */
export const preflight = (methods: string): Record<string, string> => ({
  ...CORS,
  "Access-Control-Allow-Methods": methods,
  "Access-Control-Max-Age": "7200",
});
