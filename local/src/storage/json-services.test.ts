import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeSecretCommand, GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DeleteParameterCommand, GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Json } from "../terraform/json.ts";
import { loadResources } from "../terraform/resources.ts";
import { serveOnLoopback } from "./loopback.ts";
import { createSecretsManager } from "./secrets-manager.ts";
import { createSsm } from "./ssm.ts";

const load = (resource: Json) =>
  loadResources({ provider: { aws: [{ region: "ap-northeast-1" }] }, resource }, { port: 3000, seed: "test" });
const settings = (endpoint: string) => ({
  endpoint,
  region: "ap-northeast-1",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
  maxAttempts: 1,
});

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve(handler: (request: Request) => Promise<Response>): Promise<string> {
  const server = await serveOnLoopback(handler);
  closing.push(server.close);
  return server.url;
}

describe("Secrets Manager", () => {
  const resources = load({
    aws_secretsmanager_secret: { machine: { name: "dev/machine" }, empty: { name: "dev/empty" } },
    aws_secretsmanager_secret_version: {
      machine: { secret_id: `\${aws_secretsmanager_secret.machine.id}`, secret_string: '{"client_id":"x"}' },
    },
  });
  const open = async () => {
    const client = new SecretsManagerClient(settings(await serve(createSecretsManager(resources))));
    closing.push(() => client.destroy());
    return client;
  };

  it("gives the secret's string by name, ARN and ARN without its random end", async () => {
    const client = await open();
    const arn = String(resources.byAddress("aws_secretsmanager_secret.machine").values.arn);
    for (const SecretId of ["dev/machine", arn, arn.slice(0, -7)])
      expect(await client.send(new GetSecretValueCommand({ SecretId }))).toMatchObject({
        ARN: arn,
        Name: "dev/machine",
        SecretString: '{"client_id":"x"}',
        VersionStages: ["AWSCURRENT"],
        CreatedDate: expect.any(Date),
      });
  });

  it("does not find other secrets, nor one that has no value yet", async () => {
    const client = await open();
    for (const SecretId of ["dev/other", "dev/empty"])
      await expect(client.send(new GetSecretValueCommand({ SecretId }))).rejects.toMatchObject({
        name: "ResourceNotFoundException",
      });
  });

  it("refuses what it does not serve with the service's own error", async () => {
    const client = await open();
    await expect(client.send(new DescribeSecretCommand({ SecretId: "dev/machine" }))).rejects.toMatchObject({
      name: "UnknownOperationException",
      $metadata: { httpStatusCode: 400 },
    });
    const url = await serve(createSecretsManager(resources));
    expect(await (await fetch(url)).json()).toMatchObject({ __type: "UnknownOperationException" });
    const anonymous = await fetch(url, {
      method: "POST",
      headers: { "x-amz-target": "secretsmanager.GetSecretValue" },
    });
    expect(await anonymous.json()).toMatchObject({ __type: "MissingAuthenticationTokenException" });
  });
});

describe("Parameter Store", () => {
  const Name = "/dev/sealing-secret";
  const resources = load({
    aws_ssm_parameter: { seal: { name: Name, type: "SecureString", value: "placeholder" } },
  });
  let stateDir: string;
  const warnings: string[] = [];
  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), "ssm-"));
  });
  afterEach(() => rmSync(stateDir, { recursive: true }));

  const open = async () => {
    const client = new SSMClient(
      settings(await serve(createSsm({ resources, stateDir, warn: (message) => warnings.push(message) }))),
    );
    closing.push(() => client.destroy());
    return client;
  };
  const get = async (client: SSMClient, more: { Name?: string; WithDecryption?: boolean } = {}) =>
    (await client.send(new GetParameterCommand({ Name, WithDecryption: true, ...more }))).Parameter;

  it("gives the stack's value, and a SecureString only to who asks for its decryption", async () => {
    const client = await open();
    expect(await get(client)).toMatchObject({ Name, Type: "SecureString", Value: "placeholder", Version: 1 });
    expect((await get(client, { WithDecryption: false }))?.Value).not.toContain("placeholder");
    await expect(get(client, { Name: "/other" })).rejects.toMatchObject({ name: "ParameterNotFound" });
  });

  it("keeps what was put over a restart, readable by the owner only", async () => {
    const client = await open();
    const put = (more: object = {}) => client.send(new PutParameterCommand({ Name, Value: "secret", ...more }));
    await expect(put()).rejects.toMatchObject({ name: "ParameterAlreadyExists" });
    expect(await put({ Overwrite: true })).toMatchObject({ Version: 2 });
    expect(await get(await open())).toMatchObject({ Value: "secret", Type: "SecureString", Version: 2 });
    expect(statSync(join(stateDir, "parameters.json")).mode & 0o777).toBe(0o600);
  });

  it("starts with the stack's values, and says so, when its file is damaged", async () => {
    writeFileSync(join(stateDir, "parameters.json"), '{"half');
    expect(await get(await open())).toMatchObject({ Value: "placeholder" });
    expect(warnings).toEqual([expect.stringMatching(/parameters\.json is damaged/)]);
  });

  it("refuses other operations, wrong input and bodies that are no JSON", async () => {
    const client = await open();
    await expect(client.send(new DeleteParameterCommand({ Name }))).rejects.toMatchObject({
      name: "UnknownOperationException",
    });
    await expect(get(client, { Name: "" })).rejects.toMatchObject({ name: "ValidationException" });
    const call = (body: string) =>
      createSsm({ resources, stateDir, warn: (message) => warnings.push(message) })(
        new Request("http://127.0.0.1/", {
          method: "POST",
          headers: { "x-amz-target": "AmazonSSM.GetParameter", authorization: "AWS4-HMAC-SHA256 x" },
          body,
        }),
      );
    for (const body of ["", "{", "x".repeat(300_000)])
      expect(await (await call(body)).json()).toMatchObject({ __type: "SerializationException" });
  });
});
