/** Sends one request, without following redirects. */
export type Send = (request: Request) => Promise<Response>;

/** A page as a person sees it: where, what it says, its form. */
export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
}

/**
 * A browser without a screen, for tests of a whole login over HTTP: cookies by path and expiry, redirects followed as long as
 * they stay at one origin, forms filled in. It does what a browser does with headers that only a browser can set.
 */
export class Browser {
  readonly #send: Send;
  readonly #origin: string;
  readonly #cookies = new Map<string, { readonly value: string; readonly path: string }>();
  readonly #language: string;

  constructor(origin: string, send: Send = (request) => fetch(request, { redirect: "manual" }), language = "en") {
    this.#origin = origin;
    this.#send = send;
    this.#language = language;
  }

  get cookies(): ReadonlyMap<string, { readonly value: string; readonly path: string }> {
    return this.#cookies;
  }

  /** Puts a cookie in by hand, as an attacker with the same browser would. */
  plant(name: string, value: string, path = "/"): void {
    this.#cookies.set(name, { value, path });
  }

  /** Opens a URL and follows its redirects. @returns the page, or the URL where the browser left this origin */
  async open(url: string, init: RequestInit = {}): Promise<Page | URL> {
    let request = new Request(url, init);
    for (let hops = 0; hops < 10; hops++) {
      const response = await this.request(request);
      const location = response.headers.get("location");
      if (location === null)
        return { url: request.url, status: response.status, headers: response.headers, html: await response.text() };
      const next = new URL(location, request.url);
      if (next.origin !== this.#origin || next.pathname === "/__client__") return next;
      request = new Request(next);
    }
    throw new Error("too many redirects");
  }

  /** Sends a page's form with its hidden fields; a field of `undefined` is left out. */
  async submit(page: Page, fields: Record<string, string | readonly string[] | undefined>): Promise<Page | URL> {
    const form = new URLSearchParams();
    for (const [tag] of page.html.matchAll(/<input\b[^>]*>/g)) {
      const name = attribute(tag, "name");
      const checked = attribute(tag, "type") === "checkbox" && /\bchecked\b/.test(tag);
      if (name !== undefined && (attribute(tag, "type") === "hidden" || checked))
        form.append(name, attribute(tag, "value") ?? "");
    }
    for (const [name, value] of Object.entries(fields)) {
      form.delete(name);
      for (const one of value === undefined ? [] : [value].flat()) form.append(name, one);
    }
    const action = attribute(/<form\b[^>]*>/.exec(page.html)?.[0] ?? "", "action") ?? page.url;
    return this.open(new URL(action, page.url).href, {
      method: "POST",
      body: form.toString(),
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        origin: this.#origin,
        "sec-fetch-site": "same-origin",
      },
    });
  }

  /** One request with this browser's cookies, and what it sets kept. */
  async request(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const sent = [...this.#cookies].filter(([, { path }]) => pathname.startsWith(path));
    const headers = new Headers(request.headers);
    if (sent.length > 0) headers.set("cookie", sent.map(([name, { value }]) => `${name}=${value}`).join("; "));
    if (!headers.has("accept-language")) headers.set("accept-language", this.#language);
    const response = await this.#send(new Request(request, { headers, redirect: "manual" }));
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/;\s*max-age=0/i.test(cookie)) this.#cookies.delete(name);
      else this.#cookies.set(name, { value, path: /;\s*path=([^;]*)/i.exec(cookie)?.[1] ?? "/" });
    }
    return response;
  }
}

/** The page, or an error that shows where the browser went instead. */
export function asPage(result: Page | URL): Page {
  if (result instanceof URL) throw new Error(`expected a page, but the browser was sent to ${result.href}`);
  return result;
}

/** The URL that the browser left for, or an error that shows the page instead. */
export function asUrl(result: Page | URL): URL {
  if (result instanceof URL) return result;
  throw new Error(`expected to leave, but got ${result.status} at ${result.url}: ${result.html.slice(0, 400)}`);
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];
  return value?.replace(
    /&(amp|lt|gt|quot|#39);/g,
    (entity) => ({ "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"' })[entity] ?? "'",
  );
}
