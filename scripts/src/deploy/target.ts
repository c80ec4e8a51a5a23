import { readFileSync } from "node:fs";
import { z } from "zod";
import { CommandError } from "../command.ts";
import { type FunctionKey, functionKeys } from "../release/release.ts";

/** One function of an environment: its name and the alias that callers meet. */
export interface FunctionRef {
  readonly key: FunctionKey;
  readonly name: string;
  readonly alias: string;
}

/** An environment as Terraform's outputs describe it. */
export interface Target {
  /** What is pasted into a client; also the resource of its tokens. */
  readonly mcpUrl: string;
  readonly machineSecretName: string;
  /** The functions of one release, moved together. */
  readonly functions: readonly FunctionRef[];
}

/** Both shapes in which outputs arrive: `terraform output -json`, and the list of tfc-workflows-github's workspace-output. */
const outputsSchema = z.union([
  z
    .record(z.string(), z.object({ value: z.unknown() }))
    .transform((outputs) => Object.entries(outputs).map(([name, { value }]) => ({ name, value }))),
  z.array(z.object({ name: z.string(), value: z.unknown() })),
]);

/** @throws CommandError that says which output is missing and where outputs come from */
export function parseTarget(json: string): Target {
  let outputs: Map<string, unknown>;
  try {
    outputs = new Map(outputsSchema.parse(JSON.parse(json)).map(({ name, value }) => [name, value]));
  } catch {
    throw new CommandError(
      "The outputs are neither `terraform output -json` nor the list of the workspace-output action. Get them with: terraform -chdir=cdktf.out/stacks/<env> output -json > outputs.json",
    );
  }
  const text = (name: string, why = "Has the environment been applied with this version of infra?") => {
    const value = outputs.get(name);
    if (typeof value === "string" && value !== "") return value;
    throw new CommandError(`The outputs have no ${name}. ${why}`);
  };
  const alias = text("mcp_function_alias");
  return {
    mcpUrl: text("mcp_url"),
    machineSecretName: text(
      "machine_secret_name",
      "Delivery tests with a real token, and needs the machine client for it: turn it on in infra/src/config.ts.",
    ),
    functions: functionKeys
      .filter((key) => key === "mcp" || outputs.has(`${key}_function_name`))
      .map((key) => ({ key, name: text(`${key}_function_name`), alias })),
  };
}

/** @param file path of the outputs, `-` for stdin */
export function readTarget(file: string): Target {
  try {
    return parseTarget(readFileSync(file === "-" ? 0 : file, "utf8"));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}
