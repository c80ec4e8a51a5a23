import type { Resources } from "../terraform/resources.ts";
import { BucketFolder } from "./bucket-folder.ts";
import type { FetchHandler } from "./fetch-listener.ts";
import { createS3 } from "./s3.ts";
import { createSecretsManager } from "./secrets-manager.ts";
import { createSsm } from "./ssm.ts";

export interface StorageOptions {
  resources: Resources;
  /** Bucket name -> the folder that it shows. */
  buckets: Readonly<Record<string, string>>;
  /** Existing folder for what must outlive the process. */
  stateDir: string;
  /** Tells the operator about something that was repaired. */
  warn: (message: string) => void;
}

/** The AWS services that functions and operators call, by the mount point that `endpointVariables` gives the SDKs. */
export async function createStorage(options: StorageOptions): Promise<Record<string, FetchHandler>> {
  const buckets = new Map<string, BucketFolder>();
  for (const [name, folder] of Object.entries(options.buckets)) buckets.set(name, await BucketFolder.open(folder));
  return {
    s3: createS3({ buckets }),
    secretsmanager: createSecretsManager(options.resources),
    ssm: createSsm(options),
  };
}

/** The mount point and the SDK's endpoint variable of each service, and what its operation names begin with. */
const services: Record<string, { variable: string; operations?: string }> = {
  "cognito-idp": {
    variable: "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER",
    operations: "AWSCognitoIdentityProviderService",
  },
  s3: { variable: "AWS_ENDPOINT_URL_S3" },
  secretsmanager: { variable: "AWS_ENDPOINT_URL_SECRETS_MANAGER", operations: "secretsmanager" },
  ssm: { variable: "AWS_ENDPOINT_URL_SSM", operations: "AmazonSSM" },
};

/**
 * Puts handlers behind one listener: `/<mount>/…` goes to its service, and so does a call to the root whose operation names the
 * service, as clients send it that know only `AWS_ENDPOINT_URL` (S3 has no operation names and needs its own). Everything else
 * (STS, Lambda, …) gets the answer of AWS to an operation it does not know, so that no call leaves the machine unnoticed.
 */
export function mountServices(handlers: Readonly<Record<string, FetchHandler>>): FetchHandler {
  return async (request, target) => {
    const operation = request.headers.get("x-amz-target") ?? "";
    const [, path = "", rest = ""] = /^\/([\w-]*)(.*)$/s.exec(target) ?? [];
    const meant = Object.entries(services).find(([, { operations }]) => operation.split(".")[0] === operations)?.[0];
    const mount = path === "" ? (meant ?? "") : path;
    const handler = Object.hasOwn(handlers, mount) ? handlers[mount] : undefined;
    if (handler) return handler(request, rest.startsWith("/") ? rest : `/${rest}`);
    const message = `The local stack does not serve ${operation || `${request.method} ${target.slice(0, 100)}`}.`;
    return Response.json({ __type: "UnknownOperationException", message }, { status: 400 });
  };
}

/**
 * Environment variables that send every AWS SDK of a process to the services at `base`, those that are not served as well.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function endpointVariables(base: string): Record<string, string> {
  const own = Object.entries(services).map(([mount, { variable }]) => [variable, `${base}/${mount}`]);
  return { AWS_ENDPOINT_URL: base, ...Object.fromEntries(own) };
}
