/**
 * Stand-ins for the global `Request` and `Response` inside the bundle (esbuild `inject`, see build.ts): the first touch of
 * the real ones loads undici, http and net, 23-33 ms of a cold start. They have what the SDK and modern-era.ts use of
 * them, no more; the tests drive the same code with both.
 */
class Headers {
  readonly #values = new Map<string, string>();

  constructor(init: Readonly<Record<string, string>> = {}) {
    for (const [name, value] of Object.entries(init)) this.set(name, value);
  }
  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }
  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }
  set(name: string, value: string): void {
    this.#values.set(name.toLowerCase(), value);
  }
  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.#values.entries();
  }
}

interface Init {
  readonly status?: number;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

class LightRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;

  constructor(url: string, { method = "GET", headers }: Init = {}) {
    this.url = url;
    this.method = method;
    this.headers = new Headers(headers);
  }
}

class LightResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Unlike the real one's, a string stays a string. */
  readonly body: ReadableStream<Uint8Array> | string | null;

  constructor(body: ReadableStream<Uint8Array> | string | null = null, { status = 200, headers }: Init = {}) {
    this.status = status;
    this.headers = new Headers(headers);
    this.body = body;
  }
  static json(value: unknown, { headers, ...init }: Init = {}): LightResponse {
    return new LightResponse(JSON.stringify(value), {
      ...init,
      headers: { "content-type": "application/json", ...headers },
    });
  }
  async text(): Promise<string> {
    if (typeof this.body === "string") return this.body;
    if (this.body === null) return "";
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.body) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  }
}

export { LightRequest as Request, LightResponse as Response };
