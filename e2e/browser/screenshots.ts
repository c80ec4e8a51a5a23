import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Client } from "@remote-mcp/server/oauth/client";
import { type Consent, consentPage } from "@remote-mcp/server/oauth/consent-page";
import { pageHeaders } from "@remote-mcp/server/oauth/page";
import { textsFor } from "@remote-mcp/server/oauth/texts";
import { openChromium } from "./chromium.ts";

const help = `pnpm screenshots: takes pictures of the consent page, as it is now, with the Chromium on PATH
(Japanese needs a font for it; Debian: fonts-noto-cjk).

usage: pnpm screenshots [--out <folder>]

  --out    where the PNG files go (default docs/consent)
  --help   this text`;

const root = join(import.meta.dirname, "..", "..");
const sizes = { desktop: { width: 1000, height: 760 }, phone: { width: 390, height: 844 } };
const languages = ["en", "ja"];

const client: Client = {
  id: "https://vscode.dev/oauth/client-metadata.json",
  name: "Visual Studio Code",
  identity: { kind: "document", host: "vscode.dev" },
  redirectUris: [],
};
const consent: Consent = {
  id: "example",
  client,
  redirectUri: "http://127.0.0.1:33418/",
  scopes: ["read", "write"],
  host: "d111111abcdef8.cloudfront.net",
};

const { values } = parseArgs({ options: { out: { type: "string" }, help: { type: "boolean" } } });
if (values.help) console.log(help);
else await takeAll(values.out ?? join(root, "docs", "consent"));

async function takeAll(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await using browser = await openChromium();
  for (const language of languages) {
    const body = String(await consentPage(textsFor(language), consent));
    for (const [name, viewport] of Object.entries(sizes)) {
      const page = await browser.newPage({ viewport, deviceScaleFactor: 2 });
      // With the headers of the real page, so that its policy applies.
      await page.route("https://mcp.example/**", (route) => route.fulfill({ body, headers: pageHeaders }));
      await page.goto("https://mcp.example/authorize");
      const file = join(folder, `${name}-${language}.png`);
      writeFileSync(file, await page.screenshot());
      await page.close();
      console.log(file);
    }
  }
}
