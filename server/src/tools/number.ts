import * as z from "zod";
import { ToolError } from "./tool.ts";

/**
 * Beyond 2^53 - 1 a double skips integers and JSON.parse has rounded already, so a larger operand or result would be
 * wrong without anybody noticing: both are refused. (ECMA-262 Number.MAX_SAFE_INTEGER, RFC 8259 section 6)
 */
const LIMIT = Number.MAX_SAFE_INTEGER;

export const operand = z
  .number()
  .min(-LIMIT)
  .max(LIMIT)
  .describe(`A number from -${LIMIT} to ${LIMIT}; decimals are IEEE 754 doubles.`);

export const calculation = z.object({ result: z.number().describe("The result; never -0, NaN or infinite.") });

/** @throws ToolError where the result cannot be exact. */
export function exact(result: number): { output: { result: number } } {
  if (!(Math.abs(result) <= LIMIT)) {
    throw new ToolError(
      `The result is beyond ±${LIMIT} (2^53 - 1) and could not be exact. Use smaller numbers, or split the calculation.`,
    );
  }
  // -0 + 0 is 0: JSON would write -0 as 0 anyway, so the structured and the text answer agree.
  return { output: { result: result + 0 } };
}
