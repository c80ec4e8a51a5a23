import { afterAll, describe, expect, it } from "@jest/globals";
import { App, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { MockRoute } from "../src/constructs/mock-route.ts";
import type { Place } from "../src/constructs/place.ts";
import { RestApi } from "../src/constructs/rest-api.ts";
import { Stage, type StageProps } from "../src/constructs/stage.ts";
import { environment, type Json, outdir, removeOutdirs, synthesized } from "./stacks.ts";

afterAll(removeOutdirs);

const only = (ofType: Json): Json => {
  const values = Object.values(ofType);
  expect(values).toHaveLength(1);
  return values[0];
};

const place: Place = {
  environment: "test",
  name: "test",
  region: "ap-northeast-1",
  account: "000000000000",
  boundaryArn: "arn:aws:iam::000000000000:policy/test",
  logRetentionDays: 30,
  deletionProtection: false,
};

/** A stage of an API with one route. */
function stage(changes: Partial<StageProps> & { body?: string } = {}): Json {
  const { body = "{}", ...props } = changes;
  const stack = new TerraformStack(new App({ outdir: outdir(), skipValidation: true }), "test");
  const api = new RestApi(stack, "api", { place, onlyByDomain: false });
  const routes = new Construct(stack, "routes");
  const route = { apiId: api.id, resourceId: api.rootResourceId, status: 200, headers: {} };
  new MockRoute(routes, "root", { ...route, method: "GET", body });
  new Stage(stack, "stage", {
    place,
    api,
    contents: [api, routes],
    dependencies: { host: "example.com" },
    throttle: { burst: 2, rate: 1 },
    methodThrottles: {},
    xray: false,
    waf: false,
    ...props,
  });
  return stack.toTerraform();
}

const triggers = (stack: Json): Json => only(stack.resource.aws_api_gateway_deployment).triggers;

describe("the deployment of the API", () => {
  it("is made anew when a route changes", () => {
    expect(triggers(stage({ body: '{"other":true}' }))).not.toEqual(triggers(stage()));
  });
  it("is made anew when something changes that the routes only refer to", () => {
    expect(triggers(stage({ dependencies: { host: "other.example.com" } }))).not.toEqual(triggers(stage()));
  });
  it("stays when throttles, logs or the rest of the stage change", () => {
    expect(triggers(stage({ throttle: { burst: 9, rate: 9 }, xray: true }))).toEqual(triggers(stage()));
  });

  const dev = synthesized(environment("dev"));
  it("of a whole environment is made anew when the MCP route's time limit changes", () => {
    const mcp = { memoryMb: 256, timeoutSeconds: 61 };
    expect(triggers(synthesized(environment("dev", { mcp })))).not.toEqual(triggers(dev));
  });
  it("of a whole environment stays when the function, the network or the logs change", () => {
    const mcp = { memoryMb: 1024, timeoutSeconds: 60 };
    const other = environment("dev", {
      mcp,
      cidr: "10.9.0.0/16",
      logRetentionDays: 7,
      allowedOrigins: ["https://x.y"],
    });
    expect(triggers(synthesized(other))).toEqual(triggers(dev));
  });

  it("waits for everything it contains, and is replaced before its predecessor goes", () => {
    const { depends_on, lifecycle } = only(dev.resource.aws_api_gateway_deployment);
    const contained = Object.entries<Json>(dev.resource)
      .filter(([type]) => /^aws_api_gateway_/.test(type) && !/_(deployment|stage|method_settings)$/.test(type))
      .flatMap(([type, named]) => Object.keys(named).map((name) => `${type}.${name}`));
    expect([...depends_on].sort()).toEqual(contained.sort());
    expect(lifecycle).toEqual({ create_before_destroy: true });
  });
  it("depends on the host's name, the function's alias and the authorizer", () => {
    expect(triggers(dev)).toEqual({
      configuration: expect.stringMatching(/^[0-9a-f]{64}$/),
      host: expect.stringMatching(/^\$\{aws_cloudfront_distribution\.\S+\.domain_name\}$/),
      alias: expect.stringMatching(/^\$\{aws_lambda_alias\.\S+\.arn\}$/),
      oauthAlias: expect.stringMatching(/^\$\{aws_lambda_alias\.oauth\S+\.arn\}$/),
      authorizer: expect.stringMatching(/^\$\{aws_api_gateway_authorizer\.\S+\.id\}$/),
    });
  });
});
