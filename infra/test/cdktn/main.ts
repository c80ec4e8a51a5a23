import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual, parseArgs } from "node:util";
import * as z from "zod";
import { synthesize } from "../../src/main.ts";
import { outdir } from "../stacks.ts";

/** The community's continuation of cdktf, which HashiCorp archived in December 2025: https://github.com/open-constructs/cdk-terrain */
const VERSION = "0.24.0";
/** The newest that both take. */
const CONSTRUCTS = "10.7.2";

const HELP = `usage: node bin/run.mjs infra/test/cdktn/main.ts

Synthesizes every stack with cdktn ${VERSION} in the place of cdktf and compares: the same JSON, but for the core's version and the
providers' source. cdktn goes into a folder of its own that git ignores.

Exit code: 0 the same, 1 not the same, 77 cdktn cannot be installed on this machine.
`;

const SKIPPED = 77;
const root = join(import.meta.dirname, "../../..");

function installed(): string | undefined {
  const folder = join(root, ".local", `cdktn-${VERSION}`);
  if (existsSync(join(folder, "node_modules", "cdktn", "package.json"))) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"private":true}\n');
  const packages = [`cdktn@${VERSION}`, `constructs@${CONSTRUCTS}`];
  const { status, stderr } = spawnSync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", ...packages], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status === 0) return folder;
  process.stderr.write(`${stderr}\n`);
  rmSync(folder, { recursive: true, force: true });
  return undefined;
}

const stackSchema = z.looseObject({
  "//": z.looseObject({ metadata: z.looseObject({ version: z.string().optional() }) }),
  terraform: z.looseObject({ required_providers: z.record(z.string(), z.looseObject({ source: z.string() })) }),
});

/**
 * The stack without what is allowed to differ: `aws` is short for `hashicorp/aws`.
 *
 * @throws Error where another core than this wrote it, or the comparison would prove nothing
 */
function comparable(folder: string, core: RegExp): unknown {
  const stack = stackSchema.parse(JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")));
  const { metadata } = stack["//"];
  if (!core.test(metadata.version ?? ""))
    throw new Error(`${folder} was written by ${metadata.version}, not by ${core}.`);
  delete metadata.version;
  for (const provider of Object.values(stack.terraform.required_providers))
    provider.source = provider.source.replace(/^(?!.*\/)/, "hashicorp/");
  return stack;
}

function main(): number {
  const folder = installed();
  if (folder === undefined) {
    process.stdout.write(`NOT PROVEN: cdktn ${VERSION} cannot be installed on this machine.\n`);
    return SKIPPED;
  }
  const fork = outdir();
  const hook = join(import.meta.dirname, "hook.mjs");
  const entry = join(root, "infra/src/main.ts");
  const { status, stderr } = spawnSync(process.execPath, ["--import", hook, entry], {
    env: { ...process.env, CDKTF_OUTDIR: fork, CDKTN_FOLDER: folder },
    encoding: "utf8",
  });
  if (status !== 0) {
    process.stdout.write(`cdktn ${VERSION} does not synthesize this source:\n${stderr}\n`);
    return 1;
  }
  const wrong = synthesize(outdir()).filter((ours) => {
    const name = ours.slice(ours.lastIndexOf("/") + 1);
    const same = isDeepStrictEqual(comparable(ours, /^0\.21\./), comparable(join(fork, "stacks", name), /^0\.24\./));
    process.stdout.write(
      `${same ? "✓" : "✗"} ${name}: ${same ? "the same" : "not the same"} JSON from cdktn ${VERSION}\n`,
    );
    return !same;
  });
  return wrong.length === 0 ? 0 : 1;
}

const { values } = parseArgs({ options: { help: { type: "boolean", short: "h" } } });
if (values.help) process.stdout.write(HELP);
else process.exitCode = main();
