import { createApp } from "./app.ts";
import { createClientDocuments } from "./client-document.ts";
import { createCognito } from "./cognito.ts";
import { readConfig } from "./config.ts";
import { publicNetwork } from "./document-fetch.ts";
import { hostedRedirects } from "./known-clients.ts";
import { proxyHandler } from "./lambda.ts";
import { jsonLog } from "./log.ts";
import { getParameter } from "./parameter-store.ts";
import { createScopes } from "./scopes.ts";
import { createSealer } from "./seal.ts";
import { cacheSecrets, parseSealingSecrets } from "./sealing-secrets.ts";

const config = readConfig(process.env);
const { resource } = config;
const { origin } = new URL(resource);
const log = jsonLog((line) => process.stdout.write(line));
const secrets = cacheSecrets(async () => parseSealingSecrets(await getParameter(config.sealingParameter)));
// While the rest of the code starts; a failure shows at the first use.
secrets.get().catch(() => undefined);

/** API Gateway's proxy events (REST, version 1), answered in one piece. */
export const handler = proxyHandler(
  createApp({
    resource,
    scopes: createScopes(resource, config.scopes),
    configuredClients: config.configuredClients,
    deniedClients: config.deniedClients,
    hostedRedirects: [...hostedRedirects, ...config.redirectUris],
    machineClientIds: config.machineClientIds,
    documents: createClientDocuments(publicNetwork, { warn: (event, detail) => log("warn", event, { detail }) }),
    cognito: createCognito({
      origin: config.cognitoOrigin,
      clientId: config.cognitoClientId,
      callback: `${origin}/callback`,
      resource,
    }),
    sealer: createSealer({ secrets, resource }),
    log,
  }),
  origin,
);
