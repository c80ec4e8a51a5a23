import * as z from "zod";
import type { Context } from "./context.ts";
import { GatewayError } from "./errors.ts";
import type { Reply } from "./reply.ts";
import { headerValues, type StageRequest } from "./request.ts";
import type { Template } from "./template.ts";

/** One `aws_api_gateway_integration_response` with the method response it belongs to. */
export interface MockResponse {
  status: number;
  /** Tried against the status that the request template chose; the one without a pattern is for everything else. */
  pattern: RegExp | undefined;
  headers: (context: Context) => [string, string][];
  contentType: string;
  template: Template;
}

export interface MockIntegration {
  kind: "mock";
  /** Request templates by content type; each must make JSON with a `statusCode`. */
  requestTemplates: ReadonlyMap<string, Template>;
  passthrough: "WHEN_NO_MATCH" | "WHEN_NO_TEMPLATES" | "NEVER";
  responses: readonly MockResponse[];
}

const mockRequest = z
  .string()
  .transform((text, issues) => {
    try {
      return JSON.parse(text);
    } catch {
      issues.addIssue("not JSON");
      return z.NEVER;
    }
  })
  .pipe(z.object({ statusCode: z.number().int() }));

/**
 * Answers without a backend. The request template says which status, the integration response of that status the rest.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
 */
export function answerMock(integration: MockIntegration, request: StageRequest, context: Context): Reply {
  const status = chosenStatus(integration, request, context);
  const response =
    integration.responses.find(({ pattern }) => pattern?.test(status)) ??
    integration.responses.find(({ pattern }) => pattern === undefined);
  if (!response)
    throw new GatewayError("API_CONFIGURATION_ERROR", { reason: `no integration response for status ${status}` });
  const headers = response.headers(context);
  const hasType = headerValues(headers, "content-type").length > 0;
  return {
    status: response.status,
    headers: hasType ? headers : [["Content-Type", response.contentType], ...headers],
    body: response.template(context),
  };
}

function chosenStatus(
  { requestTemplates, passthrough }: MockIntegration,
  request: StageRequest,
  context: Context,
): string {
  // A request without Content-Type counts as JSON.
  const type = headerValues(request.headers, "content-type")[0] ?? "application/json";
  const template = requestTemplates.get(type.split(";")[0]?.trim().toLowerCase() ?? "");
  if (!template) {
    if (passthrough === "NEVER" || (passthrough === "WHEN_NO_TEMPLATES" && requestTemplates.size > 0))
      throw new GatewayError("UNSUPPORTED_MEDIA_TYPE");
    // The body passes through, and has no statusCode that the mock could take.
    throw new GatewayError("API_CONFIGURATION_ERROR", { reason: `a MOCK has no request template for ${type}` });
  }
  const chosen = mockRequest.safeParse(template(context));
  if (!chosen.success)
    throw new GatewayError("API_CONFIGURATION_ERROR", { reason: "the MOCK's request template chooses no statusCode" });
  return String(chosen.data.statusCode);
}
