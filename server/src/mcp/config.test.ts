import { describe, expect, it } from "@jest/globals";
import { readConfig } from "./config.ts";

const variables = { RESOURCE: "https://mcp.example/mcp", BUCKET_NAME: "files", ENVIRONMENT: "dev" };

describe("the environment of the function", () => {
  it("adds the resource's own origin to the allowed ones", () => {
    const { allowedOrigins } = readConfig({ ...variables, ALLOWED_ORIGINS: "https://a.example,https://b.example" });
    expect(allowedOrigins).toEqual(["https://mcp.example", "https://a.example", "https://b.example"]);
  });

  it("takes empty lists as empty, not as one empty entry", () => {
    const config = readConfig({ ...variables, MACHINE_CLIENT_IDS: "", ALLOWED_ORIGINS: "" });
    expect(config).toMatchObject({ machineClientIds: [], allowedOrigins: ["https://mcp.example"], logLevel: "info" });
  });

  it.each([
    ["RESOURCE", { RESOURCE: "not a URL" }],
    ["BUCKET_NAME", { BUCKET_NAME: "" }],
    ["LOG_LEVEL", { LOG_LEVEL: "verbose" }],
    ["ENVIRONMENT", { ENVIRONMENT: undefined }],
  ])("names %s where it is wrong", (name, wrong) => {
    expect(() => readConfig({ ...variables, ...wrong })).toThrow(name);
  });
});
