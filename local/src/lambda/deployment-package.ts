import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import { unzipSync } from "fflate";

/**
 * Unzips a deployment package to `<folder>/<sha256 of the zip>` unless it is there already, and returns that folder: what
 * Lambda mounts as /var/task. Throws with a sentence when the file is missing or no zip.
 */
export function unpack(zip: string, folder: string): string {
  const bytes = read(zip);
  const target = join(folder, createHash("sha256").update(bytes).digest("hex"));
  if (existsSync(target)) return target;
  mkdirSync(folder, { recursive: true });
  // Renamed into place when complete, so that a start that was cut off leaves no half package behind.
  const partial = mkdtempSync(join(folder, "partial-"));
  try {
    for (const [name, content] of Object.entries(entries(zip, bytes))) {
      const path = normalize(join(partial, name));
      if (!path.startsWith(partial + sep)) throw new Error(`${zip} has an entry outside its folder: ${name}`);
      if (name.endsWith("/")) continue;
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
    if (!existsSync(target)) renameSync(partial, target);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return target;
}

function read(zip: string): Uint8Array {
  try {
    return readFileSync(zip);
  } catch {
    throw new Error(`The deployment package ${zip} cannot be read; build it with \`pnpm build\`.`);
  }
}

function entries(zip: string, bytes: Uint8Array): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes);
  } catch {
    throw new Error(`${zip} is not a zip file; build it again with \`pnpm build\`.`);
  }
}
