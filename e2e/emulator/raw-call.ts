/** A call of an AWS API in the protocol of its service. */
export interface RawCall {
  /** As signatures name it. */
  readonly service: string;
  readonly path: string;
  readonly method?: "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A call of a service that speaks JSON. */
export function jsonCall(service: string, target: string, body: object = {}): RawCall {
  const headers = { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target };
  return { service, path: "/", method: "POST", headers, body: JSON.stringify(body) };
}

/** A call of a service that takes forms. */
export function queryCall(service: string, version: string, parameters: Readonly<Record<string, string>>): RawCall {
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams({ ...parameters, Version: version }).toString();
  return { service, path: "/", method: "POST", headers, body };
}

/**
 * Calls the emulator as its administrator.
 * @returns the answer's text
 * @throws when it is an error
 */
export async function rawCall(endpoint: string, region: string, call: RawCall): Promise<string> {
  const { service, path, ...init } = call;
  const response = await fetch(`${endpoint}${path}`, {
    ...init,
    headers: {
      ...init.headers,
      // It finds service and caller here, and checks no signature of its administrator.
      Authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
    },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${service} answered ${response.status} in the emulator: ${text}`);
  return text;
}
