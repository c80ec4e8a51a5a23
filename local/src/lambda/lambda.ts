import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import * as z from "zod";
import type { Log } from "../log.ts";
import { UnsupportedStackError } from "../terraform/errors.ts";
import type { Resources } from "../terraform/resources.ts";
import type { Answer } from "./answer.ts";
import { endpointsInVpc, functionConfiguration, processEnvironment } from "./configuration.ts";
import { unpack } from "./deployment-package.ts";
import { InvokeError } from "./errors.ts";
import { FunctionPool } from "./function-pool.ts";
import { startGuard } from "./guard.ts";
import { type Caller, permissions } from "./permission.ts";

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB each way for a synchronous call. */
export const SYNCHRONOUS_PAYLOAD_LIMIT = 6_291_556;
/** Where the internal listener hands requests to `serveRuntimeApi`; what follows is the instance's id. */
export const RUNTIME_API_PATH = "/_runtime/";

export interface Lambda {
  /** Runs a function as the Invoke API does. Throws InvokeError when Lambda itself refuses or cannot. */
  invoke(functionArn: string, payload: string, caller: Caller, traceId: string): Promise<Answer>;
  serveRuntimeApi(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** How often each function ran, by name. */
  invocations(): Record<string, number>;
  close(): Promise<void>;
}

export interface LambdaOptions {
  resources: Resources;
  /** Deployment package of each function, by the key of its output `<key>_function_name`. */
  zips: Record<string, string>;
  stateDir: string;
  /** Port of the internal listener, on which the Runtime API and the AWS services of the functions live. */
  internalPort: number;
  /** `AWS_ENDPOINT_URL_*` of the services that functions reach. */
  endpoints: Record<string, string>;
  log: Log;
}

const aliasSchema = z.object({ name: z.string(), function_name: z.string() });

export function createLambda({ resources, zips, stateDir, internalPort, endpoints, log }: LambdaOptions): Lambda {
  const guard = startGuard();
  const allowed = permissions(resources);
  const pools = new Map<string, FunctionPool>();
  const qualifiers = new Map<string, Set<string>>();

  const packages = new Map(
    Object.entries(zips).map(([key, zip]) => {
      const name = resources.outputs[`${key}_function_name`];
      if (typeof name !== "string")
        throw new UnsupportedStackError(`The stack has no output "${key}_function_name" for the package ${zip}.`);
      return [name, unpack(zip, join(stateDir, "functions"))] as const;
    }),
  );
  for (const resource of resources.ofType("aws_lambda_function")) {
    const configuration = functionConfiguration(resource);
    const taskRoot = packages.get(configuration.name);
    if (taskRoot === undefined)
      throw new UnsupportedStackError(
        `${resource.address} has no deployment package: pass the zip of an output that names "${configuration.name}".`,
      );
    const reachable = configuration.inVpc ? endpointsInVpc(endpoints, resources) : endpoints;
    const environment = (id: string) => ({
      ...processEnvironment(configuration, { region: resources.region, taskRoot, endpoints: reachable }),
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${internalPort}${RUNTIME_API_PATH}${id}`,
    });
    pools.set(configuration.name, new FunctionPool({ configuration, environment, taskRoot, guard, log }));
    qualifiers.set(configuration.name, new Set([configuration.version, "$LATEST"]));
  }
  for (const { address, values } of resources.ofType("aws_lambda_alias")) {
    const alias = aliasSchema.parse(values);
    const known = qualifiers.get(alias.function_name.split(":").at(-1) ?? "");
    if (!known)
      throw new UnsupportedStackError(`${address} is an alias of ${alias.function_name}, which does not exist.`);
    known.add(alias.name);
  }

  return {
    async invoke(functionArn, payload, caller, traceId) {
      const [, name = "", qualifier] =
        /^arn:aws:lambda:[^:]+:\d+:function:([^:]+)(?::([^:]+))?$/.exec(functionArn) ?? [];
      const pool = pools.get(name);
      if (!pool || (qualifier !== undefined && !qualifiers.get(name)?.has(qualifier)))
        throw new InvokeError(404, "ResourceNotFoundException", `Function not found: ${functionArn}`);
      if (!allowed(name, qualifier, caller))
        throw new InvokeError(
          403,
          "AccessDeniedException",
          `No aws_lambda_permission lets ${caller.principal} invoke ${functionArn} for ${caller.sourceArn}.`,
        );
      if (Buffer.byteLength(payload) > SYNCHRONOUS_PAYLOAD_LIMIT)
        throw new InvokeError(
          413,
          "RequestTooLargeException",
          `The event is larger than ${SYNCHRONOUS_PAYLOAD_LIMIT} bytes.`,
        );
      return pool.invoke({ requestId: randomUUID(), functionArn, traceId, payload });
    },
    async serveRuntimeApi(request, response) {
      const [, id = "", path = ""] = /^\/_runtime\/([^/]+)\/2018-06-01\/runtime\/(.+)$/.exec(request.url ?? "") ?? [];
      const instance = [...pools.values()].map((pool) => pool.find(id)).find((found) => found !== undefined);
      if (instance) await instance.serve(path, request, response);
      else response.writeHead(404).end();
    },
    invocations: () => Object.fromEntries([...pools].map(([name, pool]) => [name, pool.invocations])),
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
      guard.close();
    },
  };
}
