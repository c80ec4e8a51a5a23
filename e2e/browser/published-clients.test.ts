import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Browser } from "playwright-core";
import { describeWithPeople, resource, writer } from "../oauth/support.ts";
import { installInspector } from "../support/inspector.ts";
import { allowAndSignIn, openChromium } from "./chromium.ts";
import { startClient } from "./client-process.ts";
import { listenOnLoopback } from "./loopback.ts";

const URL_TO_OPEN = /(http:\/\/127\.0\.0\.1:\d+\/authorize\?\S+)/;

let browser: Browser;
let home: string;
beforeAll(async () => {
  browser = await openChromium();
  home = mkdtempSync(join(tmpdir(), "mcp-clients-"));
});
afterAll(async () => {
  await browser?.close();
  rmSync(home, { recursive: true, force: true });
});

async function logInWithBrowser(url: string): Promise<void> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  await allowAndSignIn(page, writer);
  await page.waitForURL(/\/oauth\/callback\?/);
  await context.close();
}

describeWithPeople("published clients, as they are, with nothing but the URL", () => {
  it("mcp-remote brings a stdio client in", async () => {
    const program = createRequire(import.meta.url).resolve("mcp-remote/dist/proxy.js");
    await using client = startClient([program, resource], home, { MCP_REMOTE_CONFIG_DIR: join(home, "mcp-remote") });
    const initialize = {
      method: "initialize",
      params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "e2e", version: "1" } },
    };
    const send = (message: object) => client.child.stdin?.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
    send({ id: 1, ...initialize });
    await logInWithBrowser(await client.printed(URL_TO_OPEN));
    await client.printed(/"id":1\b/);
    send({ method: "notifications/initialized" });
    send({ id: 2, method: "tools/call", params: { name: "multiply", arguments: { a: 6, b: 7 } } });
    expect(await client.printed(/(\{[^\n]*"id":2\b[^\n]*)/)).toContain("42");
  }, 60_000);

  it.each([
    ["registers itself", []],
    ["has a metadata document", ["--client-metadata-url", "https://claude.ai/oauth/claude-code-client-metadata"]],
  ])(
    "the Inspector %s and lists the tools",
    async (kind, args) => {
      const program = await installInspector();
      const { port } = await freePort();
      // The document that serves here allows one path only.
      const path = kind === "registers itself" ? "oauth/callback" : "callback";
      await using client = startClient(
        [
          program,
          ...["--cli", resource, "--transport", "http", "--method", "tools/list", "--format", "json"],
          ...["--callback-url", `http://127.0.0.1:${port}/${path}`, ...args],
        ],
        mkdtempSync(join(home, "inspector-")),
        { MCP_AUTO_OPEN_ENABLED: "true", MCP_INSPECTOR_SECRET_STORE: "memory" },
      );
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(await client.printed(URL_TO_OPEN));
      await allowAndSignIn(page, writer);
      const { code, output } = await client.ended();
      await context.close();
      expect([code, output]).toEqual([0, expect.stringContaining('"save_file"')]);
    },
    180_000,
  );
});

async function freePort(): Promise<{ port: number }> {
  await using loopback = await listenOnLoopback();
  return { port: loopback.port };
}
