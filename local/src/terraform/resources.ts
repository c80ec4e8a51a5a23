import * as z from "zod";
import { attributesOf, type Subject, token } from "./attributes.ts";
import { UnsupportedStackError } from "./errors.ts";
import { evaluate } from "./expression.ts";
import { isObject, type Json, type JsonObject, json, mapStrings } from "./json.ts";
import { localOrigins } from "./origins.ts";

export interface Resource {
  /** `<type>.<name>`, as in Terraform. */
  address: string;
  type: string;
  name: string;
  /** Configuration and computed attributes; every reference resolved, every public origin a local one. */
  values: Record<string, Json>;
}

export interface Resources {
  all(): Resource[];
  ofType(type: string): Resource[];
  /** Throws unless there is exactly one. */
  one(type: string): Resource;
  byAddress(address: string): Resource;
  outputs: Record<string, Json>;
  region: string;
  account: string;
  /** The local counterpart of a public URL that no attribute holds, such as a user pool's issuer. */
  toLocal(text: string): string;
}

export interface LoadOptions {
  /** Public port of the local stack: the origin that CloudFront's host becomes. */
  port: number;
  /** Secret text from which ids and client secrets are derived. */
  seed: string;
}

// Terraform's own documentation example; 12 digits as AWS has them.
const ACCOUNT = "000000000000";
// https://developer.hashicorp.com/terraform/language/meta-arguments; count and for_each would change what exists.
const META_ARGUMENTS = new Set(["//", "depends_on", "lifecycle", "provider"]);

const blocks = z.record(z.string(), z.record(z.string(), z.record(z.string(), json)));
const stackSchema = z.strictObject({
  "//": z.unknown().optional(),
  terraform: z.unknown().optional(),
  provider: z.object({ aws: z.tuple([z.object({ region: z.string() })], z.unknown()) }),
  variable: z.record(z.string(), z.object({ default: json.optional() })).default({}),
  data: blocks.default({}),
  resource: blocks,
  output: z.record(z.string(), z.object({ value: json })).default({}),
});

/** Reads a synthesized stack. Throws UnsupportedStackError when it holds what the local stack has no rule for. */
export function loadResources(stack: Json, options: LoadOptions): Resources {
  const parsed = stackSchema.safeParse(stack);
  if (!parsed.success)
    throw new UnsupportedStackError(
      `This is not a stack that the local stack can read: ${z.prettifyError(parsed.error)}`,
    );
  const { data, resource, output, variable, provider } = parsed.data;
  const region = provider.aws[0].region;

  const blocksByAddress = new Map<string, Block>();
  for (const [source, types] of [
    ["data", data],
    ["resource", resource],
  ] as const)
    for (const [type, byName] of Object.entries(types))
      for (const [name, body] of Object.entries(byName)) {
        const block = new Block(source, type, name, body, { seed: options.seed, region, evaluate: resolve });
        blocksByAddress.set(block.address, block);
      }

  /** Resolves every `${…}` inside a value; origins are AWS's until the very end, so that hashes do not depend on the port. */
  function resolve(value: Json): Json {
    return mapStrings(value, (text) =>
      evaluate(text, (path) => {
        if (path[0] === "var") return { value: defaultOf(path[1] ?? ""), used: 2 };
        const length = path[0] === "data" ? 3 : 2;
        const block = blocksByAddress.get(path.slice(0, length).join("."));
        const attribute = path[length];
        if (!block || attribute === undefined)
          throw new UnsupportedStackError(`\`${text}\` refers to ${path.join(".")}, which the stack does not define.`);
        return { value: block.attribute(attribute), used: length + 1 };
      }),
    );
  }

  function defaultOf(name: string): Json {
    const value = variable[name]?.default;
    if (value === undefined)
      throw new UnsupportedStackError(
        `The variable "${name}" has no default, so the local stack cannot know its value.`,
      );
    return value;
  }

  const resolved = [...blocksByAddress.values()]
    .filter((block) => block.source === "resource")
    .map((block) => ({ address: block.address, type: block.type, name: block.name, values: block.values() }));
  const toLocal = localOrigins(resolved, { region, port: options.port });
  const local = (value: Json) => mapStrings(value, toLocal);
  const all = resolved.map((found) => ({
    ...found,
    values: Object.fromEntries(Object.entries(found.values).map(([key, value]) => [key, local(value)])),
  }));
  const ofType = (type: string) => all.filter((found) => found.type === type);

  return {
    all: () => all,
    ofType,
    one(type) {
      const [first, ...rest] = ofType(type);
      if (!first || rest.length > 0)
        throw new UnsupportedStackError(
          `The stack must have exactly one ${type}; it has ${first ? rest.length + 1 : 0}.`,
        );
      return first;
    },
    byAddress(address) {
      const found = all.find((candidate) => candidate.address === address);
      if (!found) throw new UnsupportedStackError(`The stack does not define ${address}.`);
      return found;
    },
    outputs: Object.fromEntries(Object.entries(output).map(([name, { value }]) => [name, local(resolve(value))])),
    region,
    account: ACCOUNT,
    toLocal,
  };
}

