import { zipSync } from "fflate";

/**
 * Lambda creates no function without code, and HCP Terraform gets nothing but the stack's folder: so this file lies beside
 * `cdk.tf.json` from synth on, and is read once, when the function is created.
 */
export const PLACEHOLDER_FILE = "placeholder.zip";

const SOURCE = `export const handler = async () => {
  throw new Error("No code has been published yet: run update-lambda for this environment.");
};
`;

/** The same bytes everywhere: fixed time, fixed mode. */
export function placeholderZip(): Uint8Array {
  return zipSync(
    { "index.mjs": new TextEncoder().encode(SOURCE) },
    { mtime: new Date(1980, 0, 1), os: 3, attrs: 0o100644 << 16 },
  );
}
