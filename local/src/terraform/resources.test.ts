import { describe, expect, it } from "@jest/globals";
import type { Json } from "./json.ts";
import { loadResources } from "./resources.ts";

/** `${…}` as Terraform JSON writes it. */
const ref = (expression: string) => `\${${expression}}`;

const load = (resource: Json, output: Json = {}, port = 3000) =>
  loadResources({ provider: { aws: [{ region: "ap-northeast-1" }] }, resource, output }, { port, seed: "test" });

const front = { aws_cloudfront_distribution: { host: {} } };
const pool = { aws_cognito_user_pool: { people: { name: "people" } } };

describe("loadResources", () => {
  it("resolves references between resources in any order, also inside JSON texts", () => {
    const policy = JSON.stringify({ Resource: `${ref("aws_s3_bucket.files.arn")}/*` });
    const resources = load({
      aws_s3_bucket_policy: { files: { bucket: ref("aws_s3_bucket.files.id"), policy } },
      aws_s3_bucket: { files: { bucket: "my-files" } },
    });
    const { values } = resources.byAddress("aws_s3_bucket_policy.files");
    expect(values).toMatchObject({ bucket: "my-files", policy: '{"Resource":"arn:aws:s3:::my-files/*"}' });
  });

  it("keeps the type of a value that is one reference", () => {
    const data = { aws_availability_zones: { all: { state: "available" } } };
    const resource = { aws_subnet: { a: { availability_zone: ref("data.aws_availability_zones.all.names[1]") } } };
    const stack = { provider: { aws: [{ region: "ap-northeast-1" }] }, data, resource };
    const resources = loadResources(stack, { port: 1, seed: "x" });
    expect(resources.one("aws_subnet").values.availability_zone).toBe("ap-northeast-1c");
  });

  it("gives the same ids for the same seed and others for another", () => {
    const id = (seed: string) =>
      loadResources({ provider: { aws: [{ region: "r" }] }, resource: pool }, { port: 1, seed }).one(
        "aws_cognito_user_pool",
      ).values.id;
    expect(id("a")).toBe(id("a"));
    expect(id("a")).not.toBe(id("b"));
    expect(id("a")).toMatch(/^r_[A-Za-z0-9]{9}$/);
  });

  it("makes CloudFront's origin and Cognito's hosts local wherever they stand, and no look-alike", () => {
    const resources = load(
      {
        ...front,
        ...pool,
        aws_cognito_user_pool_domain: {
          login: {
            domain: `mcp-dev-${ref(`substr(sha256("\${aws_cognito_user_pool.people.id}"), 0, 8)`)}`,
            user_pool_id: "x",
          },
        },
      },
      {
        mcp_url: { value: `https://${ref("aws_cloudfront_distribution.host.domain_name")}/mcp` },
        issuer: { value: `see https://${ref("aws_cognito_user_pool.people.endpoint")}.` },
        login: {
          value: `https://${ref("aws_cognito_user_pool_domain.login.domain")}.auth.ap-northeast-1.amazoncognito.com/login`,
        },
        other: { value: "https://cognito-idp.ap-northeast-1.amazonaws.com.evil.example/" },
      },
    );
    const id = resources.one("aws_cognito_user_pool").values.id;
    expect(resources.outputs).toMatchObject({
      mcp_url: "http://127.0.0.1:3000/mcp",
      issuer: `see http://127.0.0.1:3000/_aws/cognito-idp.ap-northeast-1.amazonaws.com/${id}.`,
      login: expect.stringMatching(
        /^http:\/\/127\.0\.0\.1:3000\/_aws\/mcp-dev-[0-9a-f]{8}\.auth\.ap-northeast-1\.amazoncognito\.com\/login$/,
      ),
      other: "https://cognito-idp.ap-northeast-1.amazonaws.com.evil.example/",
    });
  });

  it("makes a domain of one's own local too, and no host that only begins like it", () => {
    const resources = load(
      { aws_api_gateway_domain_name: { own: { domain_name: "mcp.example.com" } } },
      {
        own: { value: "It is https://mcp.example.com." },
        longer: {
          value: "https://mcp.example.com.evil.example https://mcp.example.com-2.example https://mcpxexample.com",
        },
      },
    );
    expect(resources.outputs).toEqual({
      own: "It is http://127.0.0.1:3000.",
      longer: "https://mcp.example.com.evil.example https://mcp.example.com-2.example https://mcpxexample.com",
    });
  });

  it.each([
    ["a type nobody decided about", { aws_sqs_queue: { q: {} } }, /no rule for aws_sqs_queue\.q/],
    ["count", { aws_vpc: { main: { count: 2 } } }, /aws_vpc\.main uses count/],
    [
      "a reference to nothing",
      { aws_vpc: { main: { x: ref("aws_subnet.a.id") } } },
      /aws_subnet\.a\.id, which the stack/,
    ],
    [
      "an attribute nobody knows",
      { aws_vpc: { a: { x: ref("aws_vpc.b.nope") }, b: {} } },
      /aws_vpc\.b has no attribute "nope"/,
    ],
    ["a function it does not evaluate", { aws_vpc: { a: { x: ref('upper("x")') } } }, /the function upper\(\)/],
    ["an expression it does not evaluate", { aws_vpc: { a: { x: ref("1 + 2") } } }, /where `}` should be/],
    ["a directive", { aws_vpc: { a: { x: "%{if true}x%{endif}" } } }, /a template directive/],
    ["a circle", { aws_vpc: { a: { x: ref("aws_vpc.a.y"), y: ref("aws_vpc.a.x") } } }, /in a circle/],
    ["a list inside a text", { aws_vpc: { a: { x: `a${ref("aws_vpc.a.l")}`, l: ["1"] } } }, /puts a list or an object/],
  ])("refuses %s", (_, resource, message) => {
    expect(() => load(resource)).toThrow(message);
  });

  it("leaves escaped markers as text", () => {
    const { values } = load({ aws_vpc: { a: { x: "$${aws:username} %%{x}" } } }).one("aws_vpc");
    expect(values.x).toBe(`${ref("aws:username")} %{x}`);
  });
});
