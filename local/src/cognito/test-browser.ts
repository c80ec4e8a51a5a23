import type { Cognito } from "./cognito.ts";

/** A browser as far as a login needs one: cookies by path, redirects followed within the pool's pages, forms filled in. */
export class TestBrowser {
  readonly #cognito: Cognito;
  readonly #cookies = new Map<string, { value: string; path: string }>();

  constructor(cognito: Cognito) {
    this.#cognito = cognito;
  }

  async get(url: string): Promise<Response> {
    return this.#send(new Request(url));
  }

  /** Follows redirects until a page, or a redirect that leaves the pool's pages; gives that page or that place. */
  async visit(url: string): Promise<{ url: string; page: Response | undefined }> {
    for (let hops = 0; hops < 5; hops++) {
      const response = await this.get(url);
      const location = response.headers.get("location");
      if (location === null) return { url, page: response };
      if (!location.startsWith("http://127.0.0.1:3000/_aws/")) return { url: location, page: undefined };
      url = location;
    }
    throw new Error("Too many redirects.");
  }

  /** Sends the form of a page that was shown, with its hidden fields. */
  async submit(page: Response, fields: Record<string, string>): Promise<Response> {
    const html = await page.text();
    const form = new URLSearchParams(fields);
    for (const [, name = "", value = ""] of html.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g))
      form.set(name, unescapeHtml(value));
    const action = unescapeHtml(/action="([^"]*)"/.exec(html)?.[1] ?? "");
    return this.#send(new Request(action, { method: "POST", body: form }));
  }

  /** A whole sign-in: gives the place where the browser is sent at the end. */
  async signIn(url: string, username: string, password: string): Promise<URL> {
    const { page } = await this.visit(url);
    if (!page) throw new Error("No form was shown.");
    const answer = await this.submit(page, { username, password, action: "signin" });
    return new URL(answer.headers.get("location") ?? "about:blank");
  }

  async #send(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname;
    const cookies = [...this.#cookies].filter(([, cookie]) => path.startsWith(cookie.path));
    if (cookies.length > 0)
      request.headers.set("cookie", cookies.map(([name, { value }]) => `${name}=${value}`).join("; "));
    const response = await this.#cognito.fetch(request);
    for (const header of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
      if (/Max-Age=0/.test(header)) this.#cookies.delete(name);
      else this.#cookies.set(name, { value, path: /Path=([^;]*)/.exec(header)?.[1] ?? "/" });
    }
    return response;
  }
}

const unescapeHtml = (text: string) =>
  text.replace(
    /&(amp|lt|gt|quot|#39);/g,
    (entity) => ({ "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"' })[entity] ?? "'",
  );
