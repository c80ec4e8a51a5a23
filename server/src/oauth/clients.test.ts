import { describe, expect, it } from "@jest/globals";
import { readDocument } from "./client-document.ts";
import { createClients } from "./clients.ts";
import { randomText } from "./digest.ts";
import { createSealer } from "./seal.ts";

describe("the deny list", () => {
  const fetched: string[] = [];
  const secrets = { current: { id: randomText(6), secret: randomText() } };
  const clients = createClients({
    configured: [{ id: "old-app", name: "Old app", redirectUris: ["http://localhost/callback"] }],
    denied: ["evil.example", "old-app", "stolen.example"],
    documents: async (id) => {
      fetched.push(id);
      const redirectUri = id.includes("thief") ? "https://stolen.example/callback" : "http://localhost/callback";
      return readDocument(id, { client_id: id, redirect_uris: [redirectUri] });
    },
    sealer: createSealer({
      secrets: { get: async () => secrets, refresh: async () => secrets },
      resource: "https://mcp.example/mcp",
    }),
  });

  it.each([
    ["a document's host", "https://evil.example/client.json"],
    ["another document of that host", "https://evil.example/other.json"],
    ["the host with a dot at its end", "https://evil.example./client.json"],
    ["the host in upper case", "https://EVIL.example/client.json"],
    ["the host with its port", "https://evil.example:443/client.json"],
    ["a configured client", "old-app"],
  ])("stops %s before anything is fetched, at both endpoints", async (_, id) => {
    fetched.length = 0;
    await expect(clients.find(id)).rejects.toMatchObject({ name: "PageError" });
    expect(await clients.recognize(id)).toBeUndefined();
    expect(fetched).toEqual([]);
  });

  it("stops a client whose redirect URI leads to a denied host", () =>
    expect(clients.find("https://thief.example/client.json")).rejects.toMatchObject({ page: "denied" }));

  it("does not include subdomains, nor hosts that only end alike", async () => {
    for (const id of ["https://sub.evil.example/client.json", "https://notevil.example/client.json"])
      expect(await clients.find(id)).toMatchObject({ id });
  });
});
