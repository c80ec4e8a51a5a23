/**
 * Replaces the SDK's `_shims` in the bundle (build.ts): its JSON Schema validator (ajv, 150 kB and 11 ms of a cold start)
 * is for elicitation and `fromJsonSchema`, and this server has neither.
 */
export class DefaultJsonSchemaValidator {
  getValidator(): never {
    throw new Error("The JSON Schema validator is left out of this bundle: see server/src/mcp/sdk-shims.ts.");
  }
}

export const { process } = globalThis;
