import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { App } from "cdktf";
import * as z from "zod";
import { type Environment, environments, type Flags } from "../config.ts";
import { ServiceStack } from "../service-stack.ts";
import { FLAG_USE, type IdlePrice, idlePrice, USE } from "./prices.ts";

const HELP = `usage: pnpm cost [--json]

Says from the synthesized JSON how many resources each environment has, what it costs while nobody uses it, and what each
optional part would add. Prices are of Tokyo, in US dollars a month; infra/src/cost/prices.ts names their sources.
`;

interface Cost {
  readonly resources: number;
  readonly monthlyUsd: number;
  /** By what is paid for. */
  readonly items: Readonly<Record<string, number>>;
}

const stackSchema = z.object({ resource: z.record(z.string(), z.record(z.string(), z.unknown())) });

function costOf(environment: Environment): Cost {
  const outdir = mkdtempSync(join(tmpdir(), "cost-"));
  try {
    const stack = new ServiceStack(new App({ outdir, skipValidation: true }), environment);
    const { resource } = stackSchema.parse(stack.toTerraform());
    const all = Object.entries(resource).flatMap(([type, named]) =>
      Object.values(named).map((configuration) => idlePrice(type, configuration)),
    );
    const items: Record<string, number> = {};
    for (const { what, monthlyUsd } of all.filter((price): price is IdlePrice => price !== undefined))
      items[what] = (items[what] ?? 0) + monthlyUsd;
    return { resources: all.length, monthlyUsd: Object.values(items).reduce((sum, usd) => sum + usd, 0), items };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** What the environment would cost more with the change than without. */
function difference(environment: Environment, off: Partial<Environment>, on: Partial<Environment>) {
  const without = costOf({ ...environment, ...off });
  const having = costOf({ ...environment, ...on });
  return { resources: having.resources - without.resources, monthlyUsd: having.monthlyUsd - without.monthlyUsd };
}

function optionalParts(environment: Environment) {
  const { flags } = environment;
  const flag = (name: keyof Flags) => ({
    name,
    on: flags[name],
    ...difference(environment, { flags: { ...flags, [name]: false } }, { flags: { ...flags, [name]: true } }),
    use: FLAG_USE[name] ?? "",
  });
  const part = (name: "machineClient" | "observability") => ({
    name,
    on: environment[name],
    ...difference(environment, { [name]: false }, { [name]: true }),
    use: "",
  });
  return [
    part("machineClient"),
    part("observability"),
    flag("waf"),
    flag("cloudtrail"),
    flag("flowLogs"),
    flag("lambdaEndpoint"),
    flag("xray"),
  ];
}

const usd = (amount: number): string => `$${amount.toFixed(2)}`;

const { values } = parseArgs({ options: { json: { type: "boolean" }, help: { type: "boolean", short: "h" } } });
const costs = values.help
  ? []
  : environments.map((environment) => ({
      environment: environment.name,
      ...costOf(environment),
      optional: optionalParts(environment),
    }));

if (values.help) process.stdout.write(HELP);
else if (values.json) process.stdout.write(`${JSON.stringify({ costs, use: USE })}\n`);
else {
  const lines = costs.flatMap(({ environment, resources, monthlyUsd, items, optional }) => [
    `${environment}: ${resources} resources, ${usd(monthlyUsd)} a month when idle`,
    ...Object.entries(items).map(([what, amount]) => `  ${usd(amount).padStart(6)}  ${what}`),
    "  optional:",
    ...optional.map(
      ({ name, on, resources: more, monthlyUsd: add, use }) =>
        `  ${usd(add).padStart(6)}  ${name.padEnd(15)}${on ? "on " : "off"}  ${String(more).padStart(2)} resources${use && `; ${use}`}`,
    ),
  ]);
  process.stdout.write(`${[...lines, "use, in Tokyo:", ...USE.map((line) => `  - ${line}`)].join("\n")}\n`);
}
