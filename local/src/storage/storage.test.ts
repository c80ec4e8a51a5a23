import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { loadResources } from "../terraform/resources.ts";
import { serveOnLoopback } from "./loopback.ts";
import { createStorage, endpointVariables, mountServices } from "./storage.ts";

let folder: string;
let server: Awaited<ReturnType<typeof serveOnLoopback>>;
const environment = { ...process.env };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "storage-"));
  mkdirSync(join(folder, "files"));
  writeFileSync(join(folder, "files", "hello.txt"), "hello");
  const resources = loadResources(
    {
      provider: { aws: [{ region: "ap-northeast-1" }] },
      resource: {
        aws_secretsmanager_secret: { machine: { name: "machine" } },
        aws_secretsmanager_secret_version: { machine: { secret_id: "machine", secret_string: "s3cret" } },
        aws_ssm_parameter: { seal: { name: "/seal", type: "SecureString", value: "sealed" } },
      },
    },
    { port: 3000, seed: "test" },
  );
  const warn = () => undefined;
  const services = await createStorage({ resources, buckets: { mine: join(folder, "files") }, stateDir: folder, warn });
  server = await serveOnLoopback(mountServices(services));
  Object.assign(process.env, endpointVariables(server.url), {
    AWS_REGION: "ap-northeast-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  });
});
afterAll(async () => {
  process.env = environment;
  await server.close();
  rmSync(folder, { recursive: true });
});

describe("the endpoint variables", () => {
  it("send clients without any configuration of their own to the local services", async () => {
    const s3 = new S3Client();
    const secrets = new SecretsManagerClient();
    const ssm = new SSMClient();
    const object = await s3.send(new GetObjectCommand({ Bucket: "mine", Key: "hello.txt" }));
    expect(await object.Body?.transformToString()).toBe("hello");
    expect(await secrets.send(new GetSecretValueCommand({ SecretId: "machine" }))).toMatchObject({
      SecretString: "s3cret",
    });
    expect(await ssm.send(new GetParameterCommand({ Name: "/seal", WithDecryption: true }))).toMatchObject({
      Parameter: { Value: "sealed" },
    });
    for (const client of [s3, secrets, ssm]) client.destroy();
  });

  it("need not name the service where its operations do", async () => {
    const secrets = new SecretsManagerClient({ endpoint: server.url });
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: "machine" }));
    expect(SecretString).toBe("s3cret");
    secrets.destroy();
  });

  it("leave no service that would reach AWS", async () => {
    const response = await fetch(`${endpointVariables(server.url).AWS_ENDPOINT_URL}/`, {
      method: "POST",
      body: "Action=GetCallerIdentity&Version=2011-06-15",
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: "UnknownOperationException" });
  });
});
