import { request } from "node:http";
import * as z from "zod";
import type { LocalStack } from "../../src/stack.ts";

export interface RawAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** One request with exactly these headers, in this order; a list makes duplicates. */
export function send(
  url: string,
  options: { method?: string; headers?: [string, string][]; body?: string } = {},
): Promise<RawAnswer> {
  const { hostname, port, pathname, search, host } = new URL(url);
  const given = options.headers ?? [];
  const names = new Set(given.map(([name]) => name.toLowerCase()));
  const headers = [...(names.has("host") ? [] : [["Host", host]]), ...given].flat();
  if (options.body !== undefined) headers.push("Content-Length", String(Buffer.byteLength(options.body)));
  return new Promise((resolve, reject) => {
    const outgoing = request({
      hostname,
      port,
      path: pathname + search,
      method: options.method ?? "GET",
      headers,
      agent: false,
    });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    outgoing.end(options.body);
  });
}

/** A machine token with this scope, got as an operator does: credentials from Secrets Manager, then Cognito. */
export async function machineToken(stack: LocalStack, scope: string): Promise<string> {
  const { clientId, clientSecret, tokenEndpoint } = await machineCredentials(stack);
  const answer = await fetch(tokenEndpoint, {
    method: "POST",
    headers: { Authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}` },
    body: new URLSearchParams({ grant_type: "client_credentials", scope }),
  });
  return z.object({ access_token: z.string() }).parse(await answer.json()).access_token;
}

export async function machineCredentials({ awsEndpoint, machineSecretName }: LocalStack) {
  const answer = await fetch(`${awsEndpoint}/secretsmanager/`, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": "secretsmanager.GetSecretValue",
      Authorization: "AWS4-HMAC-SHA256 Credential=local",
    },
    body: JSON.stringify({ SecretId: machineSecretName }),
  });
  const { SecretString } = z.object({ SecretString: z.string() }).parse(await answer.json());
  const secret = z.object({ client_id: z.string(), client_secret: z.string(), domain: z.url(), scope: z.string() });
  const { client_id, client_secret, domain, scope } = secret.parse(JSON.parse(SecretString));
  return { clientId: client_id, clientSecret: client_secret, tokenEndpoint: `${domain}/oauth2/token`, scope };
}
