import { z } from "zod";

/** What the environment's secret holds about the machine client. */
export interface MachineCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Space-separated scopes the machine client asks for. */
  readonly scope: string;
}

export interface MachineToken {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  /** Absent where the server grants what was asked and does not repeat it (RFC 6749 section 5.1; Cognito does so). */
  readonly scope?: string | undefined;
}

/** The secret's text: the keys that the environments of the original system use as well. */
const secretText = z
  .object({ client_id: z.string(), client_secret: z.string(), domain: z.string(), scope: z.string() })
  .transform((secret) => ({ clientId: secret.client_id, clientSecret: secret.client_secret, scope: secret.scope }));

/** @throws when the text is not the JSON that Terraform writes into the environment's secret */
export function parseMachineSecret(text: string): MachineCredentials {
  return secretText.parse(JSON.parse(text));
}

const tokenResponse = z.object({ access_token: z.string(), expires_in: z.number(), scope: z.string().optional() });
const errorResponse = z.object({ error: z.string(), error_description: z.string().optional() });

/**
 * The client_credentials grant (RFC 6749 section 4.4) with client_secret_basic.
 * @throws with the server's `error` and the next step; never with the secret
 */
export async function requestMachineToken(
  tokenEndpoint: string,
  credentials: MachineCredentials,
): Promise<MachineToken> {
  const basic = Buffer.from(
    `${encodeURIComponent(credentials.clientId)}:${encodeURIComponent(credentials.clientSecret)}`,
  ).toString("base64");
  const response = await fetch(tokenEndpoint, {
    method: "POST",
    headers: { Authorization: `Basic ${basic}`, Accept: "application/json" },
    body: new URLSearchParams({ grant_type: "client_credentials", scope: credentials.scope }),
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) {
    const refusal = errorResponse.safeParse(body);
    const reason = refusal.success
      ? [refusal.data.error, refusal.data.error_description].filter(Boolean).join(": ")
      : "no JSON body";
    throw new Error(
      `the token endpoint answered ${response.status} (${reason}); is the machine client's secret current?`,
    );
  }
  const granted = tokenResponse.parse(body);
  return { accessToken: granted.access_token, expiresIn: granted.expires_in, scope: granted.scope };
}
