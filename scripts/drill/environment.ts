import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateAliasCommand,
  CreateFunctionCommand,
  GetAliasCommand,
  LambdaClient,
  PublishVersionCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { strFromU8, unzipSync, zipSync } from "fflate";
import type { Release } from "../src/release/release.ts";

const FUNCTION = "remote-mcp-dev-mcp";
const FILES = "remote-mcp-dev-files";
export const ARTIFACTS = "remote-mcp-dev-artifacts";
export const MACHINE = { client_id: "machine", client_secret: "not-a-secret" };

/** One environment on the emulator: what Terraform would have made, as far as delivery meets it. */
export class EmulatedEnvironment {
  readonly lambda: LambdaClient;
  readonly #config;
  readonly #resource: string;

  constructor(endpoint: string, resource: string) {
    this.#config = {
      region: "ap-northeast-1",
      endpoint,
      forcePathStyle: true,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    this.lambda = new LambdaClient(this.#config);
    this.#resource = resource;
  }

  /** The function with its placeholder, alias, role, buckets and secret. */
  async create(): Promise<void> {
    const s3 = new S3Client(this.#config);
    for (const Bucket of [FILES, ARTIFACTS]) await s3.send(new CreateBucketCommand({ Bucket }));
    const scope = `${this.#resource}/read ${this.#resource}/write`;
    const secret = { ...MACHINE, domain: new URL(this.#resource).origin, scope };
    await new SecretsManagerClient(this.#config).send(
      new CreateSecretCommand({ Name: "remote-mcp-dev/machine-client", SecretString: JSON.stringify(secret) }),
    );
    const placeholder = zipSync({
      "index.mjs": Buffer.from("export const handler = async () => { throw new Error('placeholder'); };"),
    });
    await this.lambda.send(
      new CreateFunctionCommand({
        FunctionName: FUNCTION,
        Role: await this.#role(),
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Architectures: ["arm64"],
        Code: { ZipFile: placeholder },
        Timeout: 30,
        Environment: { Variables: this.#variables("info") },
      }),
    );
    const { Version } = await this.lambda.send(new PublishVersionCommand({ FunctionName: FUNCTION }));
    await this.lambda.send(new CreateAliasCommand({ FunctionName: FUNCTION, Name: "live", FunctionVersion: Version }));
  }

  /** What a later Terraform run may change: the environment, and nothing of the code. */
  async setLogLevel(level: string): Promise<void> {
    await this.lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: FUNCTION,
        Environment: { Variables: this.#variables(level) },
      }),
    );
  }

  async servedVersion(): Promise<string> {
    const alias = await this.lambda.send(new GetAliasCommand({ FunctionName: FUNCTION, Name: "live" }));
    return alias.FunctionVersion ?? "";
  }

  /** `terraform output -json` of this environment. */
  outputs(): string {
    const values = {
      mcp_url: this.#resource,
      mcp_function_name: FUNCTION,
      mcp_function_alias: "live",
      machine_secret_name: "remote-mcp-dev/machine-client",
    };
    return JSON.stringify(Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])));
  }

  #variables(level: string): Record<string, string> {
    return {
      RESOURCE: this.#resource,
      MACHINE_CLIENT_IDS: MACHINE.client_id,
      BUCKET_NAME: FILES,
      ALLOWED_ORIGINS: "",
      ENVIRONMENT: "dev",
      LOG_LEVEL: level,
    };
  }

  async #role(): Promise<string> {
    const iam = new IAMClient(this.#config);
    const trust = {
      Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
    };
    const created = await iam.send(
      new CreateRoleCommand({
        RoleName: FUNCTION,
        AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", ...trust }),
      }),
    );
    const rights = { Statement: [{ Effect: "Allow", Action: "s3:ListBucket", Resource: `arn:aws:s3:::${FILES}` }] };
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: FUNCTION,
        PolicyName: "function",
        PolicyDocument: JSON.stringify({ Version: "2012-10-17", ...rights }),
      }),
    );
    return created.Role?.Arn ?? "";
  }
}

/** How a release's function behaves. */
export type Make = (real: string) => string;

/** The real bundle, with one line more, so that each release has a digest of its own. */
export const good =
  (mark: string): Make =>
  (real) =>
    `${real}\n// ${mark}`;
/** Fails as it starts: the direct call notices. */
export const brokenAtStart: Make = () => `throw new Error("cannot find the configuration");`;
/** Answers whoever calls it directly, and fails behind the gateway. */
export const brokenBehindGateway: Make = (real) =>
  `${real.replace(/export\s*\{\s*(\w+) as handler\s*\};?/, "const inner = $1;")}
export const handler = (event, context) => { if (event.requestContext.apiId) throw new Error("broken"); return inner(event, context); };`;

/** A release folder as `npm run release` lays it out, of the real zip with its entry changed. */
export function makeRelease(folder: string, realZip: string, n: number, make: Make): string {
  const files = unzipSync(readFileSync(realZip));
  const entry = files["index.mjs"];
  if (!entry) throw new Error(`${realZip} has no index.mjs`);
  const zip = zipSync({ ...files, "index.mjs": Buffer.from(make(strFromU8(entry))) }, { mtime: new Date(1980, 0, 1) });
  mkdirSync(join(folder, "lambda"), { recursive: true });
  writeFileSync(join(folder, "lambda", "mcp.zip"), zip);
  const release: Release = {
    schema: 1,
    commit: String(n).repeat(40).slice(0, 40),
    functions: { mcp: { file: "lambda/mcp.zip", sha256: createHash("sha256").update(zip).digest("hex") } },
    tools: ["list_files", "add", "multiply"],
    files: {},
    versions: {},
  };
  writeFileSync(join(folder, "release.json"), JSON.stringify(release));
  return folder;
}
