import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

/** The part of `terraform providers schema` that says what a configuration may contain. */
export interface Block {
  readonly attributes?: Readonly<Record<string, Attribute>> | undefined;
  readonly block_types?: Readonly<Record<string, NestedBlock>> | undefined;
}

export interface NestedBlock {
  readonly nesting_mode: "single" | "list" | "set";
  readonly min_items?: number | undefined;
  readonly max_items?: number | undefined;
  readonly block: Block;
}

export type Attribute = z.infer<typeof attributeSchema>;

/** `"string"`, `["list", "string"]`, `["object", {...}]`: as Terraform writes types. */
export type Type = string | readonly [string, ...unknown[]];

export interface ProviderSchema {
  readonly version: string;
  readonly resource: Readonly<Record<string, Block>>;
  readonly data: Readonly<Record<string, Block>>;
}

const typeSchema: z.ZodType<Type> = z.union([z.string(), z.tuple([z.string()], z.unknown())]);

const attributeSchema = z.object({
  type: typeSchema,
  required: z.boolean().optional(),
  optional: z.boolean().optional(),
  computed: z.boolean().optional(),
});

const blockSchema: z.ZodType<Block> = z.lazy(() =>
  z.object({
    attributes: z.record(z.string(), attributeSchema).optional(),
    block_types: z.record(z.string(), nestedSchema).optional(),
  }),
);

const nestedSchema = z.object({
  nesting_mode: z.enum(["single", "list", "set"]),
  min_items: z.number().optional(),
  max_items: z.number().optional(),
  block: blockSchema,
});

const providerSchema = z.object({
  version: z.string(),
  resource: z.record(z.string(), blockSchema),
  data: z.record(z.string(), blockSchema),
});

/** The types that the stacks use, of the provider version that the bindings are made for. */
export const REDUCED_SCHEMA = join(import.meta.dirname, "aws-6.25.0.json");

export function readSchema(file: string = REDUCED_SCHEMA): ProviderSchema {
  return providerSchema.parse(JSON.parse(readFileSync(file, "utf8")));
}
