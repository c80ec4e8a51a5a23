import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Job, root, type Step, type Workflow } from "./workflow.ts";

/** Inputs (and whether each is required) and outputs of the pinned actions, from their action.yml at that commit. */
const actions = z
  .record(
    z.string(),
    z.object({
      tag: z.string(),
      commit: z.string(),
      inputs: z.record(z.string(), z.boolean()),
      outputs: z.array(z.string()),
    }),
  )
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, "actions.json"), "utf8")));
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));

/** What docs/deploy.md tells the owner to set. */
export const SECRETS = ["TF_API_TOKEN"];
export const VARIABLES = [
  "TF_CLOUD_ORGANIZATION",
  "AWS_ROLE_ARN",
  "AWS_REGION",
  "ARTIFACTS_BUCKET",
  "PROD_CONFIRMATION",
];

/** `plan` opens to any branch, and so to any workflow that somebody writes there: its token reaches dev alone. */
export const OPEN_ENVIRONMENT = "plan";
/** These open to the branch develop. */
export const CLOSED_ENVIRONMENTS = ["plan-production", "develop", "production"];

/** Everything in which the workflows do not fit each other, their actions or this repository's commands. */
export function problems(workflows: readonly Workflow[]): string[] {
  return workflows.flatMap((workflow) => [
    ...workflowProblems(workflow),
    ...Object.entries(workflow.jobs).flatMap(([id, job]) =>
      [
        ...jobProblems(workflow, job, workflows),
        ...job.steps.flatMap((step) => stepProblems(step).map((text) => `"${step.name}": ${text}`)),
        ...expressionProblems(workflow, job, workflows),
      ].map((text) => `${workflow.file} ${id}: ${text}`),
    ),
  ]);
}

