import { add } from "./add.ts";
import { multiply } from "./multiply.ts";
import type { ScopeName, Tool } from "./tool.ts";

/**
 * The manifest. Scopes of the resource server, the gateway's scope list, IAM actions and the tool table of the README
 * derive from it, so a new tool is one file, its test and one line here.
 */
export const tools: readonly Tool[] = [add, multiply];

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
