import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Answer } from "./answer.ts";
import { InvokeError } from "./errors.ts";
import { Instance, type InstanceOptions, type Invocation } from "./instance.ts";

/** How long an idle process is kept; AWS does not say, its environments are seen to live for minutes. */
const KEEP_IDLE_MS = 5 * 60_000;
/** How long to wait for a process that has answered and is about to be idle, before another one is started. */
const FINISHING_MS = 100;

type Options = Omit<InstanceOptions, "onIdle" | "onExit" | "environment"> & {
  /** Environment of the instance whose Runtime API is known by `id`. */
  environment: (id: string) => Record<string, string>;
};

/** The execution environments of one function: warm ones are used again, missing ones started, up to its concurrency. */
export class FunctionPool {
  readonly #options: Options;
  readonly #instances = new Map<string, Instance>();
  readonly #idle: { instance: Instance; timer: NodeJS.Timeout }[] = [];
  #waiting: (() => void)[] = [];
  #closed = false;
  invocations = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /** The instance that the Runtime API knows by this id. */
  find(id: string): Instance | undefined {
    return this.#instances.get(id);
  }

  async invoke(invocation: Invocation): Promise<Answer> {
    const instance = await this.#acquire();
    this.invocations++;
    return instance.invoke(invocation);
  }

  /** Kills every process and resolves when they are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    const instances = [...this.#instances.values()];
    for (const { timer } of this.#idle) clearTimeout(timer);
    for (const instance of instances) instance.kill();
    await Promise.all(instances.map(({ exited }) => exited));
  }

  async #acquire(): Promise<Instance> {
    const finishing = () => [...this.#instances.values()].some((instance) => instance.finishing);
    if (this.#idle.length === 0 && finishing())
      await Promise.race([new Promise<void>((resolve) => this.#waiting.push(resolve)), delay(FINISHING_MS)]);
    const idle = this.#idle.pop();
    if (idle) {
      clearTimeout(idle.timer);
      return idle.instance;
    }
    if (this.#closed) throw new InvokeError(503, "ServiceException", "The local stack is closing.");
    if (this.#instances.size >= this.#options.configuration.concurrency)
      throw new InvokeError(429, "TooManyRequestsException", "Rate Exceeded.");
    return this.#start();
  }

  #start(): Instance {
    const id = randomUUID();
    const instance = new Instance(id, {
      ...this.#options,
      environment: this.#options.environment(id),
      onIdle: (idle) => {
        const timer = setTimeout(() => idle.kill(), KEEP_IDLE_MS);
        this.#idle.push({ instance: idle, timer });
        this.#wake();
      },
      onExit: (gone) => {
        this.#instances.delete(gone.id);
        const at = this.#idle.findIndex((entry) => entry.instance === gone);
        for (const { timer } of at < 0 ? [] : this.#idle.splice(at, 1)) clearTimeout(timer);
        this.#wake();
      },
    });
    this.#instances.set(id, instance);
    return instance;
  }

  #wake(): void {
    const [first, ...rest] = this.#waiting;
    this.#waiting = rest;
    first?.();
  }
}
