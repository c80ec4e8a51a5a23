import * as z from "zod";
import { UnsupportedStackError } from "../terraform/errors.ts";
import type { Resources } from "../terraform/resources.ts";
import type { MockIntegration, MockResponse } from "./mock.ts";
import type { ProxyIntegration } from "./proxy.ts";
import { parse } from "./schema.ts";
import { compileHeaders, compileTemplate } from "./template.ts";

const onMethod = { id: z.string(), rest_api_id: z.string(), resource_id: z.string(), http_method: z.string() };
const strings = z.record(z.string(), z.string());
const integration = z.discriminatedUnion("type", [
  z.strictObject({
    ...onMethod,
    type: z.literal("MOCK"),
    integration_http_method: z.string().optional(),
    request_templates: strings.default({}),
    passthrough_behavior: z.enum(["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"]).default("WHEN_NO_MATCH"),
  }),
  z.strictObject({
    ...onMethod,
    type: z.literal("AWS_PROXY"),
    // Lambda's Invoke is a POST whatever the method's own verb is.
    integration_http_method: z.literal("POST"),
    uri: z.string(),
    response_transfer_mode: z.enum(["BUFFERED", "STREAM"]).default("BUFFERED"),
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
    timeout_milliseconds: z.number().min(50).default(29_000),
    passthrough_behavior: z.string().optional(),
  }),
]);
const integrationResponse = z.strictObject({
  ...onMethod,
  status_code: z.string().regex(/^[1-5]\d\d$/),
  selection_pattern: z.string().optional(),
  response_parameters: strings.default({}),
  response_templates: strings.default({}),
});
const methodResponse = z.object({
  ...onMethod,
  status_code: z.string(),
  response_parameters: z.record(z.string(), z.boolean()).default({}),
});

// https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
const STREAM_URI =
  /^arn:aws:apigateway:[^:]+:lambda:path\/2021-11-15\/functions\/(arn:aws:lambda:.+)\/response-streaming-invocations$/;
const BUFFERED_URI = /^arn:aws:apigateway:[^:]+:lambda:path\/2015-03-31\/functions\/(arn:aws:lambda:.+)\/invocations$/;

/** Gives the integration of a method by resource id and HTTP method. */
export function integrationReader(
  resources: Resources,
): (address: string, resourceId: string, httpMethod: string) => MockIntegration | ProxyIntegration {
  const found = resources
    .ofType("aws_api_gateway_integration")
    .map((one) => ({ address: one.address, ...parse(integration, one) }));
  const responses = resources
    .ofType("aws_api_gateway_integration_response")
    .map((one) => ({ address: one.address, ...parse(integrationResponse, one) }));
  const declared = resources.ofType("aws_api_gateway_method_response").map((one) => parse(methodResponse, one));

  return (address, resourceId, httpMethod) => {
    const here = (one: { resource_id: string; http_method: string }) =>
      one.resource_id === resourceId && one.http_method === httpMethod;
    const own = found.find(here);
    // AWS refuses the deployment: "No integration defined for method".
    if (!own) throw new UnsupportedStackError(`${address} has no integration.`);
    if (own.type === "AWS_PROXY") {
      const stream = own.response_transfer_mode === "STREAM";
      const functionArn = (stream ? STREAM_URI : BUFFERED_URI).exec(own.uri)?.[1];
      if (functionArn === undefined)
        throw new UnsupportedStackError(
          `${own.address}: ${own.uri} is not the URI of a ${own.response_transfer_mode} Lambda integration.`,
        );
      return { kind: "proxy", functionArn, stream, timeoutMs: own.timeout_milliseconds };
    }
    const templates = Object.entries(own.request_templates).map(
      ([type, text]) => [type, compileTemplate(text, `${own.address} ${type}`)] as const,
    );
    return {
      kind: "mock",
      requestTemplates: new Map(templates),
      passthrough: own.passthrough_behavior,
      responses: responses.filter(here).map((response) => mockResponse(response, declared.filter(here))),
    };
  };
}

function mockResponse(
  response: z.infer<typeof integrationResponse> & { address: string },
  declared: readonly z.infer<typeof methodResponse>[],
): MockResponse {
  const { address, status_code, selection_pattern, response_parameters, response_templates } = response;
  const method = declared.find((one) => one.status_code === status_code);
  // AWS refuses both: "Invalid mapping expression specified".
  if (!method) throw new UnsupportedStackError(`${address}: the method declares no response ${status_code}.`);
  for (const parameter of Object.keys(response_parameters))
    if (!Object.hasOwn(method.response_parameters, parameter))
      throw new UnsupportedStackError(`${address} sets ${parameter}, which its method response does not declare.`);
  const templates = Object.entries(response_templates);
  const [contentType = "application/json", text = ""] = templates[0] ?? [];
  if (templates.length > 1)
    throw new UnsupportedStackError(`${address}: the local gateway chooses no template by Accept; give exactly one.`);
  return {
    status: Number(status_code),
    pattern: selection_pattern ? new RegExp(`^(?:${selection_pattern})$`) : undefined,
    headers: compileHeaders(response_parameters, "method.response.header.", address),
    contentType,
    template: compileTemplate(text, `${address} ${contentType}`),
  };
}
