import { isIP } from "node:net";
import * as z from "zod";
import { type Client, cleanName, MAX_CLIENT_ID } from "./client.ts";
import { type DocumentNetwork, DocumentUnavailable, fetchDocument } from "./document-fetch.ts";
import { knownDocuments } from "./known-clients.ts";

/** The document is there, but it does not say what it must. */
export class DocumentInvalid extends Error {
  override readonly name = "DocumentInvalid";
}

export type ClientDocuments = (id: string) => Promise<Client>;

const CACHE_MS = 5 * 60_000;
const CACHE_ENTRIES = 100;
/** Of a host's own list, as many as a page and a comparison can bear; known clients have two or three. */
const MAX_DOCUMENT_REDIRECTS = 20;

const schema = z.object({
  client_id: z.string(),
  client_name: z.string().optional(),
  redirect_uris: z.array(z.string()).min(1).max(MAX_DOCUMENT_REDIRECTS),
  // A public document cannot hold a shared secret. Clients that could sign are taken as public ones: PKCE binds their codes.
  token_endpoint_auth_method: z.enum(["none", "private_key_jwt"]).default("none"),
});

/**
 * Whether a `client_id` is a Client ID Metadata Document's URL (draft-ietf-oauth-client-id-metadata-document, 3): https, a path,
 * no dot segments, no fragment, no userinfo. Beyond the draft: a name, port 443, no query, and no dot at the host's end, by
 * which a host would have a second spelling that no deny list has.
 */
export function isDocumentUrl(id: string): boolean {
  if (id.length > MAX_CLIENT_ID || !id.startsWith("https://") || !URL.canParse(id)) return false;
  const url = new URL(id);
  // The parser would have changed whatever is not in its plainest form already.
  const plain = url.href === id && !/[?#@%\\]/.test(id);
  const { hostname } = url;
  const isName = hostname.includes(".") && !hostname.endsWith(".") && isIP(hostname) === 0;
  return plain && url.pathname !== "/" && url.port === "" && isName;
}

/** Finds clients by their documents, in memory for five minutes, else over the network. */
export function createClientDocuments(
  network: DocumentNetwork,
  { now = Date.now, warn }: { now?: () => number; warn: (event: string, detail: string) => void },
): ClientDocuments {
  const cache = new Map<string, { readonly client: Client; readonly until: number }>();
  return async (id) => {
    const cached = cache.get(id);
    if (cached && cached.until > now()) return cached.client;
    let client: Client;
    try {
      client = readDocument(id, await documentOrCopy(id, network, warn));
    } catch (error) {
      if (error instanceof Error) warn("client_document.refused", `${new URL(id).hostname}: ${error.message}`);
      throw error;
    }
    if (cache.size >= CACHE_ENTRIES) cache.clear();
    cache.set(id, { client, until: now() + CACHE_MS });
    return client;
  };
}

async function documentOrCopy(
  id: string,
  network: DocumentNetwork,
  warn: (event: string, detail: string) => void,
): Promise<unknown> {
  try {
    return await fetchDocument(id, network);
  } catch (error) {
    const copy = knownDocuments.find(({ document }) => document.client_id === id);
    if (!(error instanceof DocumentUnavailable) || !copy) throw error;
    warn("client_document.copy_used", `${new URL(id).hostname}: ${error.message}; the copy is of ${copy.read}`);
    return copy.document;
  }
}

/** @throws DocumentInvalid */
export function readDocument(id: string, document: unknown): Client {
  const parsed = schema.safeParse(document);
  if (!parsed.success) throw new DocumentInvalid("the document is not client metadata this server can use");
  const { client_id, client_name = "", redirect_uris } = parsed.data;
  if (client_id !== id) throw new DocumentInvalid("the document's client_id is not the URL it was fetched from");
  const host = new URL(id).hostname;
  return {
    id,
    name: cleanName(client_name) || host,
    identity: { kind: "document", host },
    redirectUris: redirect_uris,
  };
}
