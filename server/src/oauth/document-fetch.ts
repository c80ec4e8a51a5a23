import { lookup } from "node:dns/promises";
import type { IncomingMessage } from "node:http";
import { isPublicAddress } from "./public-address.ts";

/** The host did not give the document: name, address, connection, status, type, size or time. */
export class DocumentUnavailable extends Error {
  override readonly name = "DocumentUnavailable";
}

/** What a test must replace to serve a document without the internet. */
export interface DocumentNetwork {
  readonly resolve: (host: string) => Promise<readonly string[]>;
  readonly isAllowed: (address: string) => boolean;
  /** @default 443 */
  readonly port?: number;
  /** Certificate to trust besides the well-known ones. */
  readonly ca?: string;
}

export const publicNetwork: DocumentNetwork = {
  resolve: async (host) => (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address),
  isAllowed: isPublicAddress,
};

// draft-ietf-oauth-client-id-metadata-document, 6.6: 5 KB is the recommended limit. The time is for a person who waits.
const MAX_BYTES = 5 * 1024;
const MAX_MS = 3000;
const JSON_TYPE = /^application\/(?:json|[a-z0-9.-]+\+json)(?:\s*;|$)/i;

/**
 * Fetches one document from the public internet and nowhere else: the name is resolved once, every address must be public, and
 * the connection goes to that address (no second look-up to rebind), without proxy, redirect, cookie or cache.
 * @param url as `isDocumentUrl` accepts it
 * @throws DocumentUnavailable
 */
export async function fetchDocument(url: string, network: DocumentNetwork = publicNetwork): Promise<unknown> {
  const timeout = AbortSignal.timeout(MAX_MS);
  const late = new Promise<never>((_, reject) =>
    timeout.addEventListener("abort", () => reject(new DocumentUnavailable("it took too long")), { once: true }),
  );
  late.catch(() => undefined);
  const { hostname } = new URL(url);
  try {
    const address = await Promise.race([publicAddressOf(hostname, network), late]);
    const text = await Promise.race([get(url, address, network, timeout), late]);
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof DocumentUnavailable) throw error;
    throw new DocumentUnavailable("the host did not answer with a JSON document");
  }
}

async function publicAddressOf(host: string, network: DocumentNetwork): Promise<string> {
  const addresses = await network.resolve(host);
  const [first] = addresses;
  // One private address among public ones is an attempt, not a choice.
  if (first === undefined || !addresses.every(network.isAllowed))
    throw new DocumentUnavailable("the host's name does not lead to the public internet");
  return addresses.find((address) => !address.includes(":")) ?? first;
}

async function get(url: string, address: string, network: DocumentNetwork, signal: AbortSignal): Promise<string> {
  // Loaded here: only clients with a document need it, and it costs a cold start some 20 ms.
  const { Agent, request } = await import("node:https");
  const { hostname, pathname } = new URL(url);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = {
      host: address,
      servername: hostname,
      port: network.port ?? 443,
      path: pathname,
      headers: { host: hostname, accept: "application/json", "user-agent": "remote-mcp-server", connection: "close" },
      agent: new Agent({ keepAlive: false, maxCachedSessions: 0 }),
      maxHeaderSize: 8 * 1024,
      signal,
      ...(network.ca !== undefined && { ca: network.ca }),
    };
    request(options, resolve).on("error", reject).end();
  });
  try {
    if (response.statusCode !== 200) throw new DocumentUnavailable(`the host answered ${response.statusCode}`);
    if (!JSON_TYPE.test(response.headers["content-type"] ?? ""))
      throw new DocumentUnavailable("the host's answer is not JSON");
    return await readAtMost(response, MAX_BYTES);
  } finally {
    response.destroy();
  }
}

async function readAtMost(response: AsyncIterable<Buffer>, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > limit) throw new DocumentUnavailable(`the document is longer than ${limit} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
}
