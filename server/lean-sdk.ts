import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

/**
 * What is changed in the SDK while it is bundled, for a cold start a quarter shorter and a warm call a third
 * (`pnpm bench`). Behaviour stays the same, and it works on exactly one release of the SDK: `expected` counts what must be
 * found. When a count differs the build fails: look at the SDK's new files, adapt the patterns, then the counts.
 */
const edits = [
  {
    // The SDK builds a few hundred schemas when it is imported, for the sake of two exports that this server does not use
    // (`specTypeSchemas`, `isSpecType`). Marked as free of side effects, and without the loops that register them, esbuild
    // drops those that nothing refers to. One top-level `const XSchema = …;` up to the line that begins the next statement:
    file: /[\\/]core[\\/]dist[\\/](schemas|auth)-[\w-]+\.mjs$/,
    pattern: /^const (\w+Schema) = (?=[A-Za-z])([\s\S]*?);\n(?![ \t)}\]])/gm,
    replacement: "const $1 = /* @__PURE__ */ (() => $2)();\n",
    expected: 183,
  },
  {
    file: /[\\/]server[\\/]dist[\\/]src-[\w-]+\.mjs$/,
    pattern: /^for \(const .* register\(key, .*\);$/gm,
    replacement: "",
    expected: 2,
  },
  {
    // Every message is first tried as two kinds of answer, and zod makes an error with a stack of each miss. Both schemas
    // are strict and know no `method`, so a message with one is neither.
    file: /[\\/]server[\\/]dist[\\/]src-[\w-]+\.mjs$/,
    pattern: /^const (isJSONRPC(?:Result|Error)Response) = \(value\) => (\w+\.safeParse\(value\)\.success);$/gm,
    replacement: "const $1 = (value) => value?.method === void 0 && $2;",
    expected: 2,
  },
];

export function leanSdk(): { plugin: Plugin; check(): void } {
  const found = edits.map(() => 0);
  const plugin: Plugin = {
    name: "lean-sdk",
    setup({ onLoad }) {
      onLoad({ filter: /[\\/](core|server)[\\/]dist[\\/][\w-]+\.mjs$/ }, async ({ path }) => {
        let contents = await readFile(path, "utf8");
        edits.forEach(({ file, pattern, replacement }, index) => {
          if (!file.test(path)) return;
          found[index] = (found[index] ?? 0) + (contents.match(pattern)?.length ?? 0);
          contents = contents.replace(pattern, replacement);
        });
        return { contents, loader: "js" };
      });
    },
  };
  return {
    plugin,
    /** @throws Error where the SDK is not the one that the edits were made for */
    check() {
      edits.forEach(({ pattern, expected }, index) => {
        if (found[index] === expected) return;
        throw new Error(
          `lean-sdk.ts expected ${expected} matches of ${pattern} in the MCP SDK and found ${found[index]}. The SDK has changed: see the comment there.`,
        );
      });
    },
  };
}
