import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly body: unknown;
}
export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
}

/** An HTTP API of somebody else's, as far as one command calls it: answers by `METHOD /path`, and remembers the calls. */
export async function httpModel(answer: (call: Call, number: number) => Answer | undefined) {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const isJson = request.headers["user-agent"]?.startsWith("aws-sdk") !== true && text !== "";
    const body: unknown = isJson ? JSON.parse(text) : text;
    const call = {
      method: request.method ?? "",
      path: request.url ?? "",
      authorization: request.headers.authorization ?? "",
      body,
    };
    calls.push(call);
    const { status = 200, body: answered } = answer(call, calls.length) ?? {
      status: 404,
      body: { message: `no ${call.method} ${call.path}` },
    };
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(answered === undefined ? "" : JSON.stringify(answered));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    calls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Runs a command of scripts/src as a person or a workflow does, with nothing of this environment but what it needs to run. */
export async function runScript(file: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [join(root, "scripts", "src", file), ...args], {
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  const [exitCode]: [number | null] = await new Promise((done) => child.on("close", (code) => done([code])));
  return { exitCode, stdout, stderr };
}
