import { type Answer, collect } from "../lambda/answer.ts";
import { InvokeError } from "../lambda/errors.ts";
import { type Lambda, SYNCHRONOUS_PAYLOAD_LIMIT } from "../lambda/lambda.ts";
import { GatewayError } from "./errors.ts";
import { parseBuffered, parsePrelude } from "./proxy-response.ts";
import { discardBody, type Reply } from "./reply.ts";

/** An AWS_PROXY integration with a function. */
export interface ProxyIntegration {
  kind: "proxy";
  functionArn: string;
  stream: boolean;
  timeoutMs: number;
}

export interface ProxyCall {
  lambda: Lambda;
  event: Record<string, unknown>;
  /** `<execution ARN>/<stage>/<method>/<path>`, against which the function's permissions are matched. */
  sourceArn: string;
  traceId: string;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html#response-transfer-mode-lambda-format */
const DELIMITER = Buffer.alloc(8);
/** Regional endpoints; https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html */
const STREAM_IDLE_LIMIT_MS = 5 * 60_000;
/** What may stand before the delimiter; beyond it the answer is taken as malformed. AWS gives no number. */
const PRELUDE_LIMIT = 64 * 1024;

/** Runs the function and gives its answer as a reply. Throws the GatewayError that stands for what went wrong. */
export async function answerProxy(integration: ProxyIntegration, call: ProxyCall): Promise<Reply> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(new GatewayError("INTEGRATION_TIMEOUT")), integration.timeoutMs);
  const onEnd = () => clearTimeout(timer);
  const work = run(integration, call, deadline.signal, onEnd);
  try {
    return await until(deadline.signal, work);
  } catch (error) {
    onEnd();
    // The function goes on when the gateway has given up, and must find a reader for what it writes.
    work.then(discardBody).catch(() => {});
    throw error;
  }
}

async function run(
  integration: ProxyIntegration,
  call: ProxyCall,
  deadline: AbortSignal,
  onEnd: () => void,
): Promise<Reply> {
  const answer = await invoke(integration, call);
  if (answer.failed) {
    const document = await collect(answer.body, SYNCHRONOUS_PAYLOAD_LIMIT);
    throw new GatewayError("INTEGRATION_FAILURE", { reason: `Lambda execution failed: ${document}` });
  }
  if (integration.stream) return streamed(answer, deadline, onEnd);
  const reply = await whole(answer);
  onEnd();
  return reply;
}

async function invoke(
  { functionArn }: ProxyIntegration,
  { lambda, event, sourceArn, traceId }: ProxyCall,
): Promise<Answer> {
  try {
    const caller = { principal: "apigateway.amazonaws.com", sourceArn };
    return await lambda.invoke(functionArn, JSON.stringify(event), caller, traceId);
  } catch (error) {
    if (!(error instanceof InvokeError)) throw error;
    const reason = `${error.type}: ${error.message}`;
    if (error.status === 413) throw new GatewayError("REQUEST_TOO_LARGE", { reason });
    // A throttled function is an integration failure, but its status is 500.
    if (error.status === 429) throw new GatewayError("INTEGRATION_FAILURE", { status: 500, reason });
    throw new GatewayError("API_CONFIGURATION_ERROR", { reason });
  }
}

async function whole({ body }: Answer): Promise<Reply> {
  try {
    return parseBuffered(await collect(body, SYNCHRONOUS_PAYLOAD_LIMIT));
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    throw new GatewayError("INTEGRATION_FAILURE", { reason: `Lambda's answer broke: ${String(error)}` });
  }
}

/** Reads up to the delimiter; the rest becomes the reply's body as it comes. */
async function streamed({ body }: Answer, deadline: AbortSignal, onEnd: () => void): Promise<Reply> {
  const chunks = body[Symbol.asyncIterator]();
  let read = Buffer.alloc(0);
  let end = -1;
  while (end < 0) {
    const next = await chunks.next().catch(() => ({ done: true as const, value: undefined }));
    if (next.done || read.length > PRELUDE_LIMIT) {
      drain(chunks);
      throw new GatewayError("INTEGRATION_FAILURE", { reason: "Malformed Lambda response: no metadata and delimiter" });
    }
    read = Buffer.concat([read, next.value]);
    end = read.indexOf(DELIMITER);
  }
  const head = parsePrelude(read.subarray(0, end));
  const first = read.subarray(end + DELIMITER.length);

  async function* rest(): AsyncGenerator<Uint8Array> {
    let ended = false;
    const idle = new AbortController();
    const timer = setTimeout(() => idle.abort(new GatewayError("INTEGRATION_TIMEOUT")), STREAM_IDLE_LIMIT_MS);
    const limit = AbortSignal.any([deadline, idle.signal]);
    try {
      if (first.length > 0) yield first;
      for (;;) {
        const next = await until(limit, chunks.next());
        timer.refresh();
        ended = next.done === true;
        if (next.done) return;
        yield next.value;
      }
    } finally {
      clearTimeout(timer);
      onEnd();
      // The client may be gone; the function runs to its end all the same.
      if (!ended) drain(chunks);
    }
  }
  return { ...head, body: rest() };
}

function drain(chunks: AsyncIterator<Uint8Array>): void {
  const next = (): Promise<void> => chunks.next().then(({ done }) => (done ? undefined : next()));
  next().catch(() => {});
}

/** Settles like `work`, or rejects with the signal's reason when that comes first. */
function until<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
