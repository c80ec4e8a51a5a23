import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { synthesized as bootstrap } from "../../../bootstrap/test/stack.ts";
import { environments } from "../../src/config.ts";
import { everyFlag, ownDomain, synthesized } from "../stacks.ts";
import { usedTypes } from "./check.ts";
import { REDUCED_SCHEMA, readSchema } from "./schema.ts";

const HELP = `usage: node bin/run.mjs infra/test/schema/reduce.ts <schema.json> [cdk.tf.json ...]

Writes infra/test/schema/aws-6.25.0.json: of the schema of all resources only the types that bootstrap, dev, prod, an
environment with every flag, and the given stacks use. The schema is the output of

  terraform providers schema -json | jq '.provider_schemas[] | {provider: "hashicorp/aws", version: "6.25.0",
    resource: (.resource_schemas | map_values(.block)), data: (.data_source_schemas | map_values(.block))}'

in a folder whose configuration requires exactly that version of hashicorp/aws.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: "boolean", short: "h" } },
});
const [full, ...stacks] = positionals;
if (values.help || full === undefined) {
  process.stdout.write(HELP);
  process.exit(values.help ? 0 : 1);
}

const schema = readSchema(full);
const used = [
  ...[...environments, everyFlag, ownDomain].map((environment) => synthesized(environment)),
  bootstrap(),
  ...stacks.map((file): unknown => JSON.parse(readFileSync(file, "utf8"))),
].map(usedTypes);

const pick = (kind: "resource" | "data") => {
  const types = [...new Set(used.flatMap((types) => types[kind]))].sort();
  for (const type of types) if (!schema[kind][type]) process.stderr.write(`not in ${full}: ${kind} ${type}\n`);
  return Object.fromEntries(types.flatMap((type) => (schema[kind][type] ? [[type, schema[kind][type]]] : [])));
};
const reduced = { version: schema.version, resource: pick("resource"), data: pick("data") };
writeFileSync(REDUCED_SCHEMA, `${JSON.stringify(reduced)}\n`);
process.stdout.write(
  `${Object.keys(reduced.resource).length} resource types, ${Object.keys(reduced.data).length} data types -> ${REDUCED_SCHEMA}\n`,
);
