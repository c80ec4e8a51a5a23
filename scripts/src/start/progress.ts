/** Reports the steps of a command on stderr, so that stdout stays free for what is piped on. */
export interface Progress {
  /** Runs one step: names it while it runs, then says how long it took. Rejects with {@link StepFailure}. */
  step<T>(name: string, run: () => Promise<T>): Promise<T>;
  /** One more line below the current one. */
  line(text: string): void;
}

/** A step that failed, with its name; `message` is one clear sentence. */
export class StepFailure extends Error {
  readonly step: string;
  constructor(step: string, cause: unknown) {
    super(`${step}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.step = step;
  }
}

export function createProgress(out: NodeJS.WriteStream = process.stderr): Progress {
  const live = out.isTTY === true;
  return {
    line: (text) => void out.write(`${text}\n`),
    async step(name, run) {
      const start = performance.now();
      if (live) out.write(`  … ${name}`);
      // Where lines cannot be rewritten, a step is announced only when a person would begin to wonder.
      const announce = live ? undefined : setTimeout(() => out.write(`  … ${name}\n`), 1_500);
      try {
        const value = await run();
        out.write(`${live ? "\r" : ""}  ✓ ${name} ${seconds(performance.now() - start)}\n`);
        return value;
      } catch (error) {
        out.write(`${live ? "\r" : ""}  ✗ ${name} ${seconds(performance.now() - start)}\n`);
        throw new StepFailure(name, error);
      } finally {
        clearTimeout(announce);
      }
    },
  };
}

export function seconds(milliseconds: number): string {
  return milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
}
