import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createClientDocuments, isDocumentUrl, readDocument } from "./client-document.ts";
import { type DocumentNetwork, fetchDocument, publicNetwork } from "./document-fetch.ts";
import { knownDocuments } from "./known-clients.ts";
import { isPublicAddress } from "./public-address.ts";
import { testCertificate } from "./test-certificate.ts";

const ID = "https://app.example/oauth/client.json";
const document = { client_id: ID, client_name: "App", redirect_uris: ["http://localhost/callback"] };

describe("isDocumentUrl", () => {
  it.each([ID, "https://a-b.example/x", "https://app.example/x/"])("takes %s", (id) =>
    expect(isDocumentUrl(id)).toBe(true),
  );

  it.each([
    ["http", "http://app.example/client.json"],
    ["no path", "https://app.example/"],
    ["no path at all", "https://app.example"],
    ["a fragment", `${ID}#a`],
    ["a query", `${ID}?a=b`],
    ["userinfo", "https://user@app.example/client.json"],
    ["a port", "https://app.example:8443/client.json"],
    ["the default port", "https://app.example:443/client.json"],
    ["an upper-case host", "https://APP.example/client.json"],
    ["dot segments", "https://app.example/a/../client.json"],
    ["encoded dot segments", "https://app.example/a/%2e%2e/client.json"],
    ["a backslash", "https://app.example\\@evil.example/client.json"],
    ["a tab", "https://app.ex\tample/client.json"],
    ["a host with a dot at its end", "https://app.example./client.json"],
    ["a bare name with a dot at its end", "https://localhost./client.json"],
    ["a bare name", "https://localhost/client.json"],
    ["an IPv4 address", "https://169.254.169.254/latest/meta-data"],
    ["a decimal address", "https://2852039166/latest/meta-data"],
    ["an IPv6 address", "https://[::1]/client.json"],
    ["a name beyond ASCII", "https://äpp.example/client.json"],
    ["more than 1,200 characters", `https://app.example/${"a".repeat(1200)}`],
    ["a registered client's id", "eyJhbGciOiJkaXIifQ..a.b.c"],
  ])("refuses %s: %s", (_, id) => expect(isDocumentUrl(id)).toBe(false));
});

describe("the known documents", () => {
  it.each(knownDocuments.map(({ document }) => [document.client_id, document]))("are usable: %s", (id, known) => {
    expect(isDocumentUrl(String(id))).toBe(true);
    expect(readDocument(String(id), known).redirectUris.length).toBeGreaterThan(0);
  });
});

describe("fetching a document", () => {
  const { key, cert } = testCertificate("app.example");
  let server: Server;
  let network: DocumentNetwork;
  let answer: { status?: number; headers?: Record<string, string>; body?: string | Buffer; hang?: boolean };
  const requests: string[] = [];

  beforeAll(async () => {
    server = createServer({ key, cert }, (request, response) => {
      requests.push(`${request.headers.host} ${request.url} ${JSON.stringify(Object.keys(request.headers).sort())}`);
      if (answer.hang) return;
      response.writeHead(answer.status ?? 200, { "content-type": "application/json", ...answer.headers });
      response.end(answer.body ?? JSON.stringify(document));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    network = { resolve: async () => ["127.0.0.1"], isAllowed: () => true, port, ca: cert };
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it("asks the resolved address for the name's document, without anything about the person", async () => {
    answer = {};
    expect(await fetchDocument(ID, network)).toEqual(document);
    expect(requests.at(-1)).toBe('app.example /oauth/client.json ["accept","connection","host","user-agent"]');
  });

  it.each([
    ["a redirect", { status: 302, headers: { location: "https://169.254.169.254/" } }, /answered 302/],
    ["another status", { status: 403 }, /answered 403/],
    ["HTML", { headers: { "content-type": "text/html" } }, /not JSON/],
    ["JSON in name only", { body: "<html>" }, /JSON document/],
    ["more than 5 KB", { body: JSON.stringify({ ...document, x: "a".repeat(5 * 1024) }) }, /longer than/],
    ["bytes that are no text", { body: Buffer.from([0x22, 0xff, 0x22]) }, /JSON document/],
  ])("does not take %s", async (_, given, why) => {
    answer = given;
    await expect(fetchDocument(ID, network)).rejects.toThrow(why);
  });

  it("gives up after three seconds", async () => {
    answer = { hang: true };
    const begin = performance.now();
    await expect(fetchDocument(ID, network)).rejects.toThrow(/too long/);
    expect(performance.now() - begin).toBeLessThan(4000);
  });

  it("gives up on a name server that does not answer", async () => {
    const resolve = () => new Promise<string[]>(() => undefined);
    await expect(fetchDocument(ID, { ...network, resolve })).rejects.toThrow(/too long/);
  });

  it("does not take another name's certificate", async () => {
    answer = {};
    await expect(fetchDocument("https://other.example/client.json", network)).rejects.toThrow();
  });

  it("does not take a certificate that nobody has signed", async () => {
    answer = {};
    const { ca: _, ...strangers } = network;
    await expect(fetchDocument(ID, strangers)).rejects.toThrow();
  });

  it.each([
    [["169.254.169.254"]],
    [["127.0.0.1"]],
    [["::ffff:169.254.169.254"]],
    [["1.1.1.1", "10.0.0.1"]],
    [["fd00::1"]],
    [[]],
  ])("opens no connection to a name that leads to %j", async (addresses) => {
    answer = {};
    const before = requests.length;
    const guarded = { ...network, resolve: async () => addresses, isAllowed: isPublicAddress };
    await expect(fetchDocument(ID, guarded)).rejects.toThrow(/public internet/);
    expect(requests.length).toBe(before);
  });

  it("resolves a name once, so that a second answer cannot rebind it", async () => {
    answer = {};
    let lookups = 0;
    const rebinding = async () => (++lookups === 1 ? ["127.0.0.1"] : ["169.254.169.254"]);
    expect(await fetchDocument(ID, { ...network, resolve: rebinding })).toEqual(document);
    expect(lookups).toBe(1);
  });

  it("reaches no name of this machine in production", async () => {
    await expect(fetchDocument("https://localhost/client.json", publicNetwork)).rejects.toThrow(
      /public internet|answer/,
    );
  });

  describe("for a client", () => {
    const warnings: string[] = [];
    const open = (now = () => 0) =>
      createClientDocuments(network, { now, warn: (event, detail) => warnings.push(`${event} ${detail}`) });

    it("keeps it for five minutes", async () => {
      answer = {};
      let time = 0;
      const documents = open(() => time);
      const before = requests.length;
      await documents(ID);
      time = 299_000;
      expect((await documents(ID)).name).toBe("App");
      expect(requests.length).toBe(before + 1);
      time = 300_000;
      await documents(ID);
      expect(requests.length).toBe(before + 2);
    });

    it.each([
      ["says that it is another's", { ...document, client_id: "https://app.example/other.json" }],
      ["does not say whose it is", { redirect_uris: ["http://localhost/callback"] }],
      ["has no redirect URI", { ...document, redirect_uris: [] }],
      ["wants a shared secret", { ...document, token_endpoint_auth_method: "client_secret_post" }],
      ["is a list", [document]],
    ])("refuses one that %s, and a copy does not help", async (_, body) => {
      answer = { body: JSON.stringify(body) };
      await expect(open()(ID)).rejects.toThrow(/document/);
      expect(warnings.at(-1)).toMatch(/^client_document.refused app.example: /);
    });
  });
});