interface BlockContext {
  seed: string;
  region: string;
  evaluate: (value: Json) => Json;
}

/** One `resource` or `data` block, whose attributes are evaluated when first asked for, in whatever order references need. */
class Block {
  readonly source: "resource" | "data";
  readonly type: string;
  readonly name: string;
  readonly address: string;
  readonly #body: JsonObject;
  readonly #context: BlockContext;
  readonly #computed: Record<string, (of: Subject) => Json>;
  readonly #done = new Map<string, Json>();
  readonly #pending = new Set<string>();

  constructor(source: "resource" | "data", type: string, name: string, body: JsonObject, context: BlockContext) {
    this.source = source;
    this.type = type;
    this.name = name;
    this.address = source === "data" ? `data.${type}.${name}` : `${type}.${name}`;
    this.#body = Object.fromEntries(Object.entries(body).filter(([key]) => !META_ARGUMENTS.has(key)));
    this.#context = context;
    const computed = attributesOf(type, source);
    if (!computed)
      throw new UnsupportedStackError(
        `The local stack has no rule for ${this.address}. Decide in local/src/terraform/attributes.ts whether ${type} is served or inert.`,
      );
    for (const argument of ["count", "for_each", "dynamic", "provisioner", "connection"])
      if (argument in body)
        throw new UnsupportedStackError(
          `${this.address} uses ${argument}; write the resources out in TypeScript instead.`,
        );
    this.#computed = computed;
  }

  values(): Record<string, Json> {
    const names = new Set([...Object.keys(this.#body), ...Object.keys(this.#computed)]);
    return Object.fromEntries([...names].map((name) => [name, this.attribute(name)]));
  }

  attribute(name: string): Json {
    const known = this.#done.get(name);
    if (known !== undefined) return known;
    if (this.#pending.has(name))
      throw new UnsupportedStackError(`${this.address}.${name} refers to itself in a circle.`);
    this.#pending.add(name);
    const value = this.#evaluate(name);
    this.#pending.delete(name);
    this.#done.set(name, value);
    return value;
  }

  #evaluate(name: string): Json {
    const configured = Object.hasOwn(this.#body, name) ? this.#body[name] : undefined;
    if (configured !== undefined && configured !== null) return this.#context.evaluate(configured);
    const compute = Object.hasOwn(this.#computed, name) ? this.#computed[name] : undefined;
    if (compute) return compute(this.#subject());
    if (configured === null) return null;
    throw new UnsupportedStackError(
      `${this.address} has no attribute "${name}" that the local stack knows; add its rule to local/src/terraform/attributes.ts.`,
    );
  }

  #subject(): Subject {
    const { seed, region } = this.#context;
    return {
      address: this.address,
      region,
      account: ACCOUNT,
      token: (kind, alphabet, length) => token(seed, `${this.address}.${kind}`, alphabet, length),
      get: (attribute) => String(this.attribute(attribute)),
      configured: (attribute) => {
        const value = this.#body[attribute];
        return value === undefined || isObject(value) ? undefined : this.attribute(attribute);
      },
    };
  }
}
