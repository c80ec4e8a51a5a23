import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LocalStack, startStack } from "../../src/stack.ts";
import { fixtures, writePackage } from "./deployment-package.ts";
import { type Change, smallStack } from "./small-stack.ts";

export interface SmallStack extends LocalStack {
  folder: string;
  /** Lines of the log so far. */
  logLines: () => Record<string, unknown>[];
}

/**
 * Starts the small stack on a free port. Without a folder of the caller's it gets one that goes away with it; one folder for
 * several starts in a row saves making keys.
 */
export async function startSmall(
  change?: Change,
  options: { folder?: string; resource?: string | undefined } = {},
): Promise<SmallStack> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "local-stack-"));
  const remove = () => {
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  };
  const filesDir = join(folder, "files");
  mkdirSync(filesDir, { recursive: true });
  const zip = writePackage(folder, fixtures);
  const stack = await startStack({
    stack: smallStack(change, options.resource),
    zips: { streaming: zip, buffered: zip },
    port: 0,
    stateDir: folder,
    filesDir,
  }).catch((error: unknown) => {
    remove();
    throw error;
  });
  return {
    ...stack,
    folder,
    logLines: () =>
      readFileSync(stack.logs, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line): Record<string, unknown> => JSON.parse(line)),
    close: async () => {
      await stack.close();
      remove();
    },
  };
}
