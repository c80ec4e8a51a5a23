import * as z from "zod";
import { UnsupportedStackError } from "../terraform/errors.ts";
import type { Resource } from "../terraform/resources.ts";
import type { Context } from "./context.ts";
import type { GatewayError } from "./errors.ts";
import type { Reply } from "./reply.ts";
import { compileHeaders, compileTemplate, type Template } from "./template.ts";

const schema = z.strictObject({
  id: z.string(),
  rest_api_id: z.string(),
  response_type: z.string(),
  status_code: z
    .string()
    .regex(/^[1-5]\d\d$/)
    .nullish(),
  response_parameters: z.record(z.string(), z.string()).nullish(),
  response_templates: z.record(z.string(), z.string()).nullish(),
});

interface GatewayResponse {
  status: number | undefined;
  headers: (context: Context) => [string, string][];
  contentType: string;
  template: Template;
}

const DEFAULT_TEMPLATE = '{"message":$context.error.messageString}';

/** Gives what the gateway answers by itself, from the `aws_api_gateway_gateway_response` resources of an API. */
export function createGatewayResponses(
  resources: readonly Resource[],
): (error: GatewayError, context: Context) => Reply {
  const custom = new Map(resources.map(compile));
  const standard = {
    status: undefined,
    headers: () => [],
    contentType: "application/json",
    template: compileTemplate(DEFAULT_TEMPLATE, ""),
  };

  return (error, context) => {
    context.set("error.message", error.message);
    context.set("error.messageString", JSON.stringify(error.message));
    context.set("error.responseType", error.type);
    const fallback = error.status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX";
    const response = custom.get(error.type) ?? custom.get(fallback) ?? standard;
    // A status on one of the defaults overrides that of every type, also of one with its own response but no own status.
    const status = response.status ?? custom.get(fallback)?.status ?? error.status;
    return {
      status,
      headers: [
        ["Content-Type", response.contentType],
        ["x-amzn-ErrorType", error.errorType],
        ...response.headers(context),
      ],
      body: response.template(context),
    };
  };
}

function compile({ address, values }: Resource): [type: string, response: GatewayResponse] {
  const parsed = schema.safeParse(values);
  if (!parsed.success) throw new UnsupportedStackError(`${address}: ${z.prettifyError(parsed.error)}`);
  const { response_type, status_code, response_parameters, response_templates } = parsed.data;
  const templates = Object.entries(response_templates ?? { "application/json": DEFAULT_TEMPLATE });
  const [only] = templates;
  if (!only || templates.length > 1)
    throw new UnsupportedStackError(`${address}: the local gateway chooses no template by Accept; give exactly one.`);
  const [contentType, text] = only;
  return [
    response_type,
    {
      status: status_code ? Number(status_code) : undefined,
      headers: compileHeaders(response_parameters ?? {}, "gatewayresponse.header.", address),
      contentType,
      template: compileTemplate(text, `${address} ${contentType}`),
    },
  ];
}
