import { decodeJwt } from "jose";
import * as z from "zod";

/** Cognito's OAuth endpoints, as this server uses them. */
export interface Cognito {
  /** Where the browser logs in. */
  loginUrl(login: { readonly state: string; readonly codeChallenge: string; readonly scope: string }): string;
  exchangeCode(code: string, codeVerifier: string): Promise<Tokens>;
  refresh(refreshToken: string): Promise<Tokens>;
  clientCredentials(clientId: string, clientSecret: string, scope: string | undefined): Promise<Tokens>;
  revoke(refreshToken: string): Promise<void>;
}

export interface Tokens {
  readonly accessToken: string;
  readonly expiresIn: number;
  /** Absent for machines, and on a refresh without rotation. */
  readonly refreshToken?: string;
  /** What the access token says about itself. It came from Cognito over TLS, so its signature is not checked again. */
  readonly scope: string;
  readonly audience: readonly string[];
}

/** Cognito refused for a reason that the client can act on. */
export class CognitoRefused extends Error {
  override readonly name = "CognitoRefused";
  readonly code: (typeof REASONS)[number];

  constructor(code: (typeof REASONS)[number]) {
    super(`Cognito answered ${code}`);
    this.code = code;
  }
}

/** Cognito did not answer, or not in a way that this server knows. */
export class CognitoUnavailable extends Error {
  override readonly name = "CognitoUnavailable";
}

const REASONS = ["invalid_grant", "invalid_client", "invalid_scope", "unauthorized_client"] as const;
/** claude.ai gives a token endpoint 10 s in all. */
const TIMEOUT_MS = 6000;

const success = z.object({
  access_token: z.string(),
  expires_in: z.number().int().positive(),
  refresh_token: z.string().optional(),
});
const failure = z.object({ error: z.enum(REASONS) });
const accessToken = z.object({
  token_use: z.literal("access"),
  scope: z.string(),
  aud: z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]),
});

export interface CognitoOptions {
  /** Origin of the user pool's domain, without a slash at the end. */
  readonly origin: string;
  /** The app client of people; a public one, so that this server has no secret of Cognito's to keep. */
  readonly clientId: string;
  /** `https://<host>/callback` */
  readonly callback: string;
  readonly resource: string;
  readonly fetch?: typeof fetch;
}

export function createCognito({ origin, clientId, callback, resource, fetch: send = fetch }: CognitoOptions): Cognito {
  const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
    send(`${origin}/oauth2/${path}`, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(form).toString(),
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => {
      throw new CognitoUnavailable(`no answer from ${path}: ${error instanceof Error ? error.name : "unknown"}`);
    });

  async function tokens(form: Record<string, string>, headers?: Record<string, string>): Promise<Tokens> {
    const response = await post("token", form, headers);
    const body: unknown = await response.json().catch(() => undefined);
    if (!response.ok) {
      const known = failure.safeParse(body);
      if (response.status < 500 && known.success) throw new CognitoRefused(known.data.error);
      throw new CognitoUnavailable(`token answered ${response.status}`);
    }
    return readTokens(body);
  }

  return {
    loginUrl({ state, codeChallenge, scope }) {
      const query = new URLSearchParams({
        response_type: "code",
        client_id: clientId,
        redirect_uri: callback,
        scope,
        state,
        code_challenge: codeChallenge,
        code_challenge_method: "S256",
        resource,
      });
      return `${origin}/oauth2/authorize?${query}`;
    },
    exchangeCode: (code, codeVerifier) =>
      tokens({
        grant_type: "authorization_code",
        client_id: clientId,
        redirect_uri: callback,
        code,
        code_verifier: codeVerifier,
      }),
    refresh: (refreshToken) =>
      tokens({ grant_type: "refresh_token", client_id: clientId, refresh_token: refreshToken }),
    clientCredentials: (machineId, secret, scope) =>
      tokens(
        { grant_type: "client_credentials", ...(scope !== undefined && { scope }) },
        { Authorization: `Basic ${Buffer.from(`${machineId}:${secret}`).toString("base64")}` },
      ),
    async revoke(refreshToken) {
      const response = await post("revoke", { token: refreshToken, client_id: clientId });
      await response.body?.cancel();
      // A token that Cognito no longer knows is as good as revoked (RFC 7009, 2.2).
      if (response.status >= 500) throw new CognitoUnavailable(`revoke answered ${response.status}`);
    },
  };
}

function readTokens(body: unknown): Tokens {
  const answer = success.safeParse(body);
  if (!answer.success) throw new CognitoUnavailable("token answered in an unknown form");
  const { access_token, expires_in, refresh_token } = answer.data;
  let claims: z.infer<typeof accessToken>;
  try {
    claims = accessToken.parse(decodeJwt(access_token));
  } catch {
    throw new CognitoUnavailable("token answered with an unreadable access token");
  }
  return {
    accessToken: access_token,
    expiresIn: expires_in,
    scope: claims.scope,
    audience: claims.aud,
    ...(refresh_token !== undefined && { refreshToken: refresh_token }),
  };
}
