import { describe, expect, it } from "@jest/globals";
import { environments } from "../src/config.ts";
import { problems } from "./schema/check.ts";
import { readSchema } from "./schema/schema.ts";
import { everyFlag, type Json, ownDomain, synthesized } from "./stacks.ts";

const schema = readSchema();

describe("the stacks and the schema of the AWS provider 6.25.0", () => {
  for (const [name, environment] of [
    ...environments.map((each) => [each.name, each] as const),
    ["an environment with a domain", ownDomain] as const,
  ])
    it(`finds nothing to object to in ${name}`, () => {
      expect(problems(synthesized(environment), schema)).toEqual([]);
    });

  it("finds nothing to object to in an environment with every flag", () => {
    // The schema of a web ACL nests itself without end and is in no reduced copy; `terraform validate` checks that type.
    expect(problems(synthesized(everyFlag), schema)).toEqual([
      expect.stringContaining("resource aws_wafv2_web_acl is not in"),
    ]);
  });
});

describe("the schema check notices", () => {
  const dev = synthesized(environments[0] ?? everyFlag);
  const broken = (breakIt: (resource: Json) => void): string[] => {
    const copy = structuredClone(dev);
    breakIt(copy.resource);
    return problems(copy, schema);
  };
  const one = (ofType: Json): Json => Object.values(ofType)[0];

  it("an attribute that does not exist", () => {
    expect(broken((r) => (one(r.aws_lambda_function).memory = 1))).toEqual([
      expect.stringMatching(/^aws_lambda_function\.\S+\.memory is unknown/),
    ]);
  });
  it("a missing required attribute", () => {
    expect(broken((r) => delete one(r.aws_lambda_function).role)).toEqual([
      expect.stringContaining(".role is required"),
    ]);
  });
  it("a read-only attribute", () => {
    expect(broken((r) => (one(r.aws_vpc).arn = "arn:x"))).toEqual([expect.stringContaining(".arn is read-only")]);
  });
  it("a value of the wrong shape", () => {
    expect(broken((r) => (one(r.aws_lambda_function).architectures = "arm64"))).toEqual([
      expect.stringContaining(".architectures must be of the type"),
    ]);
    expect(broken((r) => (one(r.aws_vpc).tags = { Name: ["x"] }))).toEqual([expect.stringContaining(".tags must be")]);
  });
  it("an unknown attribute deep inside a block", () => {
    expect(broken((r) => (one(r.aws_cloudfront_distribution).origin[0].custom_origin_config.tls = "x"))).toEqual([
      expect.stringContaining("custom_origin_config[0].tls is unknown"),
    ]);
  });
  it("a missing block", () => {
    expect(broken((r) => delete one(r.aws_cloudfront_distribution).restrictions)).toEqual([
      expect.stringContaining(".restrictions must have 1 to 1 blocks, not 0"),
    ]);
  });
  it("one block too many", () => {
    expect(broken((r) => (one(r.aws_lambda_function).vpc_config = [{}, {}]))).toEqual(
      expect.arrayContaining([expect.stringContaining(".vpc_config must have 0 to 1 blocks, not 2")]),
    );
  });
  it("a type that the reduced schema lacks, and says how to add it", () => {
    expect(broken((r) => (r.aws_internet_gateway = { out: {} }))).toEqual([
      expect.stringMatching(/aws_internet_gateway is not in .*regenerate it with/),
    ]);
  });
});
