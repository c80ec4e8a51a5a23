import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { type Answer, httpModel, runScript } from "./http-model.ts";

const folder = mkdtempSync(join(tmpdir(), "commands-"));
const output = join(folder, "output");
beforeEach(() => writeFileSync(output, ""));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("wait-run", () => {
  const state = (status: string, confirmable = false): Answer => ({
    body: { data: { attributes: { status, actions: { "is-confirmable": confirmable } } } },
  });
  const wait = (url: string, ...args: string[]) =>
    runScript("hcp/wait-run.ts", ["--run", "run-1", "--link", "https://app/run-1", ...args], {
      TF_API_TOKEN: "t0ken",
      TF_HOSTNAME_URL: url,
    });

  it("ends well when a person has confirmed the run and it is applied", async () => {
    await using hcp = await httpModel(() => state("applied"));
    expect(await wait(hcp.url)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("is applied") });
    expect(hcp.calls[0]).toMatchObject({ method: "GET", path: "/api/v2/runs/run-1", authorization: "Bearer t0ken" });
  });

  it("fails when a person has discarded it", async () => {
    await using hcp = await httpModel(() => state("discarded"));
    expect(await wait(hcp.url)).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("nothing was applied") });
  });

  it("asks for a person when nobody confirms it in time, and says where", async () => {
    await using hcp = await httpModel(() => state("planned", true));
    expect(await wait(hcp.url, "--minutes", "0")).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining("https://app/run-1"),
    });
  });

  it("says that the token is no longer accepted, and never repeats it", async () => {
    await using hcp = await httpModel(() => ({ status: 401, body: { errors: [] } }));
    const { exitCode, stdout, stderr } = await wait(hcp.url);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Make a new one and store it as TF_API_TOKEN");
    expect(stdout + stderr).not.toContain("t0ken");
  });
});

describe("judge-run", () => {
  const payload = (status: string, IsConfirmable: boolean) =>
    JSON.stringify({ data: { attributes: { status, actions: { IsConfirmable } } } });
  const judgeRun = (status: string, confirmable: boolean, ...args: string[]) =>
    runScript("hcp/judge-run.ts", args, {
      RUN_PAYLOAD: payload(status, confirmable),
      RUN_LINK: "https://app/run-1",
      GITHUB_OUTPUT: output,
    });

  it("hands the next step to the workflow", async () => {
    expect(await judgeRun("planned", true)).toMatchObject({ exitCode: 0 });
    expect(readFileSync(output, "utf8")).toBe("next=apply\n");
  });

  it("stops the workflow where the run will not get anywhere", async () => {
    expect(await judgeRun("errored", false)).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining("The run failed"),
    });
    expect(readFileSync(output, "utf8")).toBe("next=stop\n");
  });

  it("only reports a policy's soft failure of a speculative plan", async () => {
    expect(await judgeRun("policy_soft_failed", false)).toMatchObject({ exitCode: 1 });
    expect(await judgeRun("policy_soft_failed", false, "--speculative")).toMatchObject({ exitCode: 0 });
  });
});

