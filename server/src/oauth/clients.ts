import { type Client, MAX_CLIENT_ID, registration } from "./client.ts";
import { type ClientDocuments, isDocumentUrl } from "./client-document.ts";
import { PageError } from "./errors.ts";
import { destinationOf } from "./redirect-uri.ts";
import type { Sealer } from "./seal.ts";

/** A client that the operator set up; it has no secret. */
export interface ConfiguredClient {
  readonly id: string;
  readonly name: string;
  readonly redirectUris: readonly string[];
}

export interface ClientsOptions {
  readonly configured: readonly ConfiguredClient[];
  /** Client ids, and hosts of documents or redirect URIs (not their subdomains), that get nothing here. */
  readonly denied: readonly string[];
  readonly documents: ClientDocuments;
  readonly sealer: Sealer;
}

export interface Clients {
  /** For the authorization endpoint. @throws PageError */
  find(id: string): Promise<Client>;
  /**
   * For the token endpoint: without the network, so a document's client is known there by its id alone (codes and refresh
   * tokens are bound to it, and it has no secret). @returns undefined for an unknown or denied client
   */
  recognize(id: string): Promise<Client | undefined>;
}

export function createClients({ configured, denied, documents, sealer }: ClientsOptions): Clients {
  const isDenied = (client: Client) => denied.some((entry) => names(client).includes(entry));

  async function local(id: string): Promise<Client | undefined> {
    if (id.length > MAX_CLIENT_ID) return undefined;
    const set = configured.find((client) => client.id === id);
    if (set) return { ...set, identity: { kind: "configured" } };
    const registered = await sealer.open(registration, id);
    return (
      registered && {
        id,
        name: registered.n,
        identity: { kind: "registered" },
        redirectUris: registered.r,
        ...(registered.s !== undefined && { secretDigest: registered.s }),
      }
    );
  }

  return {
    async find(id) {
      // Before the fetch: a denied host is not even asked.
      if (isDocumentUrl(id) && isDenied(documentClient(id))) throw new PageError("denied", 403);
      const client = isDocumentUrl(id)
        ? await documents(id).catch(() => {
            throw new PageError("document");
          })
        : await local(id);
      if (!client) throw new PageError("client");
      if (isDenied(client)) throw new PageError("denied", 403);
      return client;
    },
    async recognize(id) {
      const client = isDocumentUrl(id) ? documentClient(id) : await local(id);
      return client && !isDenied(client) ? client : undefined;
    },
  };
}

function documentClient(id: string): Client {
  const host = new URL(id).hostname;
  return { id, name: host, identity: { kind: "document", host }, redirectUris: [] };
}

/** Everything a deny list may call a client by. */
function names(client: Client): string[] {
  const hosts = client.redirectUris.flatMap((uri) => {
    const destination = destinationOf(uri);
    return destination?.kind === "site" ? [destination.host] : [];
  });
  return [client.id, ...(client.identity.kind === "document" ? [client.identity.host] : []), ...hosts];
}
