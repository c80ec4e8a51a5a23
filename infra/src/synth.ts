import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { OUTDIR } from "./outdir.ts";
import { synthProcess } from "./synth-process.ts";

const HELP = `usage: pnpm synth [--json]

Type-checks the infrastructure, then writes cdktf.out/stacks/<stack>/cdk.tf.json for every stack and prints what is in it.

  --json   one JSON object per stack instead of one line
`;

const root = join(import.meta.dirname, "../..");

/** Ill-typed source is never synthesized: Node would strip the types and run it. */
function typeCheck(): void {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { status, error } = spawnSync(process.execPath, [tsc, "--noEmit", "--project", join(root, "infra")], {
    stdio: ["ignore", 2, 2],
  });
  if (error) throw error;
  if (status !== 0) {
    process.stderr.write("Nothing was synthesized: correct the type errors above and run it again.\n");
    process.exit(1);
  }
}

/** @returns the folder of each stack */
function synthesize(): string[] {
  const { args, env } = synthProcess(OUTDIR);
  const { status, error } = spawnSync(process.execPath, args, { stdio: ["ignore", 2, 2], env });
  if (error) throw error;
  if (status !== 0) {
    process.stderr.write("Nothing usable was synthesized: the error above says which part of infra/ to correct.\n");
    process.exit(1);
  }
  return readdirSync(join(OUTDIR, "stacks"))
    .sort()
    .map((stack) => join(OUTDIR, "stacks", stack));
}

const stackSchema = z.object({
  resource: z.record(z.string(), z.record(z.string(), z.unknown())),
  output: z.record(z.string(), z.unknown()),
});

function describe(folder: string) {
  const file = join(folder, "cdk.tf.json");
  const text = readFileSync(file, "utf8");
  const { resource, output } = stackSchema.parse(JSON.parse(text));
  return {
    stack: folder.slice(folder.lastIndexOf("/") + 1),
    resources: Object.values(resource).reduce((count, ofType) => count + Object.keys(ofType).length, 0),
    types: Object.keys(resource).length,
    outputs: Object.keys(output).length,
    bytes: Buffer.byteLength(text),
    file: relative(process.cwd(), file),
  };
}

const { values } = parseArgs({ options: { json: { type: "boolean" }, help: { type: "boolean", short: "h" } } });
if (values.help) {
  process.stdout.write(HELP);
} else {
  typeCheck();
  const lines = synthesize()
    .map(describe)
    .map((stack) => {
      if (values.json) return JSON.stringify(stack);
      const what = `${stack.resources} resources of ${stack.types} types, ${stack.outputs} outputs`;
      return `${stack.stack.padEnd(10)}${what}, ${Math.round(stack.bytes / 1000)} kB  ${stack.file}`;
    });
  // In one piece, so that `| head` closes no pipe in the middle.
  process.stdout.write(`${lines.join("\n")}\n`);
}