describe("find-release", () => {
  const commit = "ab".repeat(20);
  const artifact = (id: number, run: number, change: object = {}) => ({
    id,
    expired: false,
    created_at: `2026-11-2${id}T00:00:00Z`,
    workflow_run: { id: run, head_sha: commit },
    ...change,
  });
  const run = (change: object = {}) => ({
    path: ".github/workflows/pr-closed-deploy-develop.yml",
    conclusion: "success",
    event: "pull_request",
    head_branch: "a-feature",
    html_url: "https://github.com/o/r/actions/runs/7",
    ...change,
  });
  const find = (url: string) =>
    runScript("github/find-release.ts", ["--release", commit], {
      GITHUB_TOKEN: "t",
      GITHUB_REPOSITORY: "o/r",
      GITHUB_API_URL: url,
      GITHUB_OUTPUT: output,
    });
  const github = (artifacts: object[], runs: Record<string, object>) =>
    httpModel(({ path }) =>
      path.startsWith("/repos/o/r/actions/artifacts?")
        ? { body: { artifacts } }
        : path in runs
          ? { body: runs[path] }
          : undefined,
    );

  it("finds the newest run that built and deployed it", async () => {
    await using api = await github([artifact(1, 6), artifact(2, 7)], { "/repos/o/r/actions/runs/7": run() });
    expect(await find(api.url)).toMatchObject({ exitCode: 0 });
    expect(readFileSync(output, "utf8")).toBe(`run-id=7\nartifact=release-${commit}\n`);
    expect(api.calls[0]?.path).toContain(`name=release-${commit}`);
  });

  it.each([
    ["another workflow made", run({ path: ".github/workflows/ci.yml" }), {}, "it is a run of .github/workflows/ci.yml"],
    ["a failed deployment made", run({ conclusion: "failure" }), {}, "its deployment ended with failure"],
    ["a run on another branch made", run({ event: "workflow_dispatch", head_branch: "mine" }), {}, "it ran on mine"],
    ["has expired", run(), { expired: true }, "its artifact has expired"],
  ])("refuses an artifact that %s", async (_what, from, change, why) => {
    await using api = await github([artifact(1, 7, change)], { "/repos/o/r/actions/runs/7": from });
    const { exitCode, stderr } = await find(api.url);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(why);
    expect(readFileSync(output, "utf8")).toBe("");
  });

  it("says what to do about a release that dev has never seen", async () => {
    await using api = await github([], {});
    expect(await find(api.url)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("Deploy it to dev first"),
    });
  });
});

describe("comment-plan", () => {
  const env = (url: string) => ({
    GITHUB_TOKEN: "t",
    GITHUB_REPOSITORY: "o/r",
    GITHUB_API_URL: url,
    RUN_PAYLOAD: JSON.stringify({ data: { attributes: { status: "planned_and_finished" } } }),
    RUN_LINK: "https://app/run-1",
    PLAN_ADD: "3",
    PLAN_CHANGE: "1",
    PLAN_DESTROY: "0",
  });

  it("writes one comment, and updates that one at the next push", async () => {
    const comments: { id: number; body: string }[] = [{ id: 1, body: "LGTM" }];
    await using api = await httpModel(({ method, path, body }) => {
      if (method === "GET" && path.startsWith("/repos/o/r/issues/5/comments")) return { body: comments };
      const text = (body as { body: string }).body;
      if (method === "POST") comments.push({ id: 2, body: text });
      else comments[1] = { id: 2, body: text };
      return { body: {} };
    });
    await runScript("github/comment-plan.ts", ["--pull-request", "5"], env(api.url));
    const { exitCode } = await runScript("github/comment-plan.ts", ["--pull-request", "5"], {
      ...env(api.url),
      PLAN_ADD: "4",
    });
    expect(exitCode).toBe(0);
    expect(comments).toHaveLength(2);
    expect(comments[1]?.body).toContain("4 to add, 1 to change, 0 to destroy.");
    expect(api.calls.at(-1)).toMatchObject({ method: "PATCH", path: "/repos/o/r/issues/comments/2" });
  });

  it("writes nothing but numbers from the plan into the comment", async () => {
    await using api = await httpModel(({ method }) => (method === "GET" ? { body: [] } : { body: {} }));
    await runScript("github/comment-plan.ts", ["--pull-request", "5"], { ...env(api.url), PLAN_ADD: "<img src=x>" });
    expect(JSON.stringify(api.calls.at(-1)?.body)).toContain("There are no numbers");
    expect(JSON.stringify(api.calls.at(-1)?.body)).not.toContain("<img");
  });
});

