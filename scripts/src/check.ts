/** One thing that is looked at, and what to do where it is not right. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  /** What was found, or what to do. */
  readonly text: string;
}

/** Runs one check; what it throws is what is wrong. */
export async function find(what: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { what, ok: true, text: await look() };
  } catch (error) {
    return { what, ok: false, text: error instanceof Error ? error.message : String(error) };
  }
}

export function report(findings: readonly Finding[]): { text: string; data: readonly Finding[]; exitCode: number } {
  const width = Math.max(...findings.map(({ what }) => what.length)) + 2;
  const lines = findings.map(({ what, ok, text }) => `${ok ? "✓" : "✗"} ${what.padEnd(width)}${text}`);
  const wrong = findings.filter(({ ok }) => !ok).length;
  const last = wrong === 0 ? "Everything is in place." : `${wrong} of ${findings.length} to put right.`;
  return { text: [...lines, "", last].join("\n"), data: findings, exitCode: wrong === 0 ? 0 : 1 };
}
