import { randomUUID } from "node:crypto";
import * as z from "zod";

/** An error of an AWS JSON 1.1 service: its shape's name becomes `__type`, which SDKs turn into the error's name. */
export class ServiceError extends Error {
  override name = "ServiceError";
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** An operation takes the parsed body and gives the answer; a zod error becomes the service's validation error. */
export type Operation = (input: unknown) => unknown;

// AWS limits differ by service; none of the calls that are served here needs more.
const MAX_BYTES = 256 * 1024;

/**
 * The AWS JSON 1.1 protocol (https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html): POST, the operation's name in
 * `X-Amz-Target`, a JSON object each way. An operation that is not in the list gets the service's own "unknown" answer.
 */
export function createJsonService(
  targetPrefix: string,
  operations: Record<string, Operation>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      const operation = operationOf(request, targetPrefix, operations);
      return answer(200, (await operation(await readBody(request))) ?? {});
    } catch (error) {
      if (error instanceof ServiceError) return answer(400, { __type: error.type, message: error.message });
      if (error instanceof z.ZodError)
        return answer(400, { __type: "ValidationException", message: z.prettifyError(error) });
      throw error;
    }
  };
}

function operationOf(request: Request, prefix: string, operations: Record<string, Operation>): Operation {
  if (request.method !== "POST") throw unknownOperation(request.method);
  // Anonymous calls are refused as on AWS; signatures themselves are not verified on a laptop.
  if (!/^AWS4-HMAC-SHA256 /.test(request.headers.get("authorization") ?? ""))
    throw new ServiceError("MissingAuthenticationTokenException", "Missing Authentication Token");
  const target = request.headers.get("x-amz-target") ?? "";
  const name = target.startsWith(`${prefix}.`) ? target.slice(prefix.length + 1) : "";
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (!operation) throw unknownOperation(target);
  return operation;
}

const unknownOperation = (target: string) =>
  new ServiceError("UnknownOperationException", `The local stack does not serve "${target.slice(0, 100)}".`);

async function readBody(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text.length > MAX_BYTES) throw new ServiceError("SerializationException", "The request is too large.");
  try {
    return JSON.parse(text);
  } catch {
    throw new ServiceError("SerializationException", "The request is not JSON.");
  }
}

function answer(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": randomUUID() },
  });
}
