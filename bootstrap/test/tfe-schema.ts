import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Json } from "./stack.ts";

/**
 * What the tfe provider 0.71.0 takes, as its bindings describe it: the package's `.jsii` is generated from the provider's
 * schema. It lists every property with its type and whether it is required; that is all there is of the provider offline.
 */
const assembly: Json = JSON.parse(
  readFileSync(
    join(dirname(createRequire(import.meta.url).resolve("@cdktf/provider-tfe/lib/workspace/index.js")), "../../.jsii"),
    "utf8",
  ),
);

const META_ARGUMENTS = new Set(["//", "count", "depends_on", "for_each", "lifecycle", "provider"]);

interface Property {
  readonly optional: boolean;
  readonly kind: "string" | "number" | "boolean" | "other";
}

/** Attributes of a resource type, or of the provider, under Terraform's names. */
export function attributesOf(type: string): ReadonlyMap<string, Property> {
  const words = type.replace(/^tfe_/, "").split("_");
  const pascal = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  const name = type === "provider" ? "TfeProvider" : pascal;
  const submodule = type === "provider" ? "provider" : pascal.charAt(0).toLowerCase() + pascal.slice(1);
  const config = assembly.types[`@cdktf/provider-tfe.${submodule}.${name}Config`];
  if (!config) throw new Error(`The tfe provider has no ${type}.`);
  return new Map(
    config.properties.map((property: Json) => [
      property.name.replaceAll(/[A-Z]/g, (letter: string) => `_${letter.toLowerCase()}`),
      { optional: property.optional === true, kind: kindOf(property.type) },
    ]),
  );
}

function kindOf(type: Json): Property["kind"] {
  const primitives = [type, ...(type.union?.types ?? [])].map((each) => each.primitive).filter(Boolean);
  return primitives[0] ?? "other";
}

/** One sentence per thing in the tfe part of a stack that the provider would not take. */
export function tfeProblems(stack: Json): string[] {
  const blocks: [address: string, type: string, block: Json][] = [
    ...stack.provider.tfe.map((block: Json) => ["provider.tfe", "provider", block]),
    ...Object.entries<Json>(stack.resource)
      .filter(([type]) => type.startsWith("tfe_"))
      .flatMap(([type, named]) => Object.entries<Json>(named).map(([id, block]) => [`${type}.${id}`, type, block])),
  ];
  return blocks.flatMap(([address, type, block]) => {
    const attributes = attributesOf(type);
    const missing = [...attributes]
      .filter(([name, { optional }]) => !optional && block[name] === undefined)
      .map(([name]) => `${address}.${name} is required.`);
    const wrong = Object.entries<Json>(block)
      .filter(([name]) => !META_ARGUMENTS.has(name))
      .flatMap(([name, value]) => {
        const attribute = attributes.get(name);
        if (!attribute) return [`${address}.${name} is unknown to the provider.`];
        const fits = attribute.kind === "other" || typeof value === attribute.kind;
        return fits ? [] : [`${address}.${name} must be a ${attribute.kind}, not ${JSON.stringify(value)}.`];
      });
    return [...missing, ...wrong];
  });
}
