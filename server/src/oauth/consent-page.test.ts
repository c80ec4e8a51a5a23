import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type Consent, consentPage } from "./consent-page.ts";
import { errorPage, pageHeaders } from "./page.ts";
import { textsFor } from "./texts.ts";

const consent: Consent = {
  id: "0123456789abcdefghijkl",
  client: { id: "x", name: "App", identity: { kind: "registered" }, redirectUris: [] },
  redirectUri: "http://127.0.0.1:1234/callback",
  scopes: ["read", "write"],
  host: "mcp.example",
};
const render = async (changes: Partial<Consent> = {}, language = "en") =>
  String(await consentPage(textsFor(language), { ...consent, ...changes }));

describe("the consent page", () => {
  it("says who asks, what for, and where the answer goes", async () => {
    const html = await render();
    expect(html).toContain("“App” asks for access");
    expect(html).toContain("mcp.example");
    expect(html).toContain("Nobody has checked it");
    expect(html).toContain("To an app on this device (127.0.0.1:1234)");
  });

  it("confirms the site behind a document only where the answer goes to a site", async () => {
    const client = { ...consent.client, identity: { kind: "document", host: "app.example" } } as const;
    expect(await render({ client, redirectUri: "https://app.example/back" })).toContain("confirmed by that site");
    expect(await render({ client })).toContain("any app on this device could use it");
    expect(await render({ client, redirectUri: "some.app:/back" })).toContain("any app on this device could use it");
  });

  it("says it in Japanese", async () => {
    const html = await render({}, "ja");
    expect(html).toContain('<html lang="ja">');
    expect(html).toContain("「App」がアクセスを求めています");
  });

  it("lets a person take write away, and not read", async () => {
    const html = await render();
    expect(html).toContain('name="scope" value="write" checked');
    expect(html).not.toContain('value="read"');
  });

  it("shows only what was asked for", async () =>
    expect(await render({ scopes: ["read"] })).not.toContain('type="checkbox"'));

  it("is one document, whatever a client calls itself", async () => {
    const parts = fc.constantFrom("<", ">", '"', "'", "&", "</title>", "<script>", "`", "${", "--", "\\", "a", "é");
    await fc.assert(
      fc.asyncProperty(fc.array(parts, { maxLength: 20 }), async (pieces) => {
        const name = pieces.join("");
        const html = await render({ client: { ...consent.client, name } });
        const plain = await render({ client: { ...consent.client, name: "" } });
        const tags = (text: string) => text.match(/<[a-z!/][^>]*>/gi);
        expect(tags(html)).toEqual(tags(plain));
      }),
    );
  });

  it("has a policy that allows its one style and nothing else, and names no form-action", async () => {
    const style = /<style>([\s\S]*)<\/style>/.exec(await render())?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    expect(pageHeaders["Content-Security-Policy"]).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; frame-ancestors 'none'; base-uri 'none'`,
    );
    expect(await render()).not.toMatch(/\sstyle=|\son[a-z]+=|<script/i);
  });

  it("has every sentence in both languages", () => {
    const shape = (value: unknown): unknown =>
      typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]))
        : typeof value;
    const { lang: _, ...english } = textsFor("en");
    const { lang: __, ...japanese } = textsFor("ja");
    expect(shape(japanese)).toEqual(shape(english));
    expect(JSON.stringify(japanese)).not.toBe(JSON.stringify(english));
  });
});

describe("an error page", () => {
  it("says what to do next", async () => {
    const html = String(await errorPage(textsFor("en"), "redirect"));
    expect(html).toContain("Go back to your app");
  });
});
