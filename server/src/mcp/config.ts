import * as z from "zod";

const list = z
  .string()
  .default("")
  .transform((value) => value.split(",").filter((item) => item !== ""));

const environment = z.object({
  /** The audience of every token: `https://<host>/mcp`. */
  RESOURCE: z.url(),
  MACHINE_CLIENT_IDS: list,
  BUCKET_NAME: z.string().min(1),
  ALLOWED_ORIGINS: list,
  ENVIRONMENT: z.string().min(1),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
});

export interface Config {
  readonly resource: string;
  readonly machineClientIds: readonly string[];
  readonly bucketName: string;
  /** Origins a browser may call from, the resource's own included. */
  readonly allowedOrigins: readonly string[];
  readonly environment: string;
  readonly logLevel: "debug" | "info" | "warn" | "error";
}

/** @throws Error that names the variables to correct; the function then fails at its start and not at its first call. */
export function readConfig(variables: NodeJS.ProcessEnv): Config {
  const parsed = environment.safeParse(variables);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
    throw new Error(`Environment of the MCP function (set by infra): ${problems}`);
  }
  const { RESOURCE, MACHINE_CLIENT_IDS, BUCKET_NAME, ALLOWED_ORIGINS, ENVIRONMENT, LOG_LEVEL } = parsed.data;
  return {
    resource: RESOURCE,
    machineClientIds: MACHINE_CLIENT_IDS,
    bucketName: BUCKET_NAME,
    allowedOrigins: [new URL(RESOURCE).origin, ...ALLOWED_ORIGINS],
    environment: ENVIRONMENT,
    logLevel: LOG_LEVEL,
  };
}
