// What runs inside a function's process: the counterpart of Lambda's Node.js runtime, speaking the Runtime API
// (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html). Plain JavaScript, because it is part of every cold
// start and Node's TypeScript loader is not part of AWS's.
import { existsSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");
const INTEGRATION_RESPONSE = "application/vnd.awslambda.http-integration-response";
const ERROR_TYPE = "Lambda-Runtime-Function-Error-Type";
const ERROR_BODY = "Lambda-Runtime-Function-Error-Body";

// The parent holds the other end: no parent, no function. Signals of a terminal's Ctrl-C are the parent's to act on.
process.stdin.resume().on("close", () => process.kill(process.pid, "SIGKILL"));
process.stdin.unref?.();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});

const api = new URL(`http://${process.env.AWS_LAMBDA_RUNTIME_API}/`);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function open(method, path, headers, onResponse) {
  return request(
    {
      hostname: api.hostname,
      port: api.port,
      path: `${api.pathname}2018-06-01/runtime/${path}`,
      method,
      headers,
      agent,
    },
    onResponse,
  );
}

/** One request with a whole body; resolves with the response's headers and text. */
function call(method, path, body, headers) {
  return new Promise((resolve, reject) => {
    const sent = open(method, path, headers, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ headers: response.headers, text }));
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

function errorDocument(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") };
}

const postError = (path, document) =>
  call("POST", path, JSON.stringify(document), {
    "Content-Type": "application/json",
    [ERROR_TYPE]: document.errorType,
  });

globalThis.awslambda = {
  streamifyResponse(handler) {
    handler[STREAMING] = "response";
    return handler;
  },
  HttpResponseStream: {
    from(stream, prelude) {
      stream.setContentType(INTEGRATION_RESPONSE);
      stream.beforeFirstWrite = (write) => {
        write(JSON.stringify(prelude));
        write(new Uint8Array(8));
      };
      return stream;
    },
  },
};

/**
 * The response stream is the HTTP request itself, as in AWS's runtime. With it comes a trap worth keeping: `end(chunk)`
 * does not pass through `write`, so a prelude is sent only when `write` was called at least once.
 */
function responseStream(id) {
  let finish;
  const done = new Promise((resolve, reject) => {
    finish = { resolve, reject };
  });
  const stream = open(
    "POST",
    `invocation/${id}/response`,
    {
      "Lambda-Runtime-Function-Response-Mode": "streaming",
      "Content-Type": "application/octet-stream",
      "Transfer-Encoding": "chunked",
      Trailer: `${ERROR_TYPE}, ${ERROR_BODY}`,
    },
    (response) => response.on("end", finish.resolve).on("error", finish.reject).resume(),
  );
  stream.on("error", finish.reject);
  stream.setContentType = (type) => stream.setHeader("Content-Type", type);
  const write = stream.write.bind(stream);
  let written = false;
  stream.write = (chunk, encoding, callback) => {
    if (!written) stream.beforeFirstWrite?.((part) => write(part));
    written = true;
    const data = typeof chunk === "string" || chunk instanceof Uint8Array ? chunk : JSON.stringify(chunk);
    return write(data, encoding, callback);
  };
  return { stream, done };
}

async function runStreaming(handler, event, context) {
  const { stream, done } = responseStream(context.awsRequestId);
  done.catch(() => {}); // A connection that broke while the handler runs is seen below, not as an unhandled rejection.
  try {
    await handler(event, stream, context);
    await done;
  } catch (error) {
    const document = errorDocument(error);
    console.error(JSON.stringify(document));
    stream.addTrailers({
      [ERROR_TYPE]: document.errorType,
      [ERROR_BODY]: Buffer.from(JSON.stringify(document)).toString("base64"),
    });
    stream.end();
    await done;
  }
}

async function runBuffered(handler, event, context) {
  const path = `invocation/${context.awsRequestId}`;
  try {
    const result = await handler(event, context);
    await call("POST", `${path}/response`, JSON.stringify(result === undefined ? null : result), {
      "Content-Type": "application/json",
    });
  } catch (error) {
    const document = errorDocument(error);
    console.error(JSON.stringify(document));
    await postError(`${path}/error`, document);
  }
}

function contextOf(headers) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  return {
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

async function load() {
  const [file, name] = process.env._HANDLER.split(".");
  const path = ["mjs", "js", "cjs"]
    .map((extension) => join(process.env.LAMBDA_TASK_ROOT, `${file}.${extension}`))
    .find((candidate) => existsSync(candidate));
  const failure = (type, message) => Object.assign(new Error(message), { name: type });
  if (!path) throw failure("Runtime.ImportModuleError", `Error: Cannot find module '${file}'`);
  const module = await import(pathToFileURL(path).href);
  const handler = module[name] ?? module.default?.[name];
  if (typeof handler !== "function")
    throw failure("Runtime.HandlerNotFound", `${process.env._HANDLER} is undefined or not exported`);
  // Node.js 24 on Lambda has no callback handlers.
  if (!handler[STREAMING] && handler.length > 2)
    throw failure("Runtime.CallbackHandlerDeprecated", "Callback-based handlers are not supported: use async/await.");
  return handler;
}

let current = "init";
// Exit codes as AWS's runtime has them: 129 for an exception, 128 for a rejection that nobody caught.
for (const [event, type, code] of [
  ["uncaughtException", "Runtime.UncaughtException", 129],
  ["unhandledRejection", "Runtime.UnhandledPromiseRejection", 128],
])
  process.on(event, (error) => {
    const document = { ...errorDocument(error), errorType: type };
    console.error(JSON.stringify(document));
    // A second connection: the first may be in the middle of a streamed response.
    agent.maxSockets = 2;
    const exit = () => process.exit(code);
    postError(`${current}/error`, document).then(exit, exit);
  });

try {
  const handler = await load();
  const run = handler[STREAMING] ? runStreaming : runBuffered;
  for (;;) {
    const { headers, text } = await call("GET", "invocation/next");
    current = `invocation/${headers["lambda-runtime-aws-request-id"]}`;
    process.env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"] ?? "";
    await run(handler, JSON.parse(text), contextOf(headers));
  }
} catch (error) {
  const document = errorDocument(error);
  console.error(JSON.stringify(document));
  await postError(`${current}/error`, document).catch(() => {});
  process.exit(1);
}
