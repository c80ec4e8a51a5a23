import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCognito } from "./cognito/cognito.ts";
import { demoUsers } from "./cognito/demo-users.ts";
import { createFront } from "./gateway/front.ts";
import { createGateway } from "./gateway/gateway.ts";
import { createLambda, RUNTIME_API_PATH } from "./lambda/lambda.ts";
import { type Listener, listen } from "./listener.ts";
import { type Log, openLog } from "./log.ts";
import { setSealingSecret } from "./sealing-secret.ts";
import { fetchListener } from "./storage/fetch-listener.ts";
import { createStorage, endpointVariables, mountServices } from "./storage/storage.ts";
import { UnsupportedStackError } from "./terraform/errors.ts";
import type { Json } from "./terraform/json.ts";
import { loadResources, type Resources } from "./terraform/resources.ts";

export { PortError } from "./listener.ts";
export { UnsupportedStackError } from "./terraform/errors.ts";

export interface StackOptions {
  /** Parsed cdk.tf.json. */
  stack: Json;
  /** Deployment packages, by the key of the output `<key>_function_name`. */
  zips: Record<string, string>;
  /** Public port; 0 for any free one. */
  port: number;
  /** Folder for what outlives a run: keys, unzipped packages, the log. Made when missing. */
  stateDir: string;
  /** The files bucket's folder. */
  filesDir: string;
}

export interface LocalStack {
  /** Public origin: CloudFront's root. */
  url: string;
  /** The protected resource, which is what a client is given. */
  resource: string;
  /** `AWS_ENDPOINT_URL` of the local AWS services. */
  awsEndpoint: string;
  machineSecretName: string;
  /** Log file of everything: JSON lines. */
  logs: string;
  /** How often each function ran. */
  invocations: () => Record<string, number>;
  /** Frees ports, processes and files; may be called again. */
  close: () => Promise<void>;
}

/** A public request must arrive within this time; streams of answers have their own limits. */
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * Serves on this machine what a synthesized stack says.
 * @throws PortError, UnsupportedStackError, or an Error whose message is a sentence
 */
export async function startStack({ stack, zips, port, stateDir, filesDir }: StackOptions): Promise<LocalStack> {
  mkdirSync(stateDir, { recursive: true });
  const log = openLog(join(stateDir, "stack.log"));
  const cleanUp: (() => Promise<void>)[] = [log.close];
  let closed: Promise<void> | undefined;
  // In the reverse order of opening; what was never opened has nothing to close.
  const close = () => {
    closed ??= cleanUp.reduceRight((previous, next) => previous.then(next), Promise.resolve());
    return closed;
  };
  const onError = (error: unknown) =>
    log.write({ event: "error", message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  const open = async (options: { port: number; requestTimeoutMs: number }): Promise<Listener> => {
    const listener = await listen({ ...options, onError });
    cleanUp.push(listener.close);
    return listener;
  };

  try {
    const publicListener = await open({ port, requestTimeoutMs: REQUEST_TIMEOUT_MS });
    // Functions post their answers here for as long as they run.
    const internal = await open({ port: 0, requestTimeoutMs: 0 });
    const url = `http://127.0.0.1:${publicListener.port}`;
    const awsEndpoint = `http://127.0.0.1:${internal.port}`;

    const resources = loadResources(stack, { port: publicListener.port, seed: seed(stateDir) });
    const resource = output(resources, "mcp_url");
    const machineSecretName = output(resources, "machine_secret_name");
    const warn = (message: string) => log.write({ event: "warning", message });

    const lambda = createLambda({
      resources,
      zips,
      stateDir,
      internalPort: internal.port,
      endpoints: endpointVariables(awsEndpoint),
      log,
    });
    cleanUp.push(lambda.close);
    const buckets = { [output(resources, "files_bucket_name")]: filesDir };
    const cognito = await createCognito({ resources, origin: url, stateDir, users: demoUsers, warn });
    const services = {
      ...(await createStorage({ resources, buckets, stateDir, warn })),
      "cognito-idp": cognito.admin,
    };
    const mounted = mountServices(services);
    await setSealingSecret(mounted, output(resources, "sealing_parameter_name"));
    const aws = fetchListener(mounted, warn);
    internal.serve(async (request, response) => {
      const path = request.url ?? "/";
      if (path.startsWith(RUNTIME_API_PATH)) await lambda.serveRuntimeApi(request, response);
      else if (path === "/_local/invocations")
        response.setHeader("Content-Type", "application/json").end(JSON.stringify(lambda.invocations()));
      else aws(request, response);
    });

    const gateway = createGateway({ resources, lambda, accessLog: accessLog(log) });
    const front = createFront(resources, gateway);
    const login = fetchListener(cognito.fetch, warn);
    publicListener.serve(async (request, response) => {
      if (request.url?.startsWith("/_aws/")) login(request, response);
      else await front(request, response);
    });

    return { url, resource, awsEndpoint, machineSecretName, logs: log.path, invocations: lambda.invocations, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Text that ids and client secrets are derived from: kept, so that a client configured yesterday works today. */
function seed(stateDir: string): string {
  const file = join(stateDir, "seed");
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString("hex"), { mode: 0o600 });
  return readFileSync(file, "utf8");
}

function output(resources: Resources, name: string): string {
  const value = resources.outputs[name];
  if (typeof value !== "string") throw new UnsupportedStackError(`The stack has no output "${name}".`);
  return value;
}

/** Access log lines that are JSON stay JSON in the log. */
function accessLog(log: Log): (line: string) => void {
  return (line) => {
    try {
      log.write({ access: JSON.parse(line) });
    } catch {
      log.write({ access: line });
    }
  };
}