describe("github-deployments-delete", () => {
  it("deletes all but the newest deployment of each environment, the active ones too", async () => {
    const deployments = [
      { id: 1, environment: "develop", created_at: "2026-01-01T00:00:00Z" },
      { id: 2, environment: "develop", created_at: "2026-01-02T00:00:00Z" },
      { id: 3, environment: "production", created_at: "2026-01-01T00:00:00Z" },
    ];
    await using api = await httpModel(({ method }) => ({ body: method === "GET" ? deployments : {} }));
    const env = { GITHUB_TOKEN: "t", GITHUB_API_URL: api.url };
    const { exitCode, stdout } = await runScript(
      "github/deployments-delete.ts",
      ["--repository", "o/r", "--json"],
      env,
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ deleted: [1], kept: 2 });
    expect(api.calls.slice(1).map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /repos/o/r/deployments/1/statuses",
      "DELETE /repos/o/r/deployments/1",
    ]);
  });
});

describe("promote", () => {
  it("starts the workflow with the release", async () => {
    await using api = await httpModel(() => ({ status: 204 }));
    const commit = "cd".repeat(20);
    const { exitCode } = await runScript("github/promote.ts", ["--release", commit, "--repository", "o/r"], {
      GITHUB_TOKEN: "t",
      GITHUB_API_URL: api.url,
    });
    expect(exitCode).toBe(0);
    expect(api.calls).toMatchObject([
      {
        method: "POST",
        path: "/repos/o/r/actions/workflows/promote-prod.yml/dispatches",
        body: { ref: "develop", inputs: { release: commit } },
      },
    ]);
  });

  it("takes no short commit ids", async () => {
    expect(await runScript("github/promote.ts", ["--release", "cdcdcd"], { GITHUB_TOKEN: "t" })).toMatchObject({
      exitCode: 1,
    });
  });
});

describe("validate-secrets", () => {
  it("names everything that is missing at once, with the command that sets it", async () => {
    const { exitCode, stdout } = await runScript("validate/secrets.ts", ["--names-only"], {
      GITHUB_ENVIRONMENT_NAME: "develop",
      AWS_ROLE_ARN: "arn",
    });
    expect(exitCode).toBe(1);
    expect(stdout).toContain("✗ TF_API_TOKEN");
    expect(stdout).toContain("gh secret set TF_API_TOKEN --env develop");
    expect(stdout).toContain("gh variable set ARTIFACTS_BUCKET --env develop");
    expect(stdout).toContain("✓ AWS_ROLE_ARN");
  });

  it("really uses each, and never prints the token", async () => {
    const workspace = {
      "execution-mode": "remote",
      "auto-apply": true,
      "working-directory": null,
      "vcs-repo": { identifier: "o/r" },
      locked: false,
      permissions: { "can-queue-apply": true },
    };
    await using model = await httpModel(({ path }) => {
      if (path.startsWith("/api/v2/")) return { body: { data: { id: "ws-1", attributes: workspace } } };
      return { status: 403, body: {} };
    });
    const env = {
      TF_API_TOKEN: "s3cret",
      TF_CLOUD_ORGANIZATION: "org",
      TF_WORKSPACE: "dev-repo",
      AWS_ROLE_ARN: "arn:aws:iam::000000000000:role/releaser",
      ARTIFACTS_BUCKET: "artifacts",
      TF_HOSTNAME_URL: model.url,
      AWS_ENDPOINT_URL: model.url,
      AWS_ACCESS_KEY_ID: "a",
      AWS_SECRET_ACCESS_KEY: "b",
    };
    const { exitCode, stdout, stderr } = await runScript("validate/secrets.ts", [], env);
    expect(exitCode).toBe(1);
    expect(stdout).toContain("✗ HCP Terraform");
    expect(stdout).toContain("connected to a repository");
    expect(stdout).toContain("✗ AWS role");
    expect(stdout).toContain("✗ artifacts bucket");
    expect(stdout + stderr).not.toContain("s3cret");
  });

  it.each([
    ["plans one workspace and cannot apply", ["prod-repo"], false, 0, "✓ no other workspace"],
    ["can apply", ["prod-repo"], true, 1, "the token can apply: give plan-production one of a team"],
    ["sees dev too", ["prod-repo", "dev-repo"], false, 1, "the token reaches dev-repo too"],
  ])(
    "asks what only plans for no AWS role, and tells a token that %s",
    async (_, shown, canApply, wanted, sentence) => {
      const attributes = {
        "execution-mode": "remote",
        "auto-apply": false,
        "working-directory": null,
        "vcs-repo": null,
        locked: false,
        permissions: { "can-queue-apply": canApply },
      };
      await using model = await httpModel(({ path }) =>
        shown.some((name) => path.endsWith(`/workspaces/${name}`))
          ? { body: { data: { id: "ws-1", attributes } } }
          : undefined,
      );
      const { exitCode, stdout } = await runScript("validate/secrets.ts", [], {
        GITHUB_ENVIRONMENT_NAME: "plan-production",
        TF_API_TOKEN: "t0ken",
        TF_CLOUD_ORGANIZATION: "org",
        TF_WORKSPACE: "prod-repo",
        TF_HOSTNAME_URL: model.url,
      });
      expect(stdout).toContain(sentence);
      expect(exitCode).toBe(wanted);
    },
  );
});

