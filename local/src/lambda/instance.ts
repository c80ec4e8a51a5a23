import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Log } from "../log.ts";
import { type Json, json } from "../terraform/json.ts";
import { type Answer, type ErrorDocument, failure, readAnswer } from "./answer.ts";
import type { FunctionConfiguration } from "./configuration.ts";
import type { Guard } from "./guard.ts";

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib */
const INIT_LIMIT_MS = 10_000;
const MEMORY_CHECK_MS = 100;
/** The share of its memory that Lambda's Node.js runtime gives to the old space. */
const OLD_SPACE_SHARE = 0.9;

export interface Invocation {
  requestId: string;
  functionArn: string;
  traceId: string;
  payload: string;
}

interface Running extends Invocation {
  settle: (answer: Answer) => void;
  startedAt: number;
  delivered: boolean;
  timer?: NodeJS.Timeout;
}

export interface InstanceOptions {
  configuration: FunctionConfiguration;
  environment: Record<string, string>;
  taskRoot: string;
  guard: Guard;
  log: Log;
  onIdle: (instance: Instance) => void;
  onExit: (instance: Instance) => void;
}

/** One execution environment: a process of this Node that runs one invocation at a time. */
export class Instance {
  readonly id: string;
  readonly #options: InstanceOptions;
  readonly #child: ChildProcess;
  readonly #startedAt = performance.now();
  readonly #initTimer: NodeJS.Timeout;
  readonly exited: Promise<void>;
  #memoryTimer: NodeJS.Timeout | undefined;
  #next: ServerResponse | undefined;
  #running: Running | undefined;
  #reason: ErrorDocument | string | undefined;
  #answered = false;

