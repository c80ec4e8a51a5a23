import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build as buildFunction } from "@remote-mcp/server/build";
import { build as bundle } from "esbuild";
import { unzipSync, zipSync } from "fflate";

export const names = ["empty", "hand-written", "SDK default", "ours"] as const;
export type Name = (typeof names)[number];

export interface Bundle {
  /** Path of the entry. */
  readonly file: string;
  /** Zipped, without chunks that load on first use. */
  readonly zipBytes: number;
}

const sources = { empty: "empty.ts", "hand-written": "hand-written.ts", "SDK default": "sdk-default.ts" };

/** Bundles the comparison handlers as one would by default, and unpacks the product's zip as Lambda does. */
export async function makeBundles(): Promise<{ bundles: Record<Name, Bundle>; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const compare = async (name: keyof typeof sources): Promise<Bundle> => {
    const file = join(folder, name.replace(" ", "-"), "index.mjs");
    await bundle({
      entryPoints: [join(import.meta.dirname, "handlers", sources[name])],
      outfile: file,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node24",
      minify: true,
      legalComments: "none",
    });
    return { file, zipBytes: zipSync({ "index.mjs": [readFileSync(file), { level: 9 }] }).length };
  };
  return {
    bundles: {
      empty: await compare("empty"),
      "hand-written": await compare("hand-written"),
      "SDK default": await compare("SDK default"),
      ours: await unpack(folder),
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function unpack(folder: string): Promise<Bundle> {
  const { zip, startBytes } = await buildFunction();
  for (const [name, contents] of Object.entries(unzipSync(readFileSync(zip)))) {
    writeFileSync(join(folder, name), contents);
  }
  return { file: join(folder, "index.mjs"), zipBytes: startBytes };
}