describe("bootstrap:check", () => {
  const environment = (url: string) => ({
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: "a",
    AWS_SECRET_ACCESS_KEY: "b",
    TFE_TOKEN: "t",
    TF_CLOUD_ORGANIZATION: "org",
    TF_HOSTNAME_URL: url,
    GITHUB_TOKEN: "t",
    GITHUB_REPOSITORY: "o/another-name",
    GITHUB_API_URL: url,
  });
  const findings = z.array(z.object({ what: z.string(), ok: z.boolean(), text: z.string() }));

  it("finds a new account's concurrency too small, a wrong repository and a wrong organization, and says what to do", async () => {
    await using model = await httpModel(({ path }) => {
      if (path.includes("account-settings"))
        return { body: { AccountLimit: { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 } } };
      if (path === "/repos/o/another-name") return { body: { private: true, full_name: "o/another-name" } };
      return { status: 404, body: {} };
    });
    const { exitCode, stdout } = await runScript("validate/bootstrap.ts", ["--json"], environment(model.url));
    expect(exitCode).toBe(1);
    const text = (what: string) => findings.parse(JSON.parse(stdout)).find((finding) => finding.what === what)?.text;
    expect(text("Lambda concurrency")).toContain(
      "10 in all, 10 unreserved; the environments reserve 10 and Lambda keeps 10. Ask for more",
    );
    expect(text("HCP Terraform")).toContain("shows this token no organization org");
    expect(text("GitHub repository")).toContain("the workspaces are named after secured-remote-mcp-server-on-aws");
  });

  it("is content with an account that has room, and says who confirms prod's plans in a private repository", async () => {
    await using model = await httpModel(({ path }) => {
      if (path.includes("account-settings"))
        return { body: { AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 1000 } } };
      if (path === "/api/v2/organizations/org") return { body: { data: { id: "org" } } };
      if (path.startsWith("/repos/"))
        return { body: { private: true, full_name: "o/secured-remote-mcp-server-on-aws" } };
      return { status: 404, body: {} };
    });
    const { stdout } = await runScript("validate/bootstrap.ts", ["--json"], environment(model.url));
    const found = findings.parse(JSON.parse(stdout));
    const named = (what: string) => found.find((finding) => finding.what === what);
    expect(named("Lambda concurrency")).toMatchObject({ ok: true });
    expect(named("HCP Terraform")).toMatchObject({ ok: true, text: "organization org" });
    expect(named("GitHub repository")).toMatchObject({
      ok: true,
      text: expect.stringContaining("PROD_CONFIRMATION=hcp"),
    });
  });
});
