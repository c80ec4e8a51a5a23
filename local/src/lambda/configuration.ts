import { delimiter, dirname } from "node:path";
import * as z from "zod";
import { UnsupportedStackError } from "../terraform/errors.ts";
import type { Resource, Resources } from "../terraform/resources.ts";

/** A function as the stack configures it. */
export interface FunctionConfiguration {
  name: string;
  arn: string;
  version: string;
  handler: string;
  memoryMb: number;
  timeoutSeconds: number;
  /** Invocations at a time; further ones are answered with 429. */
  concurrency: number;
  logGroup: string;
  environment: Record<string, string>;
  /** In a VPC it reaches only the AWS services that have an endpoint there. */
  inVpc: boolean;
}

// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: an account's default quota.
const ACCOUNT_CONCURRENCY = 1000;

const schema = z.object({
  function_name: z.string(),
  arn: z.string(),
  version: z.string(),
  runtime: z.literal("nodejs24.x"),
  handler: z.string().regex(/^[^./]+\.[^.]+$/, "a handler is <file>.<export>"),
  package_type: z.literal("Zip").optional(),
  layers: z.array(z.string()).max(0).optional(),
  memory_size: z.number().default(128),
  timeout: z.number().default(3),
  reserved_concurrent_executions: z.number().nullish(),
  environment: z.object({ variables: z.record(z.string(), z.string()).default({}) }).optional(),
  vpc_config: z.object({ subnet_ids: z.array(z.string()) }).optional(),
  logging_config: z.object({ log_group: z.string().optional() }).optional(),
});

/** Reads an `aws_lambda_function`. Throws UnsupportedStackError for what the local Lambda does not run. */
export function functionConfiguration({ address, values }: Resource): FunctionConfiguration {
  const parsed = schema.safeParse(values);
  if (!parsed.success)
    throw new UnsupportedStackError(`The local stack cannot run ${address}: ${z.prettifyError(parsed.error)}`);
  const fn = parsed.data;
  const reserved = fn.reserved_concurrent_executions ?? -1;
  return {
    name: fn.function_name,
    arn: fn.arn,
    version: fn.version,
    handler: fn.handler,
    memoryMb: fn.memory_size,
    timeoutSeconds: fn.timeout,
    concurrency: reserved < 0 ? ACCOUNT_CONCURRENCY : reserved,
    logGroup: fn.logging_config?.log_group ?? `/aws/lambda/${fn.function_name}`,
    environment: fn.environment?.variables ?? {},
    inVpc: (fn.vpc_config?.subnet_ids ?? []).length > 0,
  };
}

/**
 * The whole environment of a function's process, made from scratch so that nothing of the developer's own gets in.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function processEnvironment(
  fn: FunctionConfiguration,
  { region, taskRoot, endpoints }: { region: string; taskRoot: string; endpoints: Record<string, string> },
): Record<string, string> {
  return {
    ...fn.environment,
    PATH: [dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(delimiter),
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: fn.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: fn.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: "local",
    AWS_LAMBDA_LOG_FORMAT: "JSON",
    _HANDLER: fn.handler,
    LAMBDA_TASK_ROOT: taskRoot,
    // The local services check no signature; these only have to be there.
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_SESSION_TOKEN: "local",
    // Without these the SDK would read the developer's own ~/.aws.
    HOME: taskRoot,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    ...endpoints,
  };
}

/** Nothing listens on the discard port: a call that would hang on AWS fails at once. */
const UNREACHABLE = "http://127.0.0.1:9";

/**
 * The `AWS_ENDPOINT_URL_*` that a function reaches from inside a VPC without a way out: those of the services for which the
 * stack has an `aws_vpc_endpoint`.
 */
export function endpointsInVpc(endpoints: Record<string, string>, resources: Resources): Record<string, string> {
  const services = new Set(
    resources.ofType("aws_vpc_endpoint").map(({ values }) => String(values.service_name).split(".").at(-1)),
  );
  const reachable = Object.entries(endpoints).filter(([variable]) =>
    services.has(variable.replace("AWS_ENDPOINT_URL_", "").replaceAll("_", "").toLowerCase()),
  );
  return { AWS_ENDPOINT_URL: UNREACHABLE, ...Object.fromEntries(reachable) };
}
