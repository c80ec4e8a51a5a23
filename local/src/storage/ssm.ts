import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { parse } from "../gateway/schema.ts";
import type { Resources } from "../terraform/resources.ts";
import { createJsonService, ServiceError } from "./json-protocol.ts";

const parameterSchema = z.object({
  type: z.enum(["String", "StringList", "SecureString"]),
  value: z.string(),
  version: z.int(),
  lastModified: z.number(),
});
type Parameter = z.infer<typeof parameterSchema>;
const storedSchema = z.record(z.string(), parameterSchema);

const resourceSchema = z
  .object({
    name: z.string(),
    type: parameterSchema.shape.type,
    value: z.string().optional(),
    /** Write-only: Terraform sends it and keeps it out of its state. */
    value_wo: z.string().optional(),
  })
  .transform(({ value, value_wo, ...rest }) => ({ ...rest, value: value ?? value_wo ?? "" }));

// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
const name = z.string().min(1).max(2048);
const getParameter = z.object({ Name: name, WithDecryption: z.boolean().default(false) });
const putParameter = z.object({
  Name: name,
  Value: z.string().min(1).max(4096),
  Type: parameterSchema.shape.type.optional(),
  Overwrite: z.boolean().default(false),
});

export interface SsmOptions {
  resources: Resources;
  /** Existing folder for what is put. */
  stateDir: string;
  /** Tells the operator about something that was repaired. */
  warn: (message: string) => void;
}

/**
 * Parameter Store's GetParameter and PutParameter. What is put outlives the process in `<stateDir>/parameters.json` (mode 0600)
 * and wins over the stack's own value, as on AWS where Terraform ignores changes of the value.
 */
export function createSsm({ resources, stateDir, warn }: SsmOptions): (request: Request) => Promise<Response> {
  const file = join(stateDir, "parameters.json");
  const put = readStored(file, warn);
  const arnOf = (parameter: string) =>
    `arn:aws:ssm:${resources.region}:${resources.account}:parameter/${parameter.replace(/^\//, "")}`;
  const declared = new Map<string, Parameter>(
    resources.ofType("aws_ssm_parameter").map((found) => {
      const { name, type, value } = parse(resourceSchema, found);
      return [name, { type, value, version: 1, lastModified: 0 }];
    }),
  );
  const find = (parameter: string) => put.get(parameter) ?? declared.get(parameter);

  return createJsonService("AmazonSSM", {
    GetParameter(input) {
      const { Name, WithDecryption } = getParameter.parse(input);
      const found = find(Name);
      if (!found) throw new ServiceError("ParameterNotFound", `The parameter ${Name} does not exist.`);
      const readable = found.type !== "SecureString" || WithDecryption;
      return {
        Parameter: {
          ARN: arnOf(Name),
          DataType: "text",
          LastModifiedDate: found.lastModified,
          Name,
          Type: found.type,
          // Without decryption AWS gives KMS ciphertext; a caller that forgot the flag must not get the secret here either.
          Value: readable ? found.value : "AQICAHencrypted-ask-WithDecryption",
          Version: found.version,
        },
      };
    },
    PutParameter(input) {
      const { Name, Value, Type, Overwrite } = putParameter.parse(input);
      const before = find(Name);
      if (before && !Overwrite)
        throw new ServiceError(
          "ParameterAlreadyExists",
          "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
        );
      const type = Type ?? before?.type;
      if (!type)
        throw new ServiceError("ValidationException", "A parameter type is required when you create a parameter.");
      const version = (before?.version ?? 0) + 1;
      put.set(Name, { type, value: Value, version, lastModified: Math.floor(Date.now() / 1000) });
      // Written beside and renamed, so that a crash leaves the old or the new file and never half of one.
      writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(put)), { mode: 0o600 });
      renameSync(`${file}.new`, file);
      return { Tier: "Standard", Version: version };
    },
  });
}

function readStored(file: string, warn: SsmOptions["warn"]): Map<string, Parameter> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return new Map();
  }
  try {
    return new Map(Object.entries(storedSchema.parse(JSON.parse(text))));
  } catch {
    warn(`${file} is damaged; parameters that were put before are gone. Put them again.`);
    return new Map();
  }
}
