import type { Client } from "./client.ts";
import type { Clients } from "./clients.ts";
import { digest, sameText } from "./digest.ts";
import { EndpointError } from "./errors.ts";
import type { Parameters } from "./parameters.ts";

export interface Credentials {
  readonly id: string;
  readonly secret?: string | undefined;
}

const BASIC = /^Basic ([A-Za-z0-9+/]+={0,2})$/i;

export const invalidClient = (description: string): EndpointError =>
  new EndpointError("invalid_client", description, 401);

/**
 * Reads who calls: HTTP Basic, or `client_id` (and `client_secret`) in the form, never both (RFC 6749, 2.3).
 * @throws EndpointError
 */
export function readCredentials(authorization: string | undefined, form: Parameters): Credentials {
  const id = form.get("client_id");
  const secret = form.get("client_secret");
  if (authorization === undefined) {
    if (id === undefined) throw invalidClient("client_id is missing.");
    return { id, secret };
  }
  const encoded = BASIC.exec(authorization)?.[1];
  const [, user, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? "", "base64").toString("utf8")) ?? [];
  if (user === undefined || password === undefined)
    throw invalidClient("The Authorization header must be Basic with client id and secret.");
  const basic = { id: formDecode(user), secret: formDecode(password) };
  if (secret !== undefined || (id !== undefined && id !== basic.id))
    throw new EndpointError("invalid_request", "Authenticate in the header or in the form, not in both.");
  return basic;
}

/** @throws EndpointError in the same words whatever is wrong, so that nothing can be learnt by trying */
export async function authenticate({ id, secret }: Credentials, clients: Clients): Promise<Client> {
  const client = await clients.recognize(id);
  const proven = client && (client.secretDigest === undefined || sameText(digest(secret ?? ""), client.secretDigest));
  if (!client || !proven) throw invalidClient("The client is not known here, or its authentication failed.");
  return client;
}

/** RFC 6749, 2.3.1: both halves are form-encoded before Base64. */
function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw invalidClient("The Authorization header is not form-encoded.");
  }
}
