/** What happened, in names and hosts: never a code, a token, a secret, a state or a whole URL. */
export type Log = (level: "info" | "warn" | "error", event: string, fields?: Readonly<Record<string, string>>) => void;

/** One JSON object per line on stdout; what a caller sent cannot begin a line, because JSON escapes it. */
export const jsonLog =
  (write: (line: string) => void): Log =>
  (level, event, fields = {}) =>
    write(`${JSON.stringify({ level, event, ...fields })}\n`);
