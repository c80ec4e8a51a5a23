import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as TransportV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Browser } from "playwright-core";
import { describeWithPeople, origin, resource, writer } from "../oauth/support.ts";
import { allowAndSignIn, openChromium } from "./chromium.ts";
import { type Loopback, listenOnLoopback } from "./loopback.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await openChromium();
});
afterAll(() => browser?.close());

/** The memory that the SDKs ask an application for; everything else is theirs. */
function createProvider(redirectUrl: string, clientMetadataUrl?: string) {
  const memory = new Map<string, unknown>();
  const opened: URL[] = [];
  const keep = (name: string) => (value: unknown) => {
    memory.set(name, value);
  };
  const provider = {
    redirectUrl,
    ...(clientMetadataUrl !== undefined && { clientMetadataUrl }),
    clientMetadata: { client_name: "SDK client", redirect_uris: [redirectUrl], token_endpoint_auth_method: "none" },
    state: () => "a state of its own",
    clientInformation: () => memory.get("client") as { client_id: string } | undefined,
    saveClientInformation: keep("client"),
    tokens: () => memory.get("tokens") as { access_token: string; token_type: string } | undefined,
    saveTokens: keep("tokens"),
    redirectToAuthorization: (url: URL) => {
      opened.push(url);
    },
    saveCodeVerifier: keep("verifier"),
    codeVerifier: () => memory.get("verifier") as string,
    // The second generation checks with it that the answer is of the server it asked (RFC 9207).
    discoveryState: () => memory.get("discovery") as { authorizationServerUrl: string } | undefined,
    saveDiscoveryState: keep("discovery"),
  };
  return { provider, opened };
}
type Provider = ReturnType<typeof createProvider>["provider"];

interface Sdk {
  readonly name: string;
  /** Connects and calls a tool; rejects where a login is needed first. */
  use(provider: Provider): Promise<string>;
  finish(provider: Provider, callback: URL): Promise<void>;
}

const info = { name: "e2e", version: "1" };
const call = { name: "add", arguments: { a: 20, b: 22 } };
const sdks: readonly Sdk[] = [
  {
    name: "SDK 1.x",
    async use(provider) {
      const client = new ClientV1(info);
      await client.connect(new TransportV1(new URL(resource), { authProvider: provider }));
      const result = await client.callTool(call);
      await client.close();
      return JSON.stringify(result);
    },
    finish: (provider, { searchParams }) =>
      new TransportV1(new URL(resource), { authProvider: provider }).finishAuth(searchParams.get("code") ?? ""),
  },
  {
    name: "SDK 2.x",
    async use(provider) {
      const client = new ClientV2(info);
      await client.connect(new TransportV2(new URL(resource), { authProvider: provider }));
      const result = await client.callTool(call);
      await client.close();
      return JSON.stringify(result);
    },
    finish: (provider, { searchParams }) =>
      new TransportV2(new URL(resource), { authProvider: provider }).finishAuth(searchParams),
  },
];

/** A document that names loopback without a port; its copy serves where its host cannot be reached. */
const DOCUMENT = "https://claude.ai/oauth/claude-code-client-metadata";

describeWithPeople.each(sdks)("$name, with nothing but the URL", (sdk) => {
  it.each<[string, string | undefined]>([
    ["registers itself", undefined],
    ["has a metadata document", DOCUMENT],
  ])("%s, opens the browser, comes back and calls a tool", async (_, document) => {
    await using loopback: Loopback = await listenOnLoopback();
    const { provider, opened } = createProvider(`http://localhost:${loopback.port}/callback`, document);
    await expect(sdk.use(provider)).rejects.toThrow(/unauthorized/i);
    expect(opened[0]?.href).toMatch(new RegExp(`^${origin}/authorize\\?`));
    expect(provider.clientInformation()?.client_id === document).toBe(document !== undefined);

    const page = await browser.newPage();
    await page.goto(opened[0]?.href ?? "");
    await allowAndSignIn(page, writer);
    const callback = await loopback.next();
    await page.close();
    expect(callback.searchParams.get("state")).toBe("a state of its own");
    await sdk.finish(provider, callback);
    expect(await sdk.use(provider)).toContain("42");
  });

  it("uses a live Cognito session: consent again, no password again", async () => {
    const context = await browser.newContext();
    for (const expectsLogin of [true, false]) {
      await using loopback: Loopback = await listenOnLoopback();
      const { provider, opened } = createProvider(`http://127.0.0.1:${loopback.port}/callback`);
      await expect(sdk.use(provider)).rejects.toThrow(/unauthorized/i);
      const page = await context.newPage();
      await page.goto(opened[0]?.href ?? "");
      const login = page.waitForURL(/\/login\?/).then(
        () => true,
        () => false,
      );
      await allowAndSignIn(page, writer);
      await sdk.finish(provider, await loopback.next());
      await page.close();
      expect(await login).toBe(expectsLogin);
      expect(await sdk.use(provider)).toContain("42");
    }
    await context.close();
  });
});
