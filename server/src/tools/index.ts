import { add } from "./add.ts";
import { listFiles } from "./list-files.ts";
import { multiply } from "./multiply.ts";
import { readFile } from "./read-file.ts";
import { saveFile } from "./save-file.ts";
import type { ScopeName, Tool } from "./tool.ts";

/**
 * The manifest. Scopes of the resource server, the gateway's scope list, IAM actions and the tool table of the README
 * derive from it, so a new tool is one file, its test and one line here.
 */
export const tools: readonly Tool[] = [listFiles, readFile, saveFile, add, multiply];

const descriptions: Readonly<Record<ScopeName, string>> = {
  read: "Use the tools that only read",
  write: "Use the tools that save files",
};

/** The scopes that some tool uses, `read` first. */
export const scopes: readonly { readonly name: ScopeName; readonly description: string }[] = (
  ["read", "write"] as const
)
  .filter((name) => tools.some((tool) => tool.scope === name))
  .map((name) => ({ name, description: descriptions[name] }));

export type { ScopeName, Tool } from "./tool.ts";
