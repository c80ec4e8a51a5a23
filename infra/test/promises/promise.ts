import type { Json } from "../stacks.ts";

/** Something the synthesized JSON of every environment keeps. */
export interface Promised {
  /** The promise as a sentence. */
  readonly that: string;
  /** Addresses or values that break it; empty where it is kept. */
  readonly brokenBy: (stack: Json) => readonly unknown[];
  /** Breaks it in a copy, to show that the check notices. */
  readonly breakIt: (stack: Json) => void;
}

export interface Named {
  readonly address: string;
  readonly name: string;
  readonly value: Json;
}

/** The resources of these types. */
export function all(stack: Json, ...types: readonly string[]): Named[] {
  return types.flatMap((type) =>
    Object.entries<Json>(stack.resource[type] ?? {}).map(([name, value]) => ({
      address: `${type}.${name}`,
      name,
      value,
    })),
  );
}

/** The resource of this type whose name begins so; the first when no beginning is given. */
export function one(stack: Json, type: string, beginning = ""): Json {
  const found = all(stack, type).find(({ name }) => name.startsWith(beginning));
  if (!found) throw new Error(`There is no ${type} named ${beginning}...`);
  return found.value;
}

/** Addresses of those that lack what they should have. */
export const without = (resources: readonly Named[], has: (value: Json, name: string) => unknown): string[] =>
  resources.filter(({ value, name }) => !has(value, name)).map(({ address }) => address);

export interface Statement {
  readonly address: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: Json;
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly Condition?: Json;
}

const POLICIES: readonly (readonly [string, string])[] = [
  ["aws_iam_role", "assume_role_policy"],
  ["aws_iam_role_policy", "policy"],
  ["aws_s3_bucket_policy", "policy"],
  ["aws_sns_topic_policy", "policy"],
  ["aws_vpc_endpoint", "policy"],
];

/** Every statement of every policy, or of the policies of one type. */
export function statements(stack: Json, ofType?: string): Statement[] {
  return POLICIES.filter(([type]) => ofType === undefined || type === ofType).flatMap(([type, attribute]) =>
    all(stack, type).flatMap(({ address, value }) =>
      JSON.parse(value[attribute]).Statement.map((statement: Json) => ({ address, ...statement })),
    ),
  );
}

/** Changes the first policy of this type. */
export function changePolicy(stack: Json, type: string, change: (policy: Json) => void, beginning = ""): void {
  const attribute = POLICIES.find(([each]) => each === type)?.[1] ?? "policy";
  const resource = one(stack, type, beginning);
  const policy = JSON.parse(resource[attribute]);
  change(policy);
  resource[attribute] = JSON.stringify(policy);
}

/** Every string anywhere below, with the path to it. */
export function strings(value: Json, path = ""): { path: string; text: string }[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value)
    .filter(([key]) => key !== "//")
    .flatMap(([key, item]) => strings(item, `${path}.${key}`));
}
