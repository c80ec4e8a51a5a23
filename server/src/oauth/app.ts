import { Hono } from "hono";
import { browserRoutes } from "./browser-routes.ts";
import type { ClientDocuments } from "./client-document.ts";
import { type ConfiguredClient, createClients } from "./clients.ts";
import { type Cognito, CognitoRefused } from "./cognito.ts";
import { EndpointError } from "./errors.ts";
import type { Log } from "./log.ts";
import { registrationEndpoint } from "./registration-endpoint.ts";
import { revocationEndpoint } from "./revocation-endpoint.ts";
import type { Scopes } from "./scopes.ts";
import type { Sealer } from "./seal.ts";
import { tokenEndpoint } from "./token-endpoint.ts";

export interface OauthOptions {
  /** `https://<host>/mcp`; its origin is the issuer. */
  readonly resource: string;
  readonly scopes: Scopes;
  readonly configuredClients: readonly ConfiguredClient[];
  readonly deniedClients: readonly string[];
  /** What clients that register themselves may use besides loopback. */
  readonly hostedRedirects: readonly string[];
  readonly machineClientIds: readonly string[];
  readonly documents: ClientDocuments;
  readonly cognito: Cognito;
  readonly sealer: Sealer;
  readonly log: Log;
  readonly now?: () => number;
}

/** The OAuth front: an authorization server whose people, passwords and access tokens are Cognito's. */
export function createApp(options: OauthOptions): Hono {
  const { documents, sealer, configuredClients: configured, deniedClients: denied, now = Date.now } = options;
  const clients = createClients({ configured, denied, documents, sealer });
  const { origin } = new URL(options.resource);

  return new Hono()
    .route("/", endpointRoutes({ ...options, clients, now }))
    .route("/", browserRoutes({ ...options, clients, origin }))
    .notFound((c) => c.json({ error: "not_found", message: "There is nothing here." }, 404));
}

type EndpointOptions = Parameters<typeof tokenEndpoint>[0] &
  Parameters<typeof revocationEndpoint>[0] &
  Parameters<typeof registrationEndpoint>[0];

/** Where clients call by themselves. Any web page may: nothing here works by cookie. */
function endpointRoutes(options: EndpointOptions): Hono {
  const app = new Hono();
  const endpoints = {
    "/token": tokenEndpoint(options),
    "/revoke": revocationEndpoint(options),
    "/register": registrationEndpoint(options),
  };
  for (const [path, endpoint] of Object.entries(endpoints)) {
    app.use(path, async (c, next) => {
      await next();
      for (const [name, value] of Object.entries(endpointHeaders)) c.header(name, value);
    });
    app.post(path, endpoint);
  }
  app.onError((error, c) => {
    const told =
      error instanceof CognitoRefused
        ? new EndpointError(error.code, refusals[error.code], error.code === "invalid_client" ? 401 : 400)
        : error;
    if (!(told instanceof EndpointError)) {
      options.log("error", "failure", { error: `${error.name}: ${error.message}` });
      c.header("Retry-After", "5");
      return c.json({ error: "temporarily_unavailable", error_description: "Try again in a few seconds." }, 503);
    }
    options.log("info", "endpoint.refused", { path: c.req.path, error: told.code });
    // RFC 6749, 5.2: answer in the scheme that the client tried. (API Gateway renames this header.)
    if (told.status === 401 && c.req.header("authorization") !== undefined) c.header("WWW-Authenticate", "Basic");
    return c.json({ error: told.code, error_description: told.message }, told.status);
  });
  return app;
}

// RFC 6749, 5.1.
const endpointHeaders = {
  "Cache-Control": "no-store",
  Pragma: "no-cache",
  "X-Content-Type-Options": "nosniff",
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers": "*, Authorization",
  "Access-Control-Expose-Headers": "WWW-Authenticate",
};

const refusals: Readonly<Record<CognitoRefused["code"], string>> = {
  invalid_grant: "The code or refresh token is not valid, has expired, or was used already.",
  invalid_client: "The client is not known here, or its authentication failed.",
  invalid_scope: "The client may not have that scope.",
  unauthorized_client: "The client may not use that grant.",
};
