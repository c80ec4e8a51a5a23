import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "@remote-mcp/server/build";
import { startTestStack } from "../function/stack.ts";
import { startTokenProxy } from "./token-proxy.ts";

const usage = `pnpm conformance [--revision <revision>] [--scenario <name>] [--verbose]

Runs the official MCP conformance suite against the function, from its zip and through the local gateway: the product's
handler with the suite's fixture tools in place of its own. Ends with 0 when every required scenario passes, but for those
in e2e/conformance/expected-failures-<revision>.yaml, which say why not.

  --revision <revision>  2026-07-28 or 2025-11-25 [default: both]
  --scenario <name>      only this one
  --verbose              what the suite prints for each check
  --help`;

const revisions = ["2026-07-28", "2025-11-25"] as const;
type Revision = (typeof revisions)[number];

const here = import.meta.dirname;
const suite = join(here, "..", "node_modules", "@modelcontextprotocol", "conformance", "dist", "index.js");
const baselines: Partial<Record<Revision, string>> = {
  "2025-11-25": join(here, "expected-failures-2025-11-25.yaml"),
};

const { values } = parseArgs({
  options: {
    revision: { type: "string" },
    scenario: { type: "string" },
    verbose: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) console.log(usage);
else process.exitCode = await main();

async function main(): Promise<number> {
  const wanted = revisions.filter((revision) => values.revision === undefined || values.revision === revision);
  if (wanted.length === 0) {
    console.error(`--revision ${values.revision} is not one of ${revisions.join(", ")}.`);
    return 2;
  }
  const { zip } = await build({ name: "conformance", entry: "conformance/index.ts" });
  const stack = await startTestStack(zip);
  const results = mkdtempSync(join(tmpdir(), "conformance-"));
  try {
    const proxy = await startTokenProxy(new URL(stack.resource), stack.token);
    try {
      let failed = false;
      for (const revision of wanted) failed = (await runSuite(proxy.url, revision, results)) !== 0 || failed;
      return failed ? 1 : 0;
    } finally {
      proxy.close();
    }
  } finally {
    await stack.close();
    rmSync(results, { recursive: true, force: true });
  }
}

/** @returns the suite's exit code */
async function runSuite(url: URL, revision: Revision, folder: string): Promise<number> {
  const baseline = baselines[revision];
  const selection =
    values.scenario === undefined
      ? ["--requirements", revision]
      : ["--scenario", values.scenario, "--spec-version", revision];
  const child = spawn(
    process.execPath,
    [
      suite,
      "server",
      "--url",
      url.href,
      ...selection,
      ...(baseline === undefined ? [] : ["--expected-failures", baseline]),
      "--output-dir",
      join(folder, revision),
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    if (values.verbose) process.stdout.write(text);
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exit) => resolve(exit ?? 1));
  });
  if (!values.verbose) console.log(summary(revision, output).trimEnd());
  const but = baseline === undefined ? "" : `, but for those in ${basename(baseline)}`;
  console.log(code === 0 ? `${revision}: what is required passes${but}.` : `${revision}: FAILED.`);
  return code;
}

/** The suite's own summary; the whole output where it has none. */
function summary(revision: Revision, output: string): string {
  const start = output.indexOf("=== SUMMARY ===");
  return `\nConformance ${revision}\n${start === -1 ? output : output.slice(start)}`;
}
