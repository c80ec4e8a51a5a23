import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

/**
 * The SDK builds a few hundred schemas when it is imported, for the sake of two exports that this server does not use
 * (`specTypeSchemas`, `isSpecType`). Marked as free of side effects, and without the loops that register them, esbuild
 * drops those that nothing refers to: a quarter of the cold start. (bench: `pnpm bench`)
 *
 * Nothing else changes, and it works on exactly one release of the SDK: the counts below are what it must find. When they
 * differ the build fails; look at the SDK's new files, adapt the patterns, then the counts.
 */
const edits = [
  {
    file: /[\\/]core[\\/]dist[\\/](schemas|auth)-[\w-]+\.mjs$/,
    // One top-level `const XSchema = …;` up to the next line that begins another statement.
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
];

export function leanSdk(): { plugin: Plugin; check(): void } {
  const found = edits.map(() => 0);
  const plugin: Plugin = {
    name: "lean-sdk",
    setup({ onLoad }) {
      edits.forEach(({ file, pattern, replacement }, index) => {
        onLoad({ filter: file }, async ({ path }) => {
          const source = await readFile(path, "utf8");
          const hits = source.match(pattern)?.length ?? 0;
          found[index] = (found[index] ?? 0) + hits;
          return { contents: source.replace(pattern, replacement), loader: "js" };
        });
      });
    },
  };
  return {
    plugin,
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
