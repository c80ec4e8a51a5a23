import { once } from "node:events";
import { createServer } from "node:http";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { Superseded } from "./functions.ts";
import { lambdaFunctions } from "./lambda.ts";

const fn = { key: "mcp", name: "remote-mcp-dev-mcp", alias: "live" } as const;
const code = "ab".repeat(32);
const configuration = (change: object = {}) => ({
  Version: "$LATEST",
  CodeSha256: Buffer.from(code, "hex").toString("base64"),
  RevisionId: "r1",
  State: "Active",
  LastUpdateStatus: "Successful",
  ...change,
});

interface Answer {
  status: number;
  error?: string;
  body: object;
}

/** Lambda's HTTP API with the answers a test queues; the SDK's client in front of it is the real one. */
describe("Lambda through the SDK", () => {
  const answers: Answer[] = [];
  const requests: { method: string; url: string; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    requests.push({ method: request.method ?? "", url: request.url ?? "", body });
    const answer = answers.shift() ?? { status: 500, error: "ServiceException", body: { message: "no answer queued" } };
    const headers = { "Content-Type": "application/json", ...(answer.error && { "x-amzn-ErrorType": answer.error }) };
    response.writeHead(answer.status, headers).end(JSON.stringify(answer.body));
  });
  const says = (status: number, body: object, error?: string) =>
    answers.push({ status, body, ...(error && { error }) });
  let port = 0;

  beforeEach(async () => {
    answers.length = 0;
    requests.length = 0;
    await once(server.listen(0, "127.0.0.1"), "listening");
    const address = server.address();
    port = typeof address === "object" && address ? address.port : 0;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await once(server.close(), "close");
  });

  const functions = (maxAttempts = 8) =>
    lambdaFunctions(
      new LambdaClient({
        region: "ap-northeast-1",
        endpoint: `http://127.0.0.1:${port}`,
        credentials: { accessKeyId: "test", secretAccessKey: "test" },
        maxAttempts,
      }),
      1,
    );

  it("waits out a throttled control plane", async () => {
    for (let i = 0; i < 3; i++) says(429, { message: "Rate exceeded" }, "TooManyRequestsException");
    says(200, { FunctionVersion: "7", Description: "", RevisionId: "r1" });
    expect(await functions().alias(fn)).toEqual({ version: "7", description: "", revision: "r1" });
    expect(requests).toHaveLength(4);
  });

  it("says what to do about expired credentials", async () => {
    says(403, { message: "The security token included in the request is expired" }, "ExpiredTokenException");
    await expect(functions().alias(fn)).rejects.toThrow(/is expired\). Get new ones and run the same command again/);
  });

  it("says what to do about an environment that is not there", async () => {
    says(404, { Message: "Function not found: arn" }, "ResourceNotFoundException");
    await expect(functions().alias(fn)).rejects.toThrow("Has Terraform been applied to this environment");
  });

  it("tells a stale revision and a change in progress from failures", async () => {
    says(412, { message: "The RevisionId provided does not match" }, "PreconditionFailedException");
    await expect(functions().moveAlias(fn, { version: "8", description: "", revision: "r0" })).rejects.toThrow(
      Superseded,
    );
    says(409, { message: "An update is in progress" }, "ResourceConflictException");
    await expect(functions(1).updateCode(fn, { bucket: "b", key: "k" }, "r0")).rejects.toThrow(Superseded);
  });

  it("moves an alias only from the revision it has seen, and takes weights away", async () => {
    says(200, { FunctionVersion: "8", Description: "d", RevisionId: "r2" });
    await functions().moveAlias(fn, { version: "8", description: "d", revision: "r1" });
    expect(requests[0]).toMatchObject({ method: "PUT", url: `/2015-03-31/functions/${fn.name}/aliases/live` });
    expect(JSON.parse(requests[0]?.body ?? "")).toEqual({
      FunctionVersion: "8",
      Description: "d",
      RevisionId: "r1",
      RoutingConfig: { AdditionalVersionWeights: {} },
    });
  });

  it("waits until Lambda has taken over the code, and publishes exactly that", async () => {
    says(200, configuration({ LastUpdateStatus: "InProgress" }));
    says(200, configuration({ LastUpdateStatus: "InProgress", RevisionId: "r2" }));
    says(200, configuration({ RevisionId: "r3" }));
    const latest = await functions().updateCode(fn, { bucket: "b", key: "k" }, "r1");
    expect(latest).toMatchObject({ codeSha256: code, revision: "r3" });
    says(201, configuration({ Version: "9" }));
    expect(await functions().publish(fn, latest, "release x")).toMatchObject({ version: "9" });
    expect(JSON.parse(requests.at(-1)?.body ?? "")).toMatchObject({
      CodeSha256: configuration().CodeSha256,
      RevisionId: "r3",
    });
  });

  it("stops where somebody else gave the function other code in between", async () => {
    says(200, configuration({ LastUpdateStatus: "InProgress" }));
    says(200, configuration({ CodeSha256: Buffer.from("cd".repeat(32), "hex").toString("base64") }));
    await expect(functions().updateCode(fn, { bucket: "b", key: "k" }, "r1")).rejects.toThrow(Superseded);
  });

  it("repeats why Lambda could not take over the code", async () => {
    says(200, configuration());
    says(200, configuration({ LastUpdateStatus: "Failed", LastUpdateStatusReason: "The subnet is gone" }));
    await expect(functions().updateCode(fn, { bucket: "b", key: "k" }, "r1")).rejects.toThrow("The subnet is gone");
  });

  it("sees a changed variable, and no change in the order of subnets", async () => {
    const vpc = (...SubnetIds: string[]) => ({ VpcConfig: { SubnetIds }, Environment: { Variables: { A: "1" } } });
    says(200, configuration({ Version: "3", ...vpc("a", "b") }));
    const version = await functions().snapshot(fn, "3");
    says(200, configuration(vpc("b", "a")));
    expect((await functions().snapshot(fn, "$LATEST")).settings).toEqual(version.settings);
    says(200, configuration({ ...vpc("a", "b"), Environment: { Variables: { A: "2" } } }));
    expect((await functions().snapshot(fn, "$LATEST")).settings).not.toEqual(version.settings);
  });
});