  constructor(id: string, options: InstanceOptions) {
    this.id = id;
    this.#options = options;
    const { configuration, environment, taskRoot, guard, log } = options;
    const oldSpace = Math.floor(configuration.memoryMb * OLD_SPACE_SHARE);
    this.#child = spawn(
      process.execPath,
      [`--max-old-space-size=${oldSpace}`, join(import.meta.dirname, "runtime-client.mjs")],
      { cwd: taskRoot, env: environment, stdio: ["pipe", "pipe", "pipe"] },
    );
    const pid = this.#child.pid;
    if (pid !== undefined) guard.watch(pid);
    this.#logLines("stdout", this.#child.stdout);
    this.#logLines("stderr", this.#child.stderr);
    this.#child.stdin?.on("error", () => {});
    this.#initTimer = setTimeout(
      () =>
        this.#kill({ errorType: "Sandbox.Timedout", errorMessage: `Init timed out after ${INIT_LIMIT_MS / 1000} s` }),
      INIT_LIMIT_MS,
    );
    this.exited = new Promise((resolve) => {
      const end = (reason: string) => {
        if (pid !== undefined) guard.forget(pid);
        log.write({ ...this.#label(), event: "exit", reason });
        this.#exit(reason);
        resolve();
      };
      this.#child.once("exit", (code, signal) => end(signal ? `signal: ${signal}` : `exit status ${code}`));
      this.#child.once("error", (error) => {
        if (this.#child.exitCode === null && pid === undefined) end(error.message);
      });
    });
  }

  /** The answer is complete, but the process has not asked for more yet: it will be idle in a moment. */
  get finishing(): boolean {
    return this.#answered;
  }

  /** Runs one invocation; only for an instance that is starting or idle. Never rejects: failures are answers too. */
  invoke(invocation: Invocation): Promise<Answer> {
    return new Promise((settle) => {
      this.#running = { ...invocation, settle, startedAt: performance.now(), delivered: false };
      this.#deliver();
    });
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Serves one request of this process to the Runtime API; `path` is what follows `/2018-06-01/runtime/`. */
  async serve(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, id, action] = /^invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    if (path === "invocation/next") return this.#onNext(response);
    if (path === "init/error") {
      this.#reason = await text(request);
      response.writeHead(202).end();
    } else if (id !== undefined && id === this.#running?.requestId) {
      const running = this.#running;
      if (action === "error") running.settle(failure(await text(request)));
      else
        try {
          running.settle(await readAnswer(request, () => this.#onAnswered(response)));
          return;
        } catch {
          return; // The process is gone: its exit settles the invocation.
        }
      this.#onAnswered(response);
    } else response.writeHead(400).end();
  }

  #onAnswered(response: ServerResponse): void {
    this.#answered = true;
    response.writeHead(202).end();
  }

  #onNext(response: ServerResponse): void {
    clearTimeout(this.#initTimer);
    this.#next = response;
    const running = this.#running;
    if (running?.delivered) {
      this.#finish(running);
      this.#options.onIdle(this);
    } else if (running) {
      this.#options.log.write({
        ...this.#label(),
        event: "init",
        durationMs: round(performance.now() - this.#startedAt),
      });
      this.#deliver();
    } else this.#options.onIdle(this);
  }

  #deliver(): void {
    const running = this.#running;
    const response = this.#next;
    if (!running || !response) return;
    this.#next = undefined;
    running.delivered = true;
    const timeoutMs = this.#options.configuration.timeoutSeconds * 1000;
    running.timer = setTimeout(
      () =>
        this.#kill({
          errorType: "Sandbox.Timedout",
          errorMessage: `RequestId: ${running.requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
        }),
      timeoutMs,
    );
    this.#memoryTimer = setInterval(() => void this.#checkMemory(), MEMORY_CHECK_MS);
    response
      .writeHead(200, {
        "Content-Type": "application/json",
        "Lambda-Runtime-Aws-Request-Id": running.requestId,
        "Lambda-Runtime-Deadline-Ms": Date.now() + timeoutMs,
        "Lambda-Runtime-Invoked-Function-Arn": running.functionArn,
        "Lambda-Runtime-Trace-Id": running.traceId,
      })
      .end(running.payload);
  }

  #finish(running: Running): void {
    clearTimeout(running.timer);
    clearInterval(this.#memoryTimer);
    const durationMs = round(performance.now() - running.startedAt);
    this.#options.log.write({ ...this.#label(), event: "report", durationMs });
    this.#running = undefined;
    this.#answered = false;
  }

  #kill(reason: ErrorDocument): void {
    this.#reason ??= reason;
    this.kill();
  }

  #exit(reason: string): void {
    clearTimeout(this.#initTimer);
    const running = this.#running;
    const document = this.#reason ?? {
      errorType: "Runtime.ExitError",
      errorMessage: `RequestId: ${running?.requestId} Error: Runtime exited with error: ${reason}`,
    };
    running?.settle(failure(document));
    if (running) this.#finish(running);
    this.#options.onExit(this);
  }

  /** The old space has its own limit; this one is for buffers and everything else that counts on Lambda. */
  async #checkMemory(): Promise<void> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, "utf8").catch(() => ""); // Linux only.
    const residentKb = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
    if (residentKb <= this.#options.configuration.memoryMb * 1024) return;
    const errorMessage = `RequestId: ${this.#running?.requestId} Error: Runtime exited with error: signal: killed`;
    this.#kill({ errorType: "Runtime.OutOfMemory", errorMessage });
  }

  #logLines(stream: "stdout" | "stderr", source: Readable | null): void {
    if (!source) return;
    createInterface({ input: source }).on("line", (line) =>
      this.#options.log.write({ ...this.#label(), stream, message: structured(line) }),
    );
  }

  #label(): { function: string; instance: string; requestId?: string } {
    const label = { function: this.#options.configuration.name, instance: this.id };
    return this.#running ? { ...label, requestId: this.#running.requestId } : label;
  }
}

const round = (milliseconds: number) => Math.round(milliseconds * 10) / 10;

/** A line that is JSON stays JSON in the log. */
function structured(line: string): Json {
  try {
    return json.parse(JSON.parse(line));
  } catch {
    return line;
  }
}
