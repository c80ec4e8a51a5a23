import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const VERSION = "2.12.0";
const folder = join(import.meta.dirname, "..", "..", ".local", `inspector-${VERSION}`);

/**
 * The official Inspector's program, as published. Not among the packages of this project, since it brings 115 MB: installed
 * once into the clone.
 */
export async function installInspector(): Promise<string> {
  const program = join(folder, "node_modules", ".bin", "mcp-inspector");
  if (existsSync(program)) return program;
  const inspector = `@modelcontextprotocol/inspector@${VERSION}`;
  const npm = ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", inspector];
  await promisify(execFile)("npm", npm).catch((error: Error) => {
    throw new Error(`The Inspector could not be installed; is the package registry within reach? ${error.message}`);
  });
  return program;
}
