import { parseArgs } from "node:util";
import { type Bundle, makeBundles, type Name, names } from "./bundles.ts";
import { calls, type Era } from "./calls.ts";
import { median, run } from "./measure.ts";
import { measureOauth, type OauthFigures } from "./oauth.ts";
import { measureSynth, type ProcessFigure } from "./synth.ts";

const usage = `pnpm bench [--samples <n>] [--json]

Measures the MCP function against three others, in fresh processes that take turns:
  empty          answers what it gets
  hand-written   JSON-RPC without a library, same duties, one tool
  SDK default    the MCP SDK's createMcpHandler, bundled with esbuild's defaults
  ours           server/dist/mcp.zip

cold: process start to the first answered tools/call, less the empty handler's.
warm: one tools/call of a process that has answered many.
OAuth function: its zip, and process start to the first registration, less the empty handler's.
Times depend on the machine; only the ratios of one run mean something.

  --samples <n>  processes per figure, at least 15 [default: 21]
  --json         figures as JSON
  --help`;

/**
 * DESIGN.md, budgets. The one for warm calls does not hold on the SDK: a server per request, its dispatch, and schema
 * checks by zod of event, claims, message and arguments cost several times what a hand-written handler does in all.
 */
const budgets = {
  coldInitialize: 0.45,
  coldModern: 0.6,
  warm: 2,
  zipKb: 100,
  oauthZipKb: 150,
  synthSeconds: 0.5,
  synthMb: 150,
};
const MIN_SAMPLES = 15;
const WARM_CALLS = 4_000;
const WARM_SAMPLES = 5;

interface Figures {
  readonly zipKb: number;
  /** Milliseconds over the empty handler. */
  readonly cold: Readonly<Record<Era, number>>;
  /** Microseconds. */
  readonly warm: Readonly<Record<Era, number>>;
}

const eras: readonly Era[] = ["initialize", "2026-07-28"];

function measure(bundles: Readonly<Record<Name, Bundle>>, samples: number): Record<Name, Figures> {
  const cold = table();
  const warm = table();
  // One round unmeasured: the files are then in the page cache for everybody.
  for (let round = -1; round < samples; round++) {
    for (const name of names) {
      for (const era of eras) {
        const isWarm = round >= 0 && round < WARM_SAMPLES;
        const times = run(bundles[name].file, era, isWarm ? WARM_CALLS : 0);
        if (round < 0) continue;
        cold[name][era].push(times.cold);
        if (times.warm !== undefined) warm[name][era].push(times.warm * 1000);
      }
    }
  }
  const figures = (name: Name): Figures => ({
    zipKb: bundles[name].zipBytes / 1000,
    cold: byEra((era) => median(cold[name][era]) - median(cold.empty[era])),
    warm: byEra((era) => median(warm[name][era])),
  });
  return byName(figures);
}

function byEra<T>(of: (era: Era) => T): Record<Era, T> {
  return { initialize: of("initialize"), "2026-07-28": of("2026-07-28") };
}
function byName<T>(of: (name: Name) => T): Record<Name, T> {
  return {
    empty: of("empty"),
    "hand-written": of("hand-written"),
    "SDK default": of("SDK default"),
    ours: of("ours"),
  };
}
function table(): Record<Name, Record<Era, number[]>> {
  return byName(() => byEra(() => []));
}

type SynthFigures = ReturnType<typeof measureSynth>;

function judge(figures: Readonly<Record<Name, Figures>>, oauth: OauthFigures, { synth }: SynthFigures) {
  const { ours, "SDK default": sdk, "hand-written": hand } = figures;
  const row = (what: string, value: number, budget: number) => ({ what, value, budget, holds: value <= budget });
  return [
    row("cold, initialize era, of SDK default", ours.cold.initialize / sdk.cold.initialize, budgets.coldInitialize),
    row("cold, 2026-07-28, of SDK default", ours.cold["2026-07-28"] / sdk.cold["2026-07-28"], budgets.coldModern),
    row("warm, initialize era, of hand-written", ours.warm.initialize / hand.warm.initialize, budgets.warm),
    row("warm, 2026-07-28, of hand-written", ours.warm["2026-07-28"] / hand.warm["2026-07-28"], budgets.warm),
    row("zip without the S3 chunk, kB", ours.zipKb, budgets.zipKb),
    row("zip of the OAuth function, kB", oauth.zipKb, budgets.oauthZipKb),
    row("synth of all stacks, s", synth.seconds, budgets.synthSeconds),
    row("synth of all stacks, MB", synth.mb, budgets.synthMb),
  ];
}

function print(
  figures: Readonly<Record<Name, Figures>>,
  oauth: OauthFigures,
  { empty, synth }: SynthFigures,
  verdicts: ReturnType<typeof judge>,
  samples: number,
): void {
  const sdk = figures["SDK default"];
  const columns = ["", "zip kB", "cold L ms", "x SDK", "cold M ms", "x SDK", "warm L µs", "warm M µs"];
  const rows = names.map((name) => {
    const { zipKb, cold, warm } = figures[name];
    const ofSdk = (era: Era) => (cold[era] / sdk.cold[era]).toFixed(2);
    return [
      name,
      zipKb.toFixed(1),
      cold.initialize.toFixed(1),
      ofSdk("initialize"),
      cold["2026-07-28"].toFixed(1),
      ofSdk("2026-07-28"),
      warm.initialize.toFixed(0),
      warm["2026-07-28"].toFixed(0),
    ];
  });
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(14) : cell.padStart(11))).join("");
  console.log(line(columns));
  for (const row of rows) console.log(line(row));
  console.log(`\nL: initialize-era call, M: 2026-07-28 call; medians of ${samples}, cold over the empty handler.`);
  const ofSdk = (era: Era) => (figures.ours.warm[era] / sdk.warm[era]).toFixed(2);
  console.log(`Warm, ours is ${ofSdk("initialize")} (L) and ${ofSdk("2026-07-28")} (M) of the SDK default.`);
  console.log(`OAuth function: ${oauth.cold.toFixed(1)} ms cold, with its first registration.`);
  const whole = ({ seconds, mb }: ProcessFigure) => `${seconds.toFixed(2)} s, ${mb.toFixed(0)} MB`;
  console.log(
    `Synth of all stacks after the type check: ${whole(synth)}; a Node that does nothing: ${whole(empty)}.\n`,
  );
  for (const { what, value, budget, holds } of verdicts) {
    console.log(`${holds ? "holds " : "BROKEN"}  ${what.padEnd(40)} ${value.toFixed(2).padStart(7)}  budget ${budget}`);
  }
}

const { values } = parseArgs({
  options: {
    samples: { type: "string", default: "21" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(usage);
} else {
  const samples = Number(values.samples);
  if (!Number.isInteger(samples) || samples < MIN_SAMPLES) {
    console.error(`--samples must be a whole number of at least ${MIN_SAMPLES}; it is ${values.samples}.`);
    process.exit(2);
  }
  const { bundles, remove } = await makeBundles();
  try {
    const figures = measure(bundles, samples);
    const oauth = await measureOauth(bundles.empty.file, samples);
    const synth = measureSynth();
    const budgets = judge(figures, oauth, synth);
    if (values.json)
      console.log(JSON.stringify({ samples, eras: Object.keys(calls), figures, oauth, synth, budgets }, null, 2));
    else print(figures, oauth, synth, budgets, samples);
  } finally {
    remove();
  }
}
