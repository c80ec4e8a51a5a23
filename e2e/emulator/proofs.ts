import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { parseMachineSecret, requestMachineToken } from "@remote-mcp/scripts/machine-token";
import { buildSync } from "esbuild";
import { zipSync } from "fflate";
import * as z from "zod";
import { PROBE_KEY } from "./probe.ts";
import { invoke, publish, release } from "./release.ts";
import type { Outputs } from "./terraform.ts";

const root = join(import.meta.dirname, "..", "..");

/** What the applied stack is asked, each question by the one who would ask it. */
export class Proofs {
  readonly #outputs: Outputs;
  readonly #emulator: string;
  /** The MCP endpoint behind the stage, as the emulator addresses it. */
  readonly #mcp: string;
  readonly #lambda: LambdaClient;
  readonly #s3: S3Client;
  readonly #secrets: SecretsManagerClient;

  constructor(outputs: Outputs, emulator: string) {
    const stage = /^https:\/\/(?<api>[^.]+)\.execute-api\.(?<region>[^.]+)\.amazonaws\.com\/(?<name>.+)$/.exec(
      outputs.stage_url,
    )?.groups;
    if (!stage) throw new Error(`the output stage_url is not the URL of a stage: ${outputs.stage_url}`);
    this.#outputs = outputs;
    this.#emulator = emulator;
    this.#mcp = `${emulator}/_aws/execute-api/${stage.api}/${stage.name}/mcp`;
    const options = {
      endpoint: emulator,
      region: stage.region ?? "",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    this.#lambda = new LambdaClient(options);
    this.#s3 = new S3Client({ ...options, forcePathStyle: true });
    this.#secrets = new SecretsManagerClient(options);
  }

  /** Puts one file into the files bucket and the built zip behind the alias. */
  async release(): Promise<string> {
    await this.#s3.send(
      new PutObjectCommand({ Bucket: this.#outputs.files_bucket_name, Key: PROBE_KEY, Body: "seeded\n" }),
    );
    const zip = readFileSync(join(root, "server", "dist", "mcp.zip"));
    const version = await publish(this.#lambda, this.#outputs.mcp_function_name, zip);
    await release(this.#lambda, this.#outputs.mcp_function_name, this.#outputs.mcp_function_alias, version);
    return `${zip.length} bytes, alias ${this.#outputs.mcp_function_alias} at version ${version}`;
  }

  /** A caller without a token is told where to get one (RFC 9728 section 5.1). */
  async challenge(): Promise<string> {
    const response = await fetch(this.#mcp, { method: "POST", body: "{}" });
    await response.body?.cancel();
    const challenge = response.headers.get("www-authenticate") ?? "";
    const wanted = `resource_metadata="${this.#outputs.host_url}/.well-known/oauth-protected-resource/mcp"`;
    if (response.status !== 401 || !challenge.startsWith("Bearer ") || !challenge.includes(wanted))
      throw new Error(`expected 401 and Bearer ${wanted}, got ${response.status} and "${challenge}"`);
    return "401, WWW-Authenticate names the metadata";
  }

  /** A machine with the secret's credentials sees the file: the gateway lets the token through, S3 the function's role. */
  async listFiles(): Promise<string> {
    const { SecretString } = await this.#secrets.send(
      new GetSecretValueCommand({ SecretId: this.#outputs.machine_secret_name }),
    );
    const token = await requestMachineToken(`${this.#emulator}/oauth2/token`, parseMachineSecret(SecretString ?? ""));
    const client = new Client({ name: "emulator", version: "1.0.0" });
    const transport = new StreamableHTTPClientTransport(new URL(this.#mcp), {
      requestInit: { headers: { Authorization: `Bearer ${token.accessToken}` } },
    });
    // The SDK declares `sessionId` without `| undefined`, which exactOptionalPropertyTypes tells apart.
    await client.connect(transport as Parameters<typeof client.connect>[0]);
    try {
      const result = await client.callTool({ name: "list_files", arguments: {} });
      const listed = JSON.stringify(result.structuredContent ?? result.content);
      if (result.isError || !listed.includes(PROBE_KEY)) throw new Error(`list_files answered ${listed}`);
      return listed;
    } finally {
      await client.close();
    }
  }

  /** From inside, with the function's role: what the tools need is allowed, everything else is denied. */
  async permissions(): Promise<string> {
    const version = await publish(this.#lambda, this.#outputs.mcp_function_name, probeZip());
    const outcomes = z
      .record(z.string(), z.string())
      .parse(await invoke(this.#lambda, this.#outputs.mcp_function_name, version));
    const allowed = new Set(["s3:ListBucket", "s3:GetObject"]);
    for (const [action, outcome] of Object.entries(outcomes)) {
      const wanted = allowed.has(action) ? /^allowed$/ : /^AccessDenied(Exception)?$/;
      if (!wanted.test(outcome)) throw new Error(`${action} is "${outcome}" for the function's role`);
    }
    const denied = Object.keys(outcomes).filter((action) => !allowed.has(action));
    return `denied: ${denied.join(", ")}`;
  }
}

/** The probe with the SDK inside: the emulator's runtime brings only imitations of it. */
function probeZip(): Uint8Array {
  const { outputFiles } = buildSync({
    entryPoints: [join(import.meta.dirname, "probe.ts")],
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    target: "node24",
  });
  const code = outputFiles[0]?.contents;
  if (!code) throw new Error("esbuild wrote no probe");
  return zipSync({ "index.js": code });
}
