import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { adapt, expectedDrift, PROVIDER_VERSION, type Stack } from "./adaptations.ts";
import type { Credentials } from "./bootstrapped.ts";
import { runProgram } from "./run-program.ts";

const outputs = z.object({
  host_url: z.object({ value: z.string() }),
  stage_url: z.object({ value: z.string() }),
  mcp_function_name: z.object({ value: z.string() }),
  mcp_function_alias: z.object({ value: z.string() }),
  files_bucket_name: z.object({ value: z.string() }),
  machine_secret_name: z.object({ value: z.string() }),
});
/** What the applied stack says about itself. */
export type Outputs = { readonly [name in keyof z.infer<typeof outputs>]: string };

const values = z.record(z.string(), z.unknown()).nullable();
const plan = z.object({
  resource_changes: z.array(
    z.object({
      address: z.string(),
      type: z.string(),
      change: z.object({ actions: z.array(z.string()), before: values, after: values }),
    }),
  ),
});

/**
 * Ten at once is made for AWS, which throttles; here most of the time is one small request after the other. Not for apply: at
 * forty, on a busy machine, the emulator answered AddPermission with 409 until the provider gave up (seen once).
 */
const PARALLEL = "-parallelism=40";

/** Terraform in one folder, against one endpoint. */
export class Terraform {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #signal: AbortSignal;

  constructor(folder: string, endpoint: string, signal: AbortSignal) {
    this.#folder = folder;
    this.#signal = signal;
    this.#env = { ...process.env, AWS_ENDPOINT_URL: endpoint, TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" };
    // Where it names a missing file Terraform warns at each call; a certificate bundle or profile is of no use here.
    if (!existsSync(process.env.TF_CLI_CONFIG_FILE ?? "")) delete this.#env.TF_CLI_CONFIG_FILE;
    delete this.#env.AWS_CA_BUNDLE;
    delete this.#env.AWS_PROFILE;
  }

  /** @throws with the next step when Terraform finds no provider */
  async init(stack: Stack): Promise<void> {
    writeFileSync(join(this.#folder, "cdk.tf.json"), JSON.stringify(adapt(stack), undefined, 2));
    try {
      await this.#run(undefined, "init", "-no-color", "-input=false");
    } catch (error) {
      if (this.#signal.aborted) throw error;
      throw new Error(
        `${error instanceof Error ? error.message : error}\nTerraform needs hashicorp/aws ${PROVIDER_VERSION}: allow it to reach registry.terraform.io, or put that provider into ~/.terraform.d/plugins (its implied mirror), and run this again.`,
      );
    }
  }

  async apply(credentials: Credentials): Promise<Outputs> {
    await this.#run(credentials, "apply", "-auto-approve", "-no-color", "-input=false");
    const said = outputs.parse(JSON.parse(await this.#run(undefined, "output", "-json")));
    return {
      host_url: said.host_url.value,
      stage_url: said.stage_url.value,
      mcp_function_name: said.mcp_function_name.value,
      mcp_function_alias: said.mcp_function_alias.value,
      files_bucket_name: said.files_bucket_name.value,
      machine_secret_name: said.machine_secret_name.value,
    };
  }

  /**
   * Plans again, right after an apply.
   * @returns the changes, each of which is expected
   * @throws when there are others, or an expected one is not there any more
   */
  async planAgain(credentials: Credentials): Promise<string[]> {
    const file = join(this.#folder, "second.plan");
    await this.#run(credentials, "plan", PARALLEL, "-no-color", "-input=false", `-out=${file}`);
    const { resource_changes } = plan.parse(JSON.parse(await this.#run(undefined, "show", "-json", file)));
    const changes = resource_changes
      .filter(({ change }) => change.actions.join() !== "no-op")
      .map(({ address, type, change: { actions, before, after } }) => {
        const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
        const changed = [...names].filter((name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]));
        return { address, type, line: `${actions.join("/")} ${type}: ${changed.sort().join(", ")}` };
      });
    const expected = expectedDrift.map(
      ({ type, attributes }) => `update ${type}: ${[...attributes].sort().join(", ")}`,
    );
    const surprises = changes.filter(({ line }) => !expected.includes(line));
    const healed = expected.filter((line) => !changes.some((change) => change.line === line));
    if (surprises.length > 0)
      throw new Error(
        `the second plan is not what adaptations.ts expects:\n${surprises.map(({ address, line }) => `${address}: ${line}`).join("\n")}`,
      );
    if (healed.length > 0)
      throw new Error(`expected drift is gone, remove it from adaptations.ts:\n${healed.join("\n")}`);
    return changes.map(({ line }) => line);
  }

  /** @throws when something is left in the state */
  async destroy(credentials: Credentials): Promise<void> {
    await this.#run(credentials, "destroy", "-auto-approve", "-no-color", "-input=false");
    const left = (await this.#run(undefined, "state", "list")).trim();
    if (left !== "") throw new Error(`terraform destroy left in the state:\n${left}`);
  }

  #run(credentials: Credentials | undefined, ...args: string[]): Promise<string> {
    const env = credentials && {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
    };
    return runProgram("terraform", args, { cwd: this.#folder, env: { ...this.#env, ...env }, signal: this.#signal });
  }
}
