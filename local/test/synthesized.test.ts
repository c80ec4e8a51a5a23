import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import * as z from "zod";
import { type LocalStack, startStack } from "../src/stack.ts";
import { json } from "../src/terraform/json.ts";
import { fixtures, writePackage } from "./support/deployment-package.ts";
import { machineToken, send } from "./support/http.ts";

// What infra/ synthesizes is what runs: every edit here is one that infra/ could make, and is seen over HTTP. The functions'
// code is a fixture that tells what it was given.

const root = join(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "synthesized-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const block = z.record(z.string(), json);
const synthesized = z.looseObject({
  resource: z.record(z.string(), z.record(z.string(), block)),
  output: z.record(z.string(), z.looseObject({})),
});
type Synthesized = z.infer<typeof synthesized>;
type Block = z.infer<typeof block>;

let text: string;
let prod: string;
let zip: string;
beforeAll(() => {
  const outdir = join(folder, "cdktf.out");
  execFileSync(process.execPath, [join(root, "infra", "src", "main.ts")], {
    env: { ...process.env, CDKTF_OUTDIR: outdir },
  });
  text = readFileSync(join(outdir, "stacks", "dev", "cdk.tf.json"), "utf8");
  prod = readFileSync(join(outdir, "stacks", "prod", "cdk.tf.json"), "utf8");
  zip = writePackage(folder, fixtures);
});

/** Serves the synthesized stack after an edit of its JSON, and gives what `look` sees. */
async function served<T>(
  edit: (stack: Synthesized) => void,
  look: (stack: LocalStack) => Promise<T>,
  source = text,
): Promise<T> {
  const edited = synthesized.parse(JSON.parse(source));
  edit(edited);
  const functions = Object.keys(edited.output).flatMap((name) => /^(.+)_function_name$/.exec(name)?.[1] ?? []);
  const filesDir = join(folder, "files");
  mkdirSync(filesDir, { recursive: true });
  const stack = await startStack({
    stack: json.parse(edited),
    zips: Object.fromEntries(functions.map((key) => [key, zip])),
    port: 0,
    stateDir: join(folder, "state"),
    filesDir,
  });
  try {
    return await look(stack);
  } finally {
    await stack.close();
  }
}

/** The one resource of a type that fits. */
function one({ resource }: Synthesized, type: string, fits: (values: Block) => boolean = () => true): Block {
  const found = Object.values(resource[type] ?? {}).filter(fits);
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} resources of type ${type} fit, not one`);
  return found[0];
}

const unchanged = () => {};
const post = (stack: LocalStack, token?: string) =>
  send(stack.resource, {
    method: "POST",
    headers: [
      ["Content-Type", "application/json"],
      ...(token ? [["Authorization", `Bearer ${token}`] as [string, string]] : []),
    ],
    body: "{}",
  });
const readToken = (stack: LocalStack) => machineToken(stack, `${stack.resource}/read`);

it("serves prod as well as dev", async () => {
  const status = async (stack: LocalStack) => (await post(stack, await readToken(stack))).status;
  expect(await served(unchanged, status, prod)).toBe(200);
});

describe("an edit of the synthesized stack", () => {
  it("a gateway response's status", async () => {
    const status = async (stack: LocalStack) => (await post(stack)).status;
    expect(await served(unchanged, status)).toBe(401);
    const edit = (stack: Synthesized) => {
      one(stack, "aws_api_gateway_gateway_response", (values) => values.response_type === "UNAUTHORIZED").status_code =
        "418";
    };
    expect(await served(edit, status)).toBe(418);
  });

  it("a throttle", async () => {
    const statuses = async (stack: LocalStack) => [(await post(stack)).status, (await post(stack)).status];
    expect(await served(unchanged, statuses)).toEqual([401, 401]);
    const edit = (stack: Synthesized) => {
      one(stack, "aws_api_gateway_method_settings", ({ method_path }) => method_path === "mcp/POST").settings = {
        throttling_burst_limit: 1,
        throttling_rate_limit: 0.001,
      };
    };
    expect(await served(edit, statuses)).toEqual([401, 429]);
  });

  it("the scopes of a method", async () => {
    const seen = async (stack: LocalStack) => {
      const answer = await post(stack, await readToken(stack));
      return {
        status: answer.status,
        challenge: answer.headers["www-authenticate"],
        ran: Object.values(stack.invocations()),
      };
    };
    const before = await served(unchanged, seen);
    expect(before).toMatchObject({ status: 200, challenge: undefined });
    expect(before.ran).toContain(1);
    const edit = (stack: Synthesized) => {
      const method = one(stack, "aws_api_gateway_method", (values) => values.authorization === "COGNITO_USER_POOLS");
      const scopes = z.array(z.string()).parse(method.authorization_scopes);
      method.authorization_scopes = scopes.filter((scope) => !scope.endsWith("/read"));
    };
    const after = await served(edit, seen);
    expect(after).toMatchObject({ status: 403, challenge: expect.stringContaining('error="insufficient_scope"') });
    expect(after.ran).not.toContain(1);
  });

  it("the path of a route", async () => {
    const statuses = async ({ url }: LocalStack) => {
      const path = `${url}/.well-known/openid-configuration`;
      return [(await send(path)).status, (await send(`${path}-2`)).status];
    };
    expect(await served(unchanged, statuses)).toEqual([200, 404]);
    const edit = (stack: Synthesized) => {
      one(stack, "aws_api_gateway_resource", (values) => values.path_part === "openid-configuration").path_part =
        "openid-configuration-2";
    };
    expect(await served(edit, statuses)).toEqual([404, 200]);
  });

  it("an environment variable of the function", async () => {
    const level = async (stack: LocalStack) =>
      JSON.parse((await post(stack, await readToken(stack))).text).env.LOG_LEVEL;
    expect(await served(unchanged, level)).toBe("info");
    const edit = (stack: Synthesized) => {
      const { variables } = z
        .object({ variables: z.record(z.string(), z.string()) })
        .parse(mcpFunction(stack).environment);
      mcpFunction(stack).environment = { variables: { ...variables, LOG_LEVEL: "debug" } };
    };
    expect(await served(edit, level)).toBe("debug");
  });

  it("the function's permission for its caller", async () => {
    const status = async (stack: LocalStack) => (await post(stack, await readToken(stack))).status;
    const edit = ({ resource }: Synthesized) => {
      delete resource.aws_lambda_permission;
    };
    expect(await served(edit, status)).toBe(500);
  });
});

function mcpFunction(stack: Synthesized): Block {
  return one(stack, "aws_lambda_function", ({ environment }) => JSON.stringify(environment).includes("BUCKET_NAME"));
}