function workflowProblems({ file, text, on, permissions, call, jobs }: Workflow): string[] {
  const found: string[] = [];
  if ("pull_request_target" in on)
    found.push("runs a stranger's code with this repository's tokens (pull_request_target)");
  if (Object.keys(permissions).length > 0) found.push("permissions belong to the jobs");
  for (const { value } of Object.values(call?.outputs ?? {})) {
    const [, job = "", output = ""] = /^\$\{\{ jobs\.([\w-]+)\.outputs\.([\w-]+) \}\}$/.exec(value) ?? [];
    if (!jobs[job]?.outputs[output]) found.push(`the output ${value} is not there`);
  }
  for (const [, action, commit, tag] of text.matchAll(/uses: ([^.\s]\S*)@(\S+)(?: # (\S+))?/g)) {
    const known = actions[action ?? ""];
    if (!known) found.push(`${action} is not among the pinned actions`);
    else if (known.commit !== commit || known.tag !== tag)
      found.push(`${action} is not pinned to ${known.commit} # ${known.tag}`);
  }
  return found.map((problem) => `${file}: ${problem}`);
}

function jobProblems(workflow: Workflow, job: Job, workflows: readonly Workflow[]): string[] {
  const found: string[] = [];
  if (job.permissions === undefined) found.push("has no permissions");
  if (job.secrets === "inherit") found.push("hands over all secrets");
  for (const need of job.needs) if (!workflow.jobs[need]) found.push(`needs ${need}, which is no job`);
  found.push(...environmentProblems(job));
  if (job.uses === undefined) {
    if (job["timeout-minutes"] === undefined) found.push("has no time limit");
    return found;
  }
  const called = workflows.find(({ file }) => job.uses === `./.github/workflows/${file}`);
  if (!called?.call) return [...found, `calls ${job.uses}, which is not there or cannot be called`];
  found.push(
    ...given(
      job.with,
      Object.fromEntries(Object.entries(called.call.inputs).map(([name, { required }]) => [name, required])),
    ),
  );
  for (const name of Object.keys(job.secrets ?? {}))
    if (!called.call.secrets[name]) found.push(`${called.file} takes no secret ${name}`);
  for (const name of Object.keys(called.call.secrets))
    if (!Object.keys(job.secrets ?? {}).includes(name)) found.push(`hands over no ${name}`);
  // GitHub refuses to start a called workflow that asks for more than its caller has.
  for (const inner of Object.values(called.jobs)) {
    for (const [scope, level] of Object.entries(inner.permissions ?? {})) {
      if (job.permissions?.[scope] !== level && job.permissions?.[scope] !== "write")
        found.push(`lacks ${scope}: ${level} for ${called.file}`);
    }
  }
  return found;
}

function environmentProblems(job: Job): string[] {
  const environments = [job.environment, job.with.environment, job.with["plan-environment"]].filter(
    (name) => name !== undefined && !name.startsWith("${{"),
  );
  const workspaces = [job, ...job.steps].map((part) => part.with.workspace).filter((name) => name !== undefined);
  return [
    ...environments
      .filter((name) => ![OPEN_ENVIRONMENT, ...CLOSED_ENVIRONMENTS].includes(name ?? ""))
      .map((name) => `nobody is told to make the environment ${name}`),
    ...workspaces
      .filter((name) => environments.includes(OPEN_ENVIRONMENT) && !name.startsWith("dev-"))
      .map((name) => `reaches ${name} with the token that any branch can use`),
  ];
}

function stepProblems({ uses, with: values, run }: Step): string[] {
  const action = actions[uses?.split("@")[0] ?? ""];
  const found = action ? given(values, action.inputs) : [];
  if (run?.includes("${{")) found.push("puts an expression into a script: pass it by env");
  for (const [, name, args] of run?.matchAll(/npm run -s ([\w:-]+)(?: -- (.*))?/g) ?? []) {
    const script = scripts[name ?? ""];
    if (script === undefined) found.push(`runs ${name}, which package.json does not have`);
    else
      for (const [, flag] of (args ?? "").matchAll(/--([a-z-]+)/g))
        if (!sourceOf(script).includes(flag ?? "")) found.push(`${name} has no --${flag}`);
  }
  return found;
}

function given(values: Readonly<Record<string, string>>, inputs: Readonly<Record<string, boolean>>): string[] {
  return [
    ...Object.keys(values)
      .filter((name) => !(name in inputs))
      .map((name) => `gives ${name}, which is no input`),
    ...Object.entries(inputs)
      .filter(([name, required]) => required && !(name in values))
      .map(([name]) => `does not give ${name}`),
  ];
}

/** Every `inputs.`, `secrets.`, `vars.`, `needs.` and `steps.` that a job mentions, looked up where it must be defined. */
function expressionProblems(workflow: Workflow, job: Job, workflows: readonly Workflow[]): string[] {
  const found: string[] = [];
  const text = JSON.stringify(job);
  const mentioned = (pattern: RegExp) =>
    [...text.matchAll(pattern)].map(([, first = "", second = ""]) => [first, second] as const);
  for (const [name] of mentioned(/(?<![\w.-])inputs\.([\w-]+)/g))
    if (!workflow.inputs.includes(name)) found.push(`there is no inputs.${name}`);
  for (const [name] of mentioned(/(?<![\w.-])secrets\.([\w-]+)/g)) {
    const declared = workflow.call ? name in workflow.call.secrets : SECRETS.includes(name);
    if (!declared) found.push(`there is no secrets.${name}`);
  }
  for (const [name] of mentioned(/(?<![\w.-])vars\.([\w-]+)/g))
    if (!VARIABLES.includes(name)) found.push(`nobody is told to set vars.${name}`);
  for (const [from, output] of mentioned(/(?<![\w.-])needs\.([\w-]+)\.outputs\.([\w-]+)/g)) {
    if (!job.needs.includes(from)) found.push(`uses needs.${from} without needing it`);
    else if (!outputsOf(workflow.jobs[from], workflows).includes(output)) found.push(`${from} has no output ${output}`);
  }
  for (const [id, output] of mentioned(/(?<![\w.-])steps\.([\w-]+)\.outputs\.([\w-]+)/g)) {
    const step = job.steps.find((candidate) => candidate.id === id);
    if (!step) found.push(`there is no step ${id}`);
    else if (!putsOut(step, output)) found.push(`the step ${id} has no output ${output}`);
  }
  return found;
}

function outputsOf(job: Job | undefined, workflows: readonly Workflow[]): string[] {
  const called = workflows.find(({ file }) => job?.uses === `./.github/workflows/${file}`);
  return Object.keys(called?.call?.outputs ?? job?.outputs ?? {});
}

function putsOut({ uses, run }: Step, output: string): boolean {
  if (uses !== undefined) return actions[uses.split("@")[0] ?? ""]?.outputs.includes(output) ?? false;
  const script = scripts[/npm run -s ([\w:-]+)/.exec(run ?? "")?.[1] ?? ""];
  return script !== undefined && new RegExp(`GITHUB_OUTPUT[^;]*(?:\`|\\\\n)${output}=`).test(sourceOf(script));
}

/** The source of the command that a package script runs. */
function sourceOf(script: string): string {
  const file = script.split(" ").find((word) => word.endsWith(".ts"));
  return file === undefined ? "" : readFileSync(join(root, file), "utf8");
}
