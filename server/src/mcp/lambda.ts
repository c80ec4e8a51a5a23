import type { Context } from "aws-lambda";
import * as z from "zod";
import { DEFAULT_TIME_LEFT_MS } from "./limits.ts";
import { code, Rejection } from "./rejection.ts";
import type { Call, Reply } from "./reply.ts";

/** The parts that are used of an API Gateway REST proxy event. (API Gateway, "Input format of a Lambda function", 1.0) */
const proxyEvent = z.object({
  httpMethod: z.string(),
  headers: z.record(z.string(), z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
  requestContext: z
    .object({
      requestId: z.string().optional(),
      authorizer: z.object({ claims: z.unknown() }).nullish(),
    })
    .nullish(),
});

/** The schedule that keeps the function from going Inactive (infra, keep-active). */
const keepActive = z.object({ keepActive: z.literal(true) });

type Answer = (call: Call) => Promise<Reply>;

/**
 * The only place that knows Lambda. On AWS the answer is streamed; where the runtime has no `awslambda` (emulators), it is
 * one buffered object.
 */
export function lambdaHandler(answer: Answer) {
  if (typeof awslambda === "undefined") {
    return async (event: unknown, context: Partial<Context> = {}) => {
      const { status, headers, body } = await reply(event, context, answer);
      return { statusCode: status, headers, body: typeof body === "string" ? body : await collect(body) };
    };
  }
  return awslambda.streamifyResponse(async (event: unknown, responseStream, context) => {
    const { status, headers, body } = await reply(event, context, answer);
    const out = awslambda.HttpResponseStream.from(responseStream, { statusCode: status, headers });
    // The first write sends status and headers, so an empty body must be written as well.
    if (typeof body === "string") out.write(body);
    else for await (const chunk of body) if (!out.write(chunk)) await new Promise((ready) => out.once("drain", ready));
    out.end();
  });
}

async function reply(event: unknown, context: Partial<Context>, answer: Answer): Promise<Reply> {
  const parsed = proxyEvent.safeParse(event);
  if (!parsed.success) {
    if (keepActive.safeParse(event).success) return { status: 200, headers: {}, body: "" };
    return new Rejection(400, code.transport, "Not an API Gateway REST proxy event (version 1.0).").reply(null);
  }
  const { httpMethod, headers, body, isBase64Encoded, requestContext } = parsed.data;
  return answer({
    id: context.awsRequestId ?? requestContext?.requestId ?? "",
    method: httpMethod,
    headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])),
    body: isBase64Encoded ? Buffer.from(body ?? "", "base64").toString() : (body ?? ""),
    claims: requestContext?.authorizer?.claims,
    timeLeft: context.getRemainingTimeInMillis?.() ?? DEFAULT_TIME_LEFT_MS,
  });
}

async function collect(chunks: AsyncIterable<string | Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of chunks) text += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
  return text;
}
