import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type BuildOptions, build as bundle, type Plugin } from "esbuild";
import { zipSync } from "fflate";
import { leanSdk } from "./lean-sdk.ts";

const server = import.meta.dirname;
const dist = join(server, "dist");

/** What a start loads: the zip without the S3 client. (DESIGN.md, budgets) */
const MAX_START_KB = 100;
const MAX_OAUTH_KB = 150;

export interface Artefact {
  /** Path of the zip. */
  readonly zip: string;
  readonly bytes: number;
  /** Zipped size of what a start loads, without the S3 client. */
  readonly startBytes: number;
}

export interface Source {
  readonly name: string;
  /** Relative to server/. */
  readonly entry: string;
  readonly maxStartKb?: number;
}

const product: Source = { name: "mcp", entry: "src/mcp/index.ts", maxStartKb: MAX_START_KB };

const common = {
  absWorkingDir: server,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node24",
  outExtension: { ".js": ".mjs" },
  minify: true,
  legalComments: "none",
  write: false,
  logLevel: "warning",
} as const satisfies BuildOptions;

/**
 * Bundles a function into `dist/<name>.zip`: `index.mjs`, and the S3 client that it loads on first use. The same sources
 * give the same bytes, on every machine.
 *
 * @throws Error where the zip is over its budget, or the MCP SDK no longer looks as lean-sdk.ts expects
 */
export async function build({ name, entry, maxStartKb }: Source = product): Promise<Artefact> {
  const lean = leanSdk();
  const start = await bundle({
    ...common,
    entryPoints: { index: entry },
    outdir: dist,
    inject: ["src/mcp/web-classes.ts"],
    alias: { "@modelcontextprotocol/server/_shims": join(server, "src/mcp/sdk-shims.ts") },
    plugins: [lean.plugin, s3Apart],
  });
  lean.check();
  const s3 = await bundle({
    ...common,
    entryPoints: { s3: "src/files/s3.ts" },
    outdir: dist,
    // The client loads its less usual credential providers on demand.
    splitting: true,
    // The AWS SDK's ESM builds: with its CommonJS ones the bundle is four times the size.
    mainFields: ["module", "main"],
  });

  const startBytes = archive(start.outputFiles).length;
  if (maxStartKb !== undefined && startBytes > maxStartKb * 1000) {
    throw new Error(`${name}.zip has ${kb(startBytes)} without the S3 client; the budget is ${maxStartKb} kB.`);
  }
  return { ...write(name, archive([...start.outputFiles, ...s3.outputFiles])), startBytes };
}

/**
 * Bundles the OAuth function into `dist/oauth.zip`. A bundle of its own, because it lives on the real `fetch` and `Request`.
 *
 * @throws Error where the zip is over its budget
 */
export async function buildOauth(): Promise<Artefact> {
  const { outputFiles } = await bundle({
    ...common,
    entryPoints: { index: "src/oauth/index.ts" },
    outdir: dist,
    mainFields: ["module", "main"],
  });
  const contents = archive(outputFiles);
  if (contents.length > MAX_OAUTH_KB * 1000)
    throw new Error(`oauth.zip has ${kb(contents.length)}; the budget is ${MAX_OAUTH_KB} kB.`);
  return { ...write("oauth", contents), startBytes: contents.length };
}

function write(name: string, contents: Uint8Array): { readonly zip: string; readonly bytes: number } {
  const zip = join(dist, `${name}.zip`);
  mkdirSync(dist, { recursive: true });
  // Renamed into place, because others may be reading the last one.
  const partial = `${zip}.${process.pid}`;
  writeFileSync(partial, contents);
  renameSync(partial, zip);
  return { zip, bytes: contents.length };
}

/** Keeps the S3 client out of the start bundle, where the stand-ins of web-classes.ts would reach it too. */
const s3Apart: Plugin = {
  name: "s3-apart",
  setup({ onResolve }) {
    onResolve({ filter: /[\\/]s3\.ts$/ }, () => ({ path: "./s3.mjs", external: true }));
  },
};

/** Fixed time, host and mode, sorted names: fflate then writes the same bytes everywhere. (measured) */
function archive(files: readonly { readonly path: string; readonly contents: Uint8Array }[]): Uint8Array {
  const options = { mtime: new Date(1980, 0, 1), os: 3, attrs: 0o100644 << 16, level: 9 } as const;
  const entries = files.map(({ path, contents }) => [path.slice(dist.length + 1), contents] as const);
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return zipSync(Object.fromEntries(sorted.map(([path, contents]) => [path, [contents, options]])));
}

const kb = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;

const usage = `pnpm build

Bundles the two functions into server/dist/mcp.zip and server/dist/oauth.zip, the same bytes from the same sources, and fails
where one is over its size budget.

  --help`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { help: { type: "boolean", default: false } } });
  if (values.help) console.log(usage);
  else await buildAll();
}

async function buildAll(): Promise<void> {
  const { bytes, startBytes, zip } = await build();
  console.log(
    `${zip}: ${kb(bytes)}; a start loads ${kb(startBytes)} (budget ${MAX_START_KB} kB), the first file call the rest`,
  );
  const oauth = await buildOauth();
  console.log(`${oauth.zip}: ${kb(oauth.bytes)} (budget ${MAX_OAUTH_KB} kB)`);
}
