import { createWriteStream, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { JsonObject } from "./terraform/json.ts";

/** Where the stack writes what CloudWatch would hold: one JSON object a line. */
export interface Log {
  path: string;
  write: (entry: JsonObject) => void;
  close: () => Promise<void>;
}

/** Opens the log file anew: what a former run wrote is gone. */
export function openLog(path: string): Log {
  mkdirSync(dirname(path), { recursive: true });
  const stream = createWriteStream(path, { flags: "w" });
  // A full disk must not end the stack.
  stream.on("error", () => {});
  return {
    path,
    write: (entry) => {
      stream.write(`${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`);
    },
    close: () =>
      new Promise((resolve) => {
        stream.end(() => resolve());
      }),
  };
}
