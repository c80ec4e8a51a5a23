import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { applyRoleName, boundaryName, environments, namePrefix } from "@remote-mcp/infra/config";
import { adaptations, expectedDrift, type Stack, stackSchema } from "./adaptations.ts";
import { BootstrappedAccount, type Credentials } from "./bootstrapped.ts";
import { KINDS, kindsNamed } from "./leftovers.ts";
import { installMinistack, startMinistack } from "./ministack.ts";
import { Proofs } from "./proofs.ts";
import { Terraform } from "./terraform.ts";

const HELP = `usage: pnpm emulator [--list]

Applies the synthesized dev stack with the real Terraform to MiniStack, an emulator of AWS that runs here without Docker,
publishes the built function, calls it through the REST API, plans again and destroys everything. Three minutes at most.

Needs \`pnpm synth\` and \`pnpm build\` before, and terraform and python3 on PATH.

  --list   print how the applied stack differs from the synthesized one, and end
  --help   this text
`;

const root = join(import.meta.dirname, "..", "..");
const STACKS = join(root, "cdktf.out", "stacks");
const dev = devEnvironment();
const bootstrapRoles = [`${namePrefix(dev.name)}-plan`, applyRoleName(dev.name)] as const;
const WORK = join(root, ".local", "emulator");

const { values } = parseArgs({ options: { list: { type: "boolean" }, help: { type: "boolean", short: "h" } } });
if (values.help) process.stdout.write(HELP);
else if (values.list) list();
else process.exitCode = await main();

function devEnvironment() {
  const found = environments.find(({ name }) => name === "dev");
  if (!found) throw new Error("infra/src/config.ts has no environment named dev.");
  return found;
}

function list(): void {
  const entries = [
    ...adaptations.map(({ what, why }) => `${what}\n    ${why}`),
    ...expectedDrift.map(
      ({ type, attributes }) =>
        `second plan changes ${type}: ${attributes.join(", ")}\n    the emulator does not return it`,
    ),
  ];
  process.stdout.write(`${entries.join("\n")}\n`);
}

async function main(): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interrupted.abort());
  const start = performance.now();
  try {
    await prove(interrupted.signal);
    process.stdout.write(`The dev stack applies, works and goes away. ${seconds(start)}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    return interrupted.signal.aborted ? 130 : 1;
  }
}

async function prove(signal: AbortSignal): Promise<void> {
  const executable = await step(
    "install MiniStack",
    () => installMinistack(join(WORK, "venv"), signal),
    () => "",
  );
  const folder = mkdtempSync(join(WORK, "run-"));
  try {
    const emulator = await step(
      "start MiniStack",
      () => startMinistack(executable, folder, signal),
      ({ url }) => url,
    );
    try {
      await applied(folder, emulator.url, signal);
    } catch (error) {
      if (!signal.aborted) process.stderr.write(`${emulator.said()}\n\n`);
      throw error;
    } finally {
      // What is applied lives in the emulator's memory only: with it everything ends, also after an interrupt.
      await emulator.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function applied(folder: string, url: string, signal: AbortSignal): Promise<void> {
  const account = new BootstrappedAccount(readStack("bootstrap"), url, dev.region);
  const { plan, apply } = await step(
    "what bootstrap makes",
    () => bootstrap(account),
    () => "boundary, plan role, apply role",
  );
  const terraform = new Terraform(folder, url, signal);
  await step(
    "terraform init",
    () => terraform.init(synthesized(folder)),
    () => `${adaptations.length} adaptations`,
  );
  const outputs = await step(
    "terraform apply, as the apply role",
    () => terraform.apply(apply),
    ({ host_url }) => host_url,
  );
  const proofs = new Proofs(outputs, url);
  await step("publish the built function", () => proofs.release());
  await step("call without a token", () => proofs.challenge());
  await step("list_files with a machine token", () => proofs.listFiles());
  await step("the function's role from inside", () => proofs.permissions());
  await step(
    "second plan, as the plan role",
    () => terraform.planAgain(plan),
    (changes) => `only the expected ${changes.join("; ") || "nothing"}`,
  );
  await step("terraform destroy", () => destroy(terraform, apply, url));
}

async function bootstrap(account: BootstrappedAccount): Promise<{ plan: Credentials; apply: Credentials }> {
  await account.createBoundary(boundaryName(dev.name));
  const [plan, apply] = bootstrapRoles;
  return { plan: await account.assume(plan), apply: await account.assume(apply) };
}

/** The dev stack; the files beside it are copied to where Terraform runs. */
function synthesized(folder: string): Stack {
  const stack = stackSchema.parse(readStack("dev"));
  for (const file of readdirSync(join(STACKS, "dev")))
    if (file !== "cdk.tf.json") copyFileSync(join(STACKS, "dev", file), join(folder, file));
  return stack;
}

function readStack(name: string): unknown {
  const file = join(STACKS, name, "cdk.tf.json");
  if (!existsSync(file)) throw new Error(`There is no synthesized ${name} stack: run \`pnpm synth\` first.`);
  return JSON.parse(readFileSync(file, "utf8"));
}

/** Destroys, and asks the emulator whether anything is left. */
async function destroy(terraform: Terraform, credentials: Credentials, url: string): Promise<string> {
  const kinds = () => kindsNamed(namePrefix(dev.name), bootstrapRoles, url, dev.region);
  const before = await kinds();
  if (before.length < KINDS) throw new Error(`the emulator listed only ${before.join(", ")} before the destroy`);
  await terraform.destroy(credentials);
  const after = await kinds();
  if (after.length > 0) throw new Error(`terraform destroy left in the emulator: ${after.join(", ")}`);
  return `nothing left of ${KINDS} kinds`;
}

/** Says how one step went and how long it took. */
async function step<T>(name: string, run: () => Promise<T>, describe: (value: T) => string = String): Promise<T> {
  const start = performance.now();
  try {
    const value = await run();
    process.stdout.write(`✓ ${name.padEnd(34)} ${seconds(start).padStart(7)}  ${describe(value)}\n`);
    return value;
  } catch (error) {
    process.stdout.write(`✗ ${name.padEnd(34)} ${seconds(start).padStart(7)}\n`);
    throw error;
  }
}

function seconds(start: number): string {
  return `${((performance.now() - start) / 1_000).toFixed(1)} s`;
}
