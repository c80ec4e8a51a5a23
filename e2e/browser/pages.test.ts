import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Browser, BrowserContext, Page } from "playwright-core";
import {
  authorizeUrl,
  describeWithPeople,
  newVerifier,
  origin,
  publicClient,
  register,
  writer,
} from "../oauth/support.ts";
import { allowAndSignIn, openChromium, signIn } from "./chromium.ts";
import { listenOnLoopback } from "./loopback.ts";

let browser: Browser;
let context: BrowserContext;
let page: Page;
beforeAll(async () => {
  browser = await openChromium();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  await context?.close();
  context = await browser.newContext();
  page = await context.newPage();
});

const url = async (changes?: Parameters<typeof authorizeUrl>[2]) =>
  authorizeUrl((await publicClient()).client_id, newVerifier(), changes);

describe("the consent page in a browser", () => {
  it("works by keyboard alone", async () => {
    await page.goto(await url());
    const focused = () => page.evaluate("document.activeElement.tagName + ' ' + document.activeElement.textContent");
    await page.keyboard.press("Tab");
    expect(await focused()).toMatch(/^INPUT/);
    await page.keyboard.press("Space");
    expect(await page.getByRole("checkbox").isChecked()).toBe(false);
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("BUTTON Deny");
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("BUTTON Allow");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/login\?/);
    expect(page.url()).not.toContain("write");
  });

  it.each([
    ["a phone", 320, 640],
    ["a small window", 400, 400],
    ["a desktop", 1280, 800],
  ])("fits %s, with the longest name and host", async (_, width, height) => {
    await page.setViewportSize({ width, height });
    const { client_id } = await register({ client_name: "W".repeat(100) });
    await page.goto(authorizeUrl(client_id, newVerifier()));
    const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
    expect(overflow).toBeLessThanOrEqual(0);
    for (const name of ["Allow", "Deny"]) {
      const box = await page.getByRole("button", { name }).boundingBox();
      // WCAG 2.2, 2.5.8 asks for 24 pixels; a thumb for more.
      expect(box?.height).toBeGreaterThanOrEqual(44);
    }
  });

  it("needs no script, and its policy blocks nothing of its own", async () => {
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    await page.goto(await url());
    expect(await page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth")).not.toBe("none");
    expect(complaints).toEqual([]);

    const plain = await browser.newContext({ javaScriptEnabled: false });
    const without = await plain.newPage();
    await without.goto(await url());
    await without.getByRole("button", { name: "Allow" }).click();
    await without.waitForURL(/\/login\?/);
    await plain.close();
  });

  it("is told in Japanese to a Japanese browser", async () => {
    const japanese = await browser.newContext({ locale: "ja-JP" });
    const translated = await japanese.newPage();
    await translated.goto(await url());
    expect(await translated.title()).toContain("アクセスを許可しますか？");
    await japanese.close();
  });

  it("has readable contrast, in light and in dark (WCAG 2.2, 1.4.3: 4.5 to 1)", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.goto(await url());
      for (const selector of ["h1", "h2", ".soft", ".advice", "button.allow"])
        expect(await page.evaluate(`(${contrast})(${JSON.stringify(selector)})`)).toBeGreaterThanOrEqual(4.5);
    }
  });
});

describeWithPeople("a whole login in a browser", () => {
  it("comes back to loopback with a code, and leaves no cookie of ours behind", async () => {
    await using loopback = await listenOnLoopback();
    await page.goto(await url({ redirect_uri: `http://127.0.0.1:${loopback.port}/callback` }));
    await allowAndSignIn(page, writer);
    expect((await loopback.next()).searchParams.has("code")).toBe(true);
    const names = (await context.cookies(origin)).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith("__Host-"))).toEqual([]);
  });

  it("comes back to an app by its scheme; no policy stops the chain of redirects behind the form", async () => {
    const redirect_uri = "cursor://anysphere.cursor-mcp/oauth/callback";
    const { client_id } = await register({ redirect_uris: [redirect_uri] });
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    await page.goto(authorizeUrl(client_id, newVerifier(), { redirect_uri }));
    await page.getByRole("button", { name: "Allow" }).click();
    const callback = page.waitForResponse((response) => response.url().startsWith(`${origin}/callback?`));
    await signIn(page, writer);
    expect((await callback).headers().location).toMatch(/^cursor:\/\/anysphere\.cursor-mcp\/oauth\/callback\?code=/);
    expect(complaints.filter((text) => /content security policy|refused/i.test(text))).toEqual([]);
  });

  it("after Deny goes back with an error", async () => {
    await using loopback = await listenOnLoopback();
    await page.goto(await url({ redirect_uri: `http://127.0.0.1:${loopback.port}/callback` }));
    await page.getByRole("button", { name: "Deny" }).click();
    expect((await loopback.next()).searchParams.get("error")).toBe("access_denied");
  });

  it("goes on after a wrong password", async () => {
    await using loopback = await listenOnLoopback();
    await page.goto(await url({ redirect_uri: `http://127.0.0.1:${loopback.port}/callback` }));
    await page.getByRole("button", { name: "Allow" }).click();
    await signIn(page, { ...writer, password: "wrong" });
    await signIn(page, writer);
    expect((await loopback.next()).searchParams.has("code")).toBe(true);
  });
});

describe("another site's page", () => {
  let server: Server;
  let evil: string;
  let html = "";
  beforeAll(async () => {
    server = createServer((_, response) => response.writeHead(200, { "Content-Type": "text/html" }).end(html));
    await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
    // A name and an address are two sites.
    evil = `http://localhost:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => {
    server.close();
  });

  it("cannot frame the consent page (RFC 9700, 4.16)", async () => {
    html = `<iframe src="${(await url()).replaceAll("&", "&amp;")}"></iframe>`;
    await page.goto(evil);
    await page.waitForTimeout(500);
    const frame = page.frames().find((one) => one !== page.mainFrame());
    expect((await frame?.content().catch(() => "")) ?? "").not.toContain("asks for access");
  });

  it("cannot send the consent form, even with the right id", async () => {
    await page.goto(await url());
    const id = await page.locator('input[name="id"]').getAttribute("value");
    html = `<form method="post" action="${origin}/authorize"><input name="id" value="${id}"><input name="decision" value="allow"></form>`;
    const attack = await context.newPage();
    await attack.goto(evil);
    await Promise.all([attack.waitForURL(`${origin}/authorize`), attack.evaluate("document.forms[0].submit()")]);
    expect(await attack.textContent("h1")).toBe("This did not work");
    // The person's own page still works.
    await page.getByRole("button", { name: "Allow" }).click();
    await page.waitForURL(/\/login\?/);
  });

  it("cannot read the consent page", async () => {
    html = "x";
    await page.goto(evil);
    const read = await page.evaluate(
      (target) =>
        fetch(target, { credentials: "include" }).then(
          (answer) => answer.text(),
          () => "blocked",
        ),
      await url(),
    );
    expect(read).toBe("blocked");
  });
});

/** WCAG's contrast of an element's text with what is behind it; for the page, which has no types here. */
const contrast = `(selector) => {
  const canvas = document.createElement("canvas").getContext("2d");
  const luminance = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data]
      .map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const style = getComputedStyle(document.querySelector(selector));
  const page = matchMedia("(prefers-color-scheme: dark)").matches ? "rgb(18, 18, 18)" : "rgb(255, 255, 255)";
  const behind = style.backgroundColor === "rgba(0, 0, 0, 0)" ? page : style.backgroundColor;
  const [light, dark] = [luminance(style.color), luminance(behind)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}`;
