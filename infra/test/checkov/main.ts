import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { synthesize } from "../../src/main.ts";
import { everyFlag, outdir, ownDomain, synthesized } from "../stacks.ts";
import { checkov, VERSION } from "./install.ts";
import { type Finding, judge } from "./judge.ts";

const HELP = `usage: node bin/run.mjs infra/test/checkov/main.ts [--verbose]

Runs checkov ${VERSION} over every synthesized stack. A finding passes only where \`justify\` beside the resource in the source says
why it stays; a reason for a finding that is none is a failure too.

  --verbose   print every reason

Exit code: 0 nothing unjustified, 1 something is, 77 checkov cannot be had on this machine.
`;

const SKIPPED = 77;

/** Checks that fall over by themselves, each with the reason why that hides nothing. Any other is a failure. */
const CRASHES: Readonly<Record<string, string>> = {
  CKV2_AWS_70: "it loses its graph on OPTIONS methods; that only POST /mcp leads to the function is a promise of ours",
};

const report = z.object({
  results: z.object({
    failed_checks: z.array(z.object({ check_id: z.string(), check_name: z.string(), resource: z.string() })),
  }),
  summary: z.object({ passed: z.number(), failed: z.number(), parsing_errors: z.number() }),
});

interface Scan {
  readonly passed: number;
  readonly findings: readonly Finding[];
  /** Ids of checks that fell over. */
  readonly crashed: readonly string[];
}

function scan(program: string, file: string): Scan {
  const args = [
    "--file",
    file,
    "--framework",
    "terraform_json",
    "--output",
    "json",
    "--quiet",
    "--compact",
    "--soft-fail",
  ];
  const { status, stdout, stderr, error } = spawnSync(program, [...args, "--skip-download"], {
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  if (error || status !== 0) throw new Error(`checkov ended with ${status}: ${error?.message ?? stderr}`);
  const { results, summary } = report.parse(JSON.parse(stdout));
  if (summary.parsing_errors > 0) throw new Error(`checkov could not read ${file}.`);
  return {
    crashed: [...new Set([...stderr.matchAll(/Failed to run check (\w+)/g)].map(([, check = ""]) => check))],
    passed: summary.passed,
    findings: results.failed_checks.map(({ check_id, check_name, resource }) => ({
      check: check_id,
      name: check_name,
      // "resource.<name>" or "<type>.<name>"; cdktf gives no name twice.
      resource: resource.slice(resource.indexOf(".") + 1),
    })),
  };
}

/** Where each stack is written: the real ones, and one that turns on what is optional. */
function files(): Record<string, string> {
  const stacks = synthesize(outdir()).map((folder) => [folder.slice(folder.lastIndexOf("/") + 1), folder] as const);
  const optional = Object.entries({ "every flag": everyFlag, "own domain": ownDomain }).map(([name, environment]) => {
    const folder = join(outdir(), "stack");
    mkdirSync(folder);
    writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(synthesized(environment), null, 2));
    return [name, folder] as const;
  });
  return Object.fromEntries([...stacks, ...optional].map(([name, folder]) => [name, join(folder, "cdk.tf.json")]));
}

function main(verbose: boolean): number {
  const found = checkov();
  if ("missing" in found) {
    process.stdout.write(`NOT PROVEN: ${found.missing}\n`);
    return SKIPPED;
  }
  let wrong = 0;
  for (const [stack, file] of Object.entries(files())) {
    const { passed, findings, crashed } = scan(found.program, file);
    const { failed, justified, stale } = judge(JSON.parse(readFileSync(file, "utf8")), findings);
    const unknown = crashed.filter((check) => !(check in CRASHES));
    wrong += failed.length + stale.length + unknown.length;
    process.stdout.write(`${stack}: ${passed} passed, ${failed.length} failed, ${justified.length} justified\n`);
    for (const { check, name, resource } of failed) process.stdout.write(`  ✗ ${resource}: ${check} ${name}\n`);
    for (const { check, resource } of stale)
      process.stdout.write(
        `  ✗ ${resource}: the reason for ${check} explains a finding that checkov does not report\n`,
      );
    for (const check of unknown) process.stdout.write(`  ✗ ${check} fell over: say in CRASHES what that hides\n`);
    for (const check of crashed.filter((each) => each in CRASHES))
      process.stdout.write(`  - ${check} fell over: ${CRASHES[check]}\n`);
    if (verbose)
      for (const { check, resource, reason } of justified)
        process.stdout.write(`  - ${resource}: ${check} ${reason}\n`);
  }
  return wrong === 0 ? 0 : 1;
}

const { values } = parseArgs({ options: { verbose: { type: "boolean" }, help: { type: "boolean", short: "h" } } });
if (values.help) process.stdout.write(HELP);
else process.exitCode = main(values.verbose === true);
