import * as z from "zod";
import { calculation, exact, operand } from "./number.ts";
import { defineTool } from "./tool.ts";

export const multiply = defineTool({
  name: "multiply",
  title: "Multiply two numbers",
  description:
    "Multiplies a by b and returns the product. Products beyond ±(2^53 - 1) are refused, because they would be inexact.",
  scope: "read",
  input: z.strictObject({ a: operand, b: operand }),
  output: calculation,
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  run: ({ a, b }) => exact(a * b),
});
