import * as z from "zod";
import { UnsupportedStackError } from "../terraform/errors.ts";
import type { Resource } from "../terraform/resources.ts";

/** Parses a resource's values; what the schema does not know is a feature that this gateway does not serve. */
export function parse<T>(schema: z.ZodType<T>, { address, values }: Resource): T {
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  throw new UnsupportedStackError(
    `The local gateway does not serve ${address} as it is: ${z.prettifyError(parsed.error)}`,
  );
}
