import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

export const root = resolve(import.meta.dirname, "../../..");
export const WORKFLOWS = join(root, ".github", "workflows");

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const texts = z.record(z.string(), scalar);
const permissions = z.record(z.string(), z.string());

const step = z.object({
  id: z.string().optional(),
  name: z.string(),
  if: scalar.optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  shell: z.string().optional(),
  with: texts.default({}),
  env: texts.default({}),
});
const job = z.object({
  name: z.string(),
  needs: z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]),
  if: scalar.optional(),
  uses: z.string().optional(),
  with: texts.default({}),
  secrets: z.union([texts, z.literal("inherit")]).optional(),
  environment: z.string().optional(),
  permissions: permissions.optional(),
  "timeout-minutes": z.number().optional(),
  env: texts.default({}),
  outputs: texts.default({}),
  steps: z.array(step).default([]),
});
const input = z.object({ type: z.string(), required: z.boolean().default(false), description: z.string() }).loose();
const trigger = z.object({
  inputs: z.record(z.string(), input).default({}),
  outputs: z.record(z.string(), z.object({ value: z.string() }).loose()).default({}),
  secrets: z.record(z.string(), z.object({ required: z.boolean() }).loose()).default({}),
});
const workflow = z.object({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions,
  concurrency: z.object({ group: z.string(), "cancel-in-progress": z.boolean() }),
  jobs: z.record(z.string(), job),
});

export type Step = z.infer<typeof step>;
export type Job = z.infer<typeof job>;
export type Workflow = z.infer<typeof workflow> & {
  readonly file: string;
  readonly text: string;
  /** What a caller and a person can give and get. */
  readonly call: z.infer<typeof trigger> | undefined;
  readonly inputs: readonly string[];
};

/** @throws when it is not the kind of workflow this repository writes: every job and step named, permissions and concurrency stated. */
export function parseWorkflow(file: string, text: string): Workflow {
  const parsed = workflow.parse(parse(text));
  const of = (name: string) => (name in parsed.on ? trigger.parse(parsed.on[name] ?? {}) : undefined);
  const call = of("workflow_call");
  const inputs = [...Object.keys(call?.inputs ?? {}), ...Object.keys(of("workflow_dispatch")?.inputs ?? {})];
  return { ...parsed, file, text, call, inputs };
}

export function readWorkflows(): Workflow[] {
  const files = readdirSync(WORKFLOWS).filter((file) => file.endsWith(".yml"));
  return files.toSorted().map((file) => parseWorkflow(file, readFileSync(join(WORKFLOWS, file), "utf8")));
}
