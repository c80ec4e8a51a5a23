import { describe, expect, it } from "@jest/globals";
import { loadResources } from "../terraform/resources.ts";
import { endpointsInVpc, functionConfiguration, processEnvironment } from "./configuration.ts";

const stackOf = (fn: object, more: object = {}) =>
  loadResources(
    {
      provider: { aws: [{ region: "r" }] },
      resource: {
        aws_lambda_function: {
          fn: { function_name: "fn", runtime: "nodejs24.x", handler: "index.handler", role: "x", ...fn },
        },
        ...more,
      },
    },
    { port: 1, seed: "x" },
  );
const configurationOf = (fn: object) => functionConfiguration(stackOf(fn).one("aws_lambda_function"));

describe("functionConfiguration", () => {
  it("has Lambda's defaults for what the stack leaves out", () => {
    expect(configurationOf({})).toMatchObject({ memoryMb: 128, timeoutSeconds: 3, version: "$LATEST", inVpc: false });
  });

  it("takes the reserved concurrency, also 0, and -1 for none", () => {
    expect(configurationOf({ reserved_concurrent_executions: 10 }).concurrency).toBe(10);
    expect(configurationOf({ reserved_concurrent_executions: 0 }).concurrency).toBe(0);
    expect(configurationOf({ reserved_concurrent_executions: -1 }).concurrency).toBe(1000);
  });

  it("refuses what it cannot run", () => {
    for (const fn of [
      { runtime: "python3.13" },
      { package_type: "Image" },
      { layers: ["arn:x"] },
      { handler: "index" },
    ])
      expect(() => configurationOf(fn)).toThrow(/cannot run aws_lambda_function\.fn/);
  });
});

describe("processEnvironment", () => {
  it("does not let the stack's variables replace Lambda's own", () => {
    const fn = configurationOf({ environment: { variables: { AWS_REGION: "elsewhere", MINE: "1" } } });
    const environment = processEnvironment(fn, { region: "r", taskRoot: "/task", endpoints: {} });
    expect(environment).toMatchObject({ AWS_REGION: "r", MINE: "1", LAMBDA_TASK_ROOT: "/task" });
  });
});

describe("endpointsInVpc", () => {
  const endpoints = {
    AWS_ENDPOINT_URL: "http://all",
    AWS_ENDPOINT_URL_S3: "http://s3",
    AWS_ENDPOINT_URL_SECRETS_MANAGER: "http://sm",
  };
  const vpcEndpoint = (service: string) => ({
    aws_vpc_endpoint: { one: { service_name: `com.amazonaws.r.${service}` } },
  });

  it("leaves only the services that have an endpoint in the stack", () => {
    const nowhere = "http://127.0.0.1:9";
    expect(endpointsInVpc(endpoints, stackOf({}))).toEqual({ AWS_ENDPOINT_URL: nowhere });
    expect(endpointsInVpc(endpoints, stackOf({}, vpcEndpoint("s3")))).toEqual({
      AWS_ENDPOINT_URL: nowhere,
      AWS_ENDPOINT_URL_S3: "http://s3",
    });
    expect(endpointsInVpc(endpoints, stackOf({}, vpcEndpoint("secretsmanager")))).toEqual({
      AWS_ENDPOINT_URL: nowhere,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: "http://sm",
    });
  });
});
