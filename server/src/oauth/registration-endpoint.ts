import type { Context } from "hono";
import * as z from "zod";
import { cleanName, MAX_CLIENT_ID, MAX_REDIRECT_URIS, registration } from "./client.ts";
import { digest, randomText } from "./digest.ts";
import { EndpointError } from "./errors.ts";
import { readText } from "./form.ts";
import type { Log } from "./log.ts";
import { allowedRedirect, MAX_REDIRECT_URI } from "./redirect-uri.ts";
import type { Scopes } from "./scopes.ts";
import type { Sealer } from "./seal.ts";

export interface RegistrationEndpointOptions {
  readonly hostedRedirects: readonly string[];
  readonly log: Log;
  readonly scopes: Scopes;
  readonly sealer: Sealer;
  readonly now: () => number;
}

const MAX_BODY = 8 * 1024;
const METHODS = ["none", "client_secret_basic", "client_secret_post"] as const;

/** RFC 7591, 2. What is not here is not used: nothing of it is fetched, shown or trusted. */
const metadata = z.object({
  redirect_uris: z.array(z.string().max(MAX_REDIRECT_URI)).min(1).max(MAX_REDIRECT_URIS),
  client_name: z.string().max(500).optional(),
  token_endpoint_auth_method: z.enum(METHODS).default("client_secret_basic"),
  grant_types: z.array(z.string().max(100)).max(10).default(["authorization_code"]),
  response_types: z.array(z.string().max(100)).max(10).default(["code"]),
});

/** RFC 7591, 3: open, and without memory. The registration is the `client_id`. */
export function registrationEndpoint(options: RegistrationEndpointOptions): (c: Context) => Promise<Response> {
  const { hostedRedirects, log, scopes, sealer, now } = options;
  return async (c) => {
    const asked = readMetadata(await readJson(c));
    const refused = asked.redirect_uris.find((uri) => !allowedRedirect(uri, hostedRedirects));
    if (refused !== undefined)
      throw new EndpointError(
        "invalid_redirect_uri",
        "Each redirect URI must be loopback (http://127.0.0.1, http://[::1] or http://localhost, any port), or on this server's list of hosted clients, which its operator can extend.",
      );
    const method = asked.token_endpoint_auth_method;
    const secret = method === "none" ? undefined : randomText();
    const name = cleanName(asked.client_name ?? "") || "MCP client";
    const clientId = await sealer.seal(registration, {
      n: name,
      r: asked.redirect_uris,
      ...(secret !== undefined && { s: digest(secret) }),
    });
    if (clientId.length > MAX_CLIENT_ID)
      throw new EndpointError("invalid_client_metadata", "Name and redirect URIs are too long together; send fewer.");
    log("info", "client.registered", { method });
    const issuedAt = Math.floor(now() / 1000);
    return c.json(
      {
        client_id: clientId,
        client_id_issued_at: issuedAt,
        ...(secret !== undefined && {
          client_secret: secret,
          client_secret_expires_at: issuedAt + registration.lifetimeSeconds,
        }),
        client_name: name,
        redirect_uris: asked.redirect_uris,
        token_endpoint_auth_method: method,
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        scope: scopes.format(scopes.names),
      },
      201,
    );
  };
}

async function readJson(c: Context): Promise<unknown> {
  if (!/^application\/json\s*(?:;|$)/i.test(c.req.header("content-type") ?? ""))
    throw new EndpointError("invalid_client_metadata", "Send the client's metadata as application/json.");
  const text = await readText(c, MAX_BODY);
  try {
    return JSON.parse(text);
  } catch {
    throw new EndpointError("invalid_client_metadata", "The body is not JSON.");
  }
}

function readMetadata(body: unknown): z.infer<typeof metadata> {
  const parsed = metadata.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path[0] === undefined ? "the metadata" : String(issue.path[0]);
    throw new EndpointError(
      field === "redirect_uris" ? "invalid_redirect_uri" : "invalid_client_metadata",
      field === "redirect_uris"
        ? `redirect_uris must have 1 to ${MAX_REDIRECT_URIS} URIs of at most ${MAX_REDIRECT_URI} characters.`
        : `This server cannot use ${field} as it was sent.`,
    );
  }
  // Other grants that a client can do besides (VS Code names the device grant) are simply not given.
  if (!parsed.data.grant_types.includes("authorization_code") || !parsed.data.response_types.includes("code"))
    throw new EndpointError("invalid_client_metadata", "Only the authorization code grant is for registered clients.");
  return parsed.data;
}
