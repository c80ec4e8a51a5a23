import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LocalStack, startStack } from "../../src/stack.ts";
import { fixtures, writePackage } from "./deployment-package.ts";
import { smallStack } from "./small-stack.ts";

export interface SmallStack extends LocalStack {
  folder: string;
  /** Lines of the log so far. */
  logLines: () => Record<string, unknown>[];
}

/** Starts the small stack on a free port, in a folder of its own that goes away with it. */
export async function startSmall(change?: Parameters<typeof smallStack>[0]): Promise<SmallStack> {
  const folder = mkdtempSync(join(tmpdir(), "local-stack-"));
  const filesDir = join(folder, "files");
  mkdirSync(filesDir);
  const zip = writePackage(folder, fixtures);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const stack = await startStack({
    stack: smallStack(change),
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
