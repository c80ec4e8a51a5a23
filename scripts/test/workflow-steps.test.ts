// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a shell script looks like JavaScript's templates
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { readWorkflows } from "../src/workflows/workflow.ts";

const folder = mkdtempSync(join(tmpdir(), "steps-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Prints each argument in brackets, and ends as it is told.
writeFileSync(join(folder, "npm"), '#!/bin/sh\nfor a in "$@"; do printf "[%s]" "$a"; done\nexit "${NPM_EXIT:-0}"\n');
chmodSync(join(folder, "npm"), 0o755);

/** Runs a step's script as GitHub's runner does, with `npm` replaced. */
function runStep(file: string, jobId: string, name: string, env: Record<string, string>) {
  const job = readWorkflows().find((workflow) => workflow.file === file)?.jobs[jobId];
  const step = job?.steps.find((candidate) => candidate.name === name);
  if (!step?.run) throw new Error(`${file} has no step ${name} with a script`);
  const script = join(folder, "step.sh");
  const summary = join(folder, "summary");
  writeFileSync(script, step.run);
  writeFileSync(summary, "");
  // https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
  const flags = step.shell === "bash" ? ["--noprofile", "--norc", "-eo", "pipefail"] : ["-e"];
  const { status, stdout } = spawnSync("bash", [...flags, script], {
    encoding: "utf8",
    env: {
      PATH: [folder, process.env.PATH].join(delimiter),
      RUNNER_TEMP: folder,
      GITHUB_STEP_SUMMARY: summary,
      ...env,
    },
  });
  return { status, stdout, summary: readFileSync(summary, "utf8") };
}

const outputs = '[{"name":"mcp_url","value":"https://h/mcp"},{"name":"quote","value":"\'; exit 9 #$(id)"}]';

describe("the steps' scripts", () => {
  it("hand the outputs to update-lambda unchanged, whatever is in them", () => {
    const { status, stdout } = runStep("reusable-update-lambda.yml", "update", "Update", {
      OUTPUTS: outputs,
      BUCKET: "b",
      DIGEST: "",
    });
    expect(status).toBe(0);
    expect(readFileSync(join(folder, "outputs.json"), "utf8")).toBe(outputs);
    expect(stdout).toBe(`[run][-s][update-lambda][--][--outputs][${folder}/outputs.json][--bucket][b][--digest][]`);
  });

  it("end as update-lambda ends", () => {
    const env = { OUTPUTS: outputs, BUCKET: "b", DIGEST: "", NPM_EXIT: "4" };
    expect(runStep("reusable-update-lambda.yml", "update", "Update", env).status).toBe(4);
  });

  it.each([
    ["", "[--outputs][F]"],
    ["mcp=6,oauth=4", "[--outputs][F][--to][mcp=6,oauth=4]"],
    ["mcp=6; rm -rf ~", "[--outputs][F][--to][mcp=6; rm -rf ~]"],
  ])("roll back to what was asked for and nothing else (%j)", (to, args) => {
    const { stdout } = runStep("rollback.yml", "rollback", "Roll back", { OUTPUTS: outputs, TO: to });
    expect(stdout).toBe(`[run][-s][rollback][--]${args.replace("F", `${folder}/outputs.json`)}`);
  });

  it("fail when the verdict on a run is bad, although its text also goes to the summary", () => {
    const env = { RUN_PAYLOAD: "{}", RUN_LINK: "", NPM_EXIT: "1" };
    const { status, summary } = runStep("reusable-plan-and-deploy-with-tfc.yml", "plan", "Judge", env);
    expect(status).toBe(1);
    expect(summary).toContain("judge-run");
  });

  it("say loudly that a merged fork is not deployed, and how it is", () => {
    const { status, stdout } = runStep("pr-closed-deploy-develop.yml", "from-fork", "Say so", {});
    expect(status).toBe(1);
    expect(stdout).toContain("gh workflow run pr-closed-deploy-develop.yml --ref develop");
  });

  it("say loudly that a fork's pull request was not planned", () => {
    const { status, stdout, summary } = runStep("ci.yml", "plan-skipped", "Say so", {});
    expect(status).toBe(0);
    expect(stdout).toContain("::warning title=No plan::");
    expect(summary).toContain("dev was not planned");
  });
});
