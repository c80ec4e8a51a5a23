import { type Attribute, type Block, type ProviderSchema, REDUCED_SCHEMA, type Type } from "./schema.ts";

type Json = unknown;
type Objects = Readonly<Record<string, Json>>;

const META_ARGUMENTS = new Set(["//", "count", "depends_on", "for_each", "lifecycle", "provider"]);

/**
 * Compares a synthesized stack with the provider's schema: unknown, missing and read-only attributes, wrong shapes of
 * values, too few and too many nested blocks.
 *
 * @returns one sentence per problem, each with the address it is about; empty where all is well
 */
export function problems(stack: Json, schema: ProviderSchema): string[] {
  return (["resource", "data"] as const).flatMap((kind) =>
    Object.entries(objects(objects(stack)[kind])).flatMap(([type, named]) => {
      const block = schema[kind][type];
      if (!block)
        return [
          `${kind} ${type} is not in ${REDUCED_SCHEMA}: regenerate it with \`node infra/test/schema/reduce.ts <schema of all resources>\` (its --help says where to get one), or correct the type.`,
        ];
      return Object.entries(objects(named)).flatMap(([name, value]) => {
        const configured = Object.entries(objects(value)).filter(([key]) => !META_ARGUMENTS.has(key));
        return inBlock(`${type}.${name}`, Object.fromEntries(configured), block);
      });
    }),
  );
}

/** Resource and data types of a stack. */
export function usedTypes(stack: Json): { resource: string[]; data: string[] } {
  const { resource, data } = objects(stack);
  return { resource: Object.keys(objects(resource)), data: Object.keys(objects(data)) };
}

function inBlock(path: string, value: Objects, { attributes = {}, block_types = {} }: Block): string[] {
  const found: string[] = [];
  for (const [key, item] of Object.entries(value)) {
    const attribute = attributes[key];
    const nested = block_types[key];
    if (nested) {
      const items = Array.isArray(item) ? item : [item];
      items.forEach((each, index) => {
        found.push(...inBlock(`${path}.${key}[${index}]`, objects(each), nested.block));
      });
    } else if (!attribute) {
      found.push(`${path}.${key} is unknown to the provider.`);
    } else if (readOnly(attribute)) {
      found.push(`${path}.${key} is read-only.`);
    } else if (!fits(item, attribute.type)) {
      found.push(`${path}.${key} must be of the type ${JSON.stringify(attribute.type)}, not ${JSON.stringify(item)}.`);
    }
  }
  for (const [key, attribute] of Object.entries(attributes))
    if (attribute.required && value[key] === undefined) found.push(`${path}.${key} is required.`);
  for (const [key, { min_items = 0, max_items = Number.POSITIVE_INFINITY, nesting_mode }] of Object.entries(
    block_types,
  )) {
    const item = value[key];
    const count = item === undefined ? 0 : Array.isArray(item) ? item.length : 1;
    const most = nesting_mode === "single" ? 1 : max_items;
    if (count < min_items || count > most)
      found.push(`${path}.${key} must have ${min_items} to ${most} blocks, not ${count}.`);
  }
  return found;
}

const readOnly = ({ computed, optional, required }: Attribute): boolean => computed === true && !optional && !required;

function fits(value: Json, type: Type): boolean {
  // A reference can be of any type.
  if (typeof value === "string" && /^\$\{.*\}$/s.test(value)) return true;
  if (typeof type === "string") return type === "dynamic" || typeof value === (type === "bool" ? "boolean" : type);
  const [kind, of] = type;
  if (kind === "list" || kind === "set") return Array.isArray(value) && value.every((item) => fits(item, asType(of)));
  if (!isObject(value)) return false;
  if (kind === "map") return Object.values(value).every((item) => fits(item, asType(of)));
  const members = objects(of);
  return Object.entries(value).every(([key, item]) => key in members && fits(item, asType(members[key])));
}

const asType = (value: unknown): Type => (Array.isArray(value) ? [String(value[0]), ...value.slice(1)] : String(value));

const isObject = (value: Json): value is Objects =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const objects = (value: Json): Objects => (isObject(value) ? value : {});
