// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub's expressions look like JavaScript's
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { CLOSED_ENVIRONMENTS, OPEN_ENVIRONMENT, problems } from "./references.ts";
import { type Job, parseWorkflow, readWorkflows, root } from "./workflow.ts";

const real = readWorkflows();

const jobsOf = (name: string): Readonly<Record<string, Job>> => real.find(({ file }) => file === name)?.jobs ?? {};

/** The repository's workflows with one thing changed in one of them. */
function changed(file: string, from: string | RegExp, to: string) {
  const workflow = real.find((candidate) => candidate.file === file);
  const text = workflow?.text.replace(from, to);
  if (text === undefined || text === workflow?.text) throw new Error(`${file} does not contain ${from}`);
  return real.map((candidate) => (candidate.file === file ? parseWorkflow(file, text) : candidate));
}

describe("the workflows", () => {
  it("fit each other, the pinned actions and this repository's commands", () => {
    expect(problems(real)).toEqual([]);
  });

  it.each([
    [
      "an input of an action that it does not have",
      "ci.yml",
      "speculative: true",
      "spekulative: true",
      "gives spekulative, which is no input",
    ],
    [
      "a required input left out",
      "ci.yml",
      /\n {10}plan: \$\{\{ steps.run.outputs.plan_id \}\}/,
      "\n          token: x",
      "does not give plan",
    ],
    [
      "an output that an action does not have",
      "ci.yml",
      "steps.plan.outputs.destroy",
      "steps.plan.outputs.destroyed",
      "the step plan has no output destroyed",
    ],
    [
      "an output that a command does not write",
      "promote-prod.yml",
      "steps.find.outputs.run-id",
      "steps.find.outputs.run",
      "the step find has no output run",
    ],
    [
      "a step that is not there",
      "ci.yml",
      "steps.upload.outputs",
      "steps.uploaded.outputs",
      "there is no step uploaded",
    ],
    [
      "an action moved to another commit",
      "ci.yml",
      /actions\/checkout@\w+/,
      `actions/checkout@${"0".repeat(40)}`,
      "actions/checkout is not pinned to",
    ],
    [
      "an action pinned by tag",
      "rollback.yml",
      /actions\/checkout@\w+ # \S+/,
      "actions/checkout@v7",
      "actions/checkout is not pinned to",
    ],
    [
      "an unknown action",
      "rollback.yml",
      /actions\/checkout@/,
      "somebody/checkout@",
      "somebody/checkout is not among the pinned actions",
    ],
    [
      "an undefined input",
      "rollback.yml",
      "TO: ${{ inputs.to }}",
      "TO: ${{ inputs.version }}",
      "there is no inputs.version",
    ],
    [
      "an undefined secret",
      "rollback.yml",
      "secrets.TF_API_TOKEN",
      "secrets.TFE_TOKEN",
      "there is no secrets.TFE_TOKEN",
    ],
    [
      "a variable that nobody sets",
      "rollback.yml",
      "vars.AWS_ROLE_ARN",
      "vars.AWS_ROLE",
      "nobody is told to set vars.AWS_ROLE",
    ],
    [
      "a job used without needing it",
      "promote-prod.yml",
      "needs: [find, check, deploy]",
      "needs: [find, deploy]",
      "uses needs.check without needing it",
    ],
    [
      "an output that a called workflow does not have",
      "pr-closed-deploy-develop.yml",
      "needs.deploy.outputs.outputs",
      "needs.deploy.outputs.output",
      "deploy has no output output",
    ],
    [
      "an input that a called workflow does not have",
      "pr-closed-deploy-develop.yml",
      "stack: dev",
      "stak: dev",
      "gives stak, which is no input",
    ],
    [
      "a required input of a called workflow left out",
      "promote-prod.yml",
      /\n {6}stack: prod/,
      "",
      "does not give stack",
    ],
    [
      "a called workflow that is not there",
      "promote-prod.yml",
      "reusable-update-lambda.yml",
      "reusable-update.yml",
      "is not there or cannot be called",
    ],
    [
      "fewer permissions than the called workflow asks for",
      "promote-prod.yml",
      /id-token: write # AWS role\n {4}uses/,
      "id-token: none # AWS role\n    uses",
      "lacks id-token: write",
    ],
    [
      "a secret not handed over",
      "promote-prod.yml",
      /\n {4}secrets:\n {6}TF_API_TOKEN: .*/,
      "",
      "hands over no TF_API_TOKEN",
    ],
    [
      "all secrets handed over",
      "promote-prod.yml",
      /\n {4}secrets:\n {6}TF_API_TOKEN: .*/,
      "\n    secrets: inherit",
      "hands over all secrets",
    ],
    [
      "an expression in a script",
      "ci.yml",
      '--pull-request "$NUMBER"',
      "--pull-request ${{ github.head_ref }}",
      "puts an expression into a script",
    ],
    [
      "a command that does not exist",
      "ci.yml",
      "npm run -s synth",
      "npm run -s synthesize",
      "runs synthesize, which package.json does not have",
    ],
    [
      "an option that a command does not have",
      "rollback.yml",
      "--outputs",
      "--output-file",
      "rollback has no --output-file",
    ],
    [
      "a stranger's code with our tokens",
      "ci.yml",
      "  pull_request:\n",
      "  pull_request_target:\n",
      "pull_request_target",
    ],
    [
      "prod planned with the token of any branch",
      "promote-prod.yml",
      "plan-environment: plan-production",
      "plan-environment: plan",
      "deploy: reaches prod-${{ github.event.repository.name }} with the token that any branch can use",
    ],
    [
      "prod planned for a pull request",
      "ci.yml",
      "workspace: dev-",
      "workspace: prod-",
      "plan: reaches prod-${{ github.event.repository.name }} with the token that any branch can use",
    ],
    [
      "an environment that nobody is told to make",
      "promote-prod.yml",
      "environment: production",
      "environment: prod",
      "nobody is told to make the environment prod",
    ],
    ["a job without a time limit", "ci.yml", /\n {4}timeout-minutes: 30/, "", "has no time limit"],
    [
      "permissions for every job",
      "ci.yml",
      "permissions: {}",
      "permissions: { contents: write }",
      "permissions belong to the jobs",
    ],
  ])("are noticed with %s", (_what, file, from, to, problem) => {
    expect(problems(changed(file, from, to)).join("\n")).toContain(problem);
  });

  it("use the Terraform that the repository is tested with", () => {
    const version = readFileSync(join(root, ".terraform-version"), "utf8").trim();
    const used = real.flatMap(({ text }) => [...text.matchAll(/terraform_version: (\S+)/g)].map(([, found]) => found));
    expect(used).toEqual([version]);
  });

  it("find every environment in docs/deploy.md, each restricted to the branch develop but the one that plans dev", () => {
    const page = readFileSync(join(root, "docs/deploy.md"), "utf8");
    const restricted = /^for e in (.+); do\n.*custom_branch_policies\]=true.*\n.*-f name=develop -f type=branch/m.exec(
      page,
    );
    expect(restricted?.[1]?.split(" ")).toEqual(CLOSED_ENVIRONMENTS);
    for (const name of [OPEN_ENVIRONMENT, ...CLOSED_ENVIRONMENTS])
      expect(page).toContain(`gh secret set TF_API_TOKEN --env ${name}\n`);
  });

  it("deploy what is merged, not what is closed, and never from a fork", () => {
    const jobs = jobsOf("pr-closed-deploy-develop.yml");
    const { validate, "from-fork": fromFork, ...others } = jobs;
    expect(validate?.if).toContain(
      "github.event.pull_request.merged && github.event.pull_request.head.repo.full_name == github.repository",
    );
    expect(fromFork?.if).toContain(
      "github.event.pull_request.merged && github.event.pull_request.head.repo.full_name != github.repository",
    );
    // Everything else waits for that job, directly or not.
    expect(Object.values(others).map(({ needs }) => needs.length > 0)).toEqual([true, true, true]);
  });

  it("ask production's reviewers before they apply, and only then", () => {
    const jobs = jobsOf("reusable-plan-and-deploy-with-tfc.yml");
    expect(jobs.plan?.environment).toBe("${{ inputs.plan-environment }}");
    expect(jobs.apply?.environment).toBe("${{ inputs.environment }}");
    expect(jobs.discard?.environment).toBe("${{ inputs.plan-environment }}");
    const promotion = real.find(({ file }) => file === "promote-prod.yml")?.jobs.deploy;
    expect(promotion?.with).toMatchObject({ environment: "production", "plan-environment": "plan-production" });
  });
});
