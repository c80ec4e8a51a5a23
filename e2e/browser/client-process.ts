import { type ChildProcess, spawn } from "node:child_process";

export interface ClientProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** The first match in what the program has printed or will print. @throws when it ends before */
  printed(pattern: RegExp): Promise<string>;
  /** Everything that it printed, once it has ended. */
  ended(): Promise<{ readonly code: number | null; readonly output: string }>;
}

/** Runs somebody else's client as its own program: no terminal, nothing of the developer's own, no window to open. */
export function startClient(args: readonly string[], home: string, env: Record<string, string> = {}): ClientProcess {
  const child = spawn(process.execPath, args, {
    stdio: ["pipe", "pipe", "pipe"],
    // `xdg-open` starts what BROWSER names; the tests take the URL from what the client prints.
    env: { PATH: process.env.PATH ?? "", HOME: home, BROWSER: "true", ...env },
  });
  let output = "";
  const listeners = new Set<() => void>();
  const notice = (text: string) => {
    output += text;
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding("utf8").on("data", notice);
  child.stderr.setEncoding("utf8").on("data", notice);
  const end = new Promise<number | null>((resolve) => child.on("close", resolve));
  return {
    child,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output);
          if (!match) return;
          listeners.delete(look);
          resolve(match[1] ?? match[0]);
        };
        listeners.add(look);
        look();
        end.then(() => reject(new Error(`The client ended without printing ${pattern}: ${output}`)));
      }),
    ended: async () => ({ code: await end, output }),
    async [Symbol.asyncDispose]() {
      child.kill();
      await end;
    },
  };
}
