import { describe, expect, it } from "@jest/globals";
import { PLACEHOLDER, rotateSecrets } from "@remote-mcp/server/oauth/sealing-secrets";
import { probes } from "../src/deploy/probe.ts";
import { httpModel } from "./http-model.ts";

const resource = "https://d1.cloudfront.net/mcp";

describe("the direct call of the real OAuth function", () => {
  it("is refused with a hint until the sealing secret is written, and registers a client from then on", async () => {
    let value = PLACEHOLDER;
    await using ssm = await httpModel(() => ({ body: { Parameter: { Value: value } } }));
    Object.assign(process.env, {
      RESOURCE: resource,
      SCOPES: "read,write",
      COGNITO_ORIGIN: "https://mcp-dev.auth.ap-northeast-1.amazoncognito.com",
      COGNITO_CLIENT_ID: "browser",
      MACHINE_CLIENT_IDS: "machine",
      SEALING_PARAMETER: "/remote-mcp-dev/sealing-secret",
      CLIENTS: JSON.stringify({ configured: [], denied: [], redirectUris: [] }),
      AWS_REGION: "ap-northeast-1",
      AWS_ACCESS_KEY_ID: "a",
      AWS_SECRET_ACCESS_KEY: "b",
      AWS_ENDPOINT_URL_SSM: ssm.url,
    });
    const { handler } = await import("@remote-mcp/server/oauth/index");
    const invoke = async (event: unknown) => Buffer.from(JSON.stringify(await handler(event)));
    const facts = { mcpUrl: resource, machine: { clientId: "machine", scope: `${resource}/read` }, tools: [] };

    await expect(probes.oauth(invoke, facts)).rejects.toThrow(
      /answered 5\d\d .*Has its sealing secret been written\?/s,
    );
    value = JSON.stringify(rotateSecrets(undefined));
    expect(await probes.oauth(invoke, facts)).toBe("registers a client");
  });
});
