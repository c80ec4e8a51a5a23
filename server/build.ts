import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build as bundle, type OutputFile } from "esbuild";
import { zipSync } from "fflate";
import { leanSdk } from "./lean-sdk.ts";

const server = import.meta.dirname;
const dist = join(server, "dist");

/** Without the lazily loaded S3 client. (DESIGN.md, budgets) */
const MAX_ZIP_KB = 100;

export interface Artefact {
  /** Path of the zip. */
  readonly zip: string;
  readonly bytes: number;
  /** What a start loads: the zip without the chunks of dynamic imports. */
  readonly eagerBytes: number;
}

/**
 * Bundles the function into a zip that is the same bytes for the same sources, on every machine.
 *
 * @throws Error where the zip is over its budget, or the SDK no longer looks as lean-sdk.ts expects
 */
export async function build(
  { name, entry, budgetKb }: { name: string; entry: string; budgetKb?: number } = {
    name: "mcp",
    entry: "src/mcp/index.ts",
    budgetKb: MAX_ZIP_KB,
  },
): Promise<Artefact> {
  const lean = leanSdk();
  const result = await bundle({
    absWorkingDir: server,
    entryPoints: { index: entry },
    outdir: join(dist, name),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    // The AWS SDK's ESM builds; with its CommonJS ones the S3 chunk is four times the size.
    mainFields: ["module", "main"],
    minify: true,
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "warning",
    inject: ["src/mcp/web-classes.ts"],
    alias: { "@modelcontextprotocol/server/_shims": join(server, "src/mcp/sdk-shims.ts") },
    plugins: [lean.plugin],
  });
  lean.check();

  const eager = eagerFiles(result.metafile.outputs, `dist/${name}/index.mjs`);
  const zip = archive(result.outputFiles, dist, name);
  const eagerZip = archive(
    result.outputFiles.filter(({ path }) => eager.has(path.slice(server.length + 1))),
    dist,
    name,
  );
  mkdirSync(dist, { recursive: true });
  const path = join(dist, `${name}.zip`);
  writeFileSync(path, zip);
  if (budgetKb !== undefined && eagerZip.length > budgetKb * 1000) {
    throw new Error(
      `${name}.zip has ${kb(eagerZip.length)} without its lazy chunks; the budget is ${budgetKb} kB. See what grew: esbuild --analyze.`,
    );
  }
  return { zip: path, bytes: zip.length, eagerBytes: eagerZip.length };
}

/** The output files that the entry loads without a dynamic import. */
function eagerFiles(
  outputs: Record<string, { imports: { path: string; kind: string; external?: boolean }[] }>,
  entry: string,
): Set<string> {
  const found = new Set([entry]);
  for (const file of found) {
    for (const { path, kind, external } of outputs[file]?.imports ?? []) {
      if (kind === "import-statement" && external !== true) found.add(path);
    }
  }
  return found;
}

/** Fixed time, host and mode, sorted names: fflate then writes the same bytes everywhere. (measured) */
function archive(files: readonly OutputFile[], folder: string, name: string): Uint8Array {
  const options = { mtime: new Date(1980, 0, 1), os: 3, attrs: 0o100644 << 16, level: 9 } as const;
  const entries = files
    .map(({ path, contents }) => [path.slice(join(folder, name).length + 1), contents] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return zipSync(Object.fromEntries(entries.map(([file, contents]) => [file, [contents, options]])));
}

const kb = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { bytes, eagerBytes, zip } = await build();
  console.log(`${zip}: ${kb(bytes)}, ${kb(eagerBytes)} of them loaded at start (budget ${MAX_ZIP_KB} kB)`);
}
