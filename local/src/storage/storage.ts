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

/** Answers an AWS call; `target` is the raw request target below the service's mount point. */
export type AwsService = FetchHandler;

/** The AWS services that functions and operators call, by the mount point that `endpointVariables` gives the SDKs. */
export async function createStorage(options: StorageOptions): Promise<Record<string, AwsService>> {
  const buckets = new Map<string, BucketFolder>();
  for (const [name, folder] of Object.entries(options.buckets)) buckets.set(name, await BucketFolder.open(folder));
  return {
    s3: createS3({ buckets }),
    secretsmanager: createSecretsManager(options.resources),
    ssm: createSsm(options),
  };
}

/**
 * Puts services behind one listener: `/<mount>/…` goes to its service, everything else (STS, Lambda, …) gets the answer that
 * AWS gives for an operation it does not know, so that no call leaves the machine unnoticed.
 */
export function mountServices(services: Readonly<Record<string, AwsService>>): AwsService {
  return async (request, target) => {
    const [, mount = "", rest = ""] = /^\/([\w-]*)(.*)$/s.exec(target) ?? [];
    const service = Object.hasOwn(services, mount) ? services[mount] : undefined;
    if (service) return service(request, rest.startsWith("/") ? rest : `/${rest}`);
    const operation = request.headers.get("x-amz-target") ?? `${request.method} ${target.slice(0, 100)}`;
    return Response.json(
      { __type: "UnknownOperationException", message: `The local stack does not serve ${operation}.` },
      { status: 400 },
    );
  };
}

// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html, "Service-specific endpoints".
const variableOf: Record<string, string> = {
  "cognito-idp": "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER",
  s3: "AWS_ENDPOINT_URL_S3",
  secretsmanager: "AWS_ENDPOINT_URL_SECRETS_MANAGER",
  ssm: "AWS_ENDPOINT_URL_SSM",
};

/** Environment variables that send every AWS SDK of a process to the services at `base`; other services get there as well. */
export function endpointVariables(base: string): Record<string, string> {
  const own = Object.entries(variableOf).map(([mount, variable]) => [variable, `${base}/${mount}`]);
  return { AWS_ENDPOINT_URL: base, ...Object.fromEntries(own) };
}
