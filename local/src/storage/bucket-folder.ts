import { randomUUID } from "node:crypto";
import type { Stats } from "node:fs";
import { link, lstat, mkdir, readdir, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { contentTypeOf } from "./content-type.ts";
import { encodedPath, keyOf, plainPath, RESERVED } from "./object-path.ts";

export interface StoredObject {
  key: string;
  size: number;
  lastModified: Date;
  /** Changes whenever the file does. Not an MD5: a listing must not read 5,000 files. Multipart ETags are no MD5 either. */
  etag: string;
  contentType: string;
  /** Absolute path of the file; inside the folder, and no symbolic link on the way. */
  file: string;
}

/** One bucket on one folder: every ordinary file is an object, and every legal key has a place inside the folder. */
export class BucketFolder {
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
  }

  /** Creates the folder where it is missing. */
  static async open(folder: string): Promise<BucketFolder> {
    await mkdir(folder, { recursive: true });
    return new BucketFolder(await realpath(folder));
  }

  async find(key: string): Promise<StoredObject | undefined> {
    for (const path of placesOf(key)) {
      const found = await this.#fileAt(path);
      if (found) return this.#describe(key, path, found);
    }
    return undefined;
  }

  /** Every key with the prefix, in S3's order: the bytes of its UTF-8 form. */
  async keys(prefix: string): Promise<string[]> {
    const keys = new Map<string, Buffer>();
    for await (const path of this.#walk([], prefix)) {
      const key = keyOf(path);
      if (key?.startsWith(prefix)) keys.set(key, Buffer.from(key));
    }
    return [...keys].sort(([, a], [, b]) => a.compare(b)).map(([key]) => key);
  }

  /** Stores the bytes whole or not at all; gives undefined when `onlyIfAbsent` and the key exists. */
  async put(
    key: string,
    bytes: Uint8Array,
    { contentType, onlyIfAbsent }: { contentType: string | undefined; onlyIfAbsent: boolean },
  ): Promise<StoredObject | undefined> {
    if (onlyIfAbsent && (await this.find(key))) return undefined;
    const upload = join(await this.#folder([RESERVED, "uploads"], true), randomUUID());
    await writeFile(upload, bytes);
    try {
      for (const path of placesOf(key)) {
        const folder = await this.#folder(path.slice(0, -1), true).catch(() => undefined);
        if (folder === undefined) continue;
        const file = join(folder, path.at(-1) ?? "");
        if ((await kindOf(file)) === "other") continue;
        // A hard link fails where the name exists, which decides two writers' race; a rename replaces it.
        if (onlyIfAbsent) await link(upload, file);
        else await rename(upload, file);
        await this.#keepContentType(key, contentType);
        return await this.find(key);
      }
      throw new Error(`No place for the key ${JSON.stringify(key)} in ${this.#root}.`);
    } catch (error) {
      if (onlyIfAbsent && codeOf(error) === "EEXIST") return undefined;
      throw error;
    } finally {
      await rm(upload, { force: true });
    }
  }

  /** Absolute path of a folder below the root. Throws where a link or a file stands in its way. */
  async #folder(names: readonly string[], create = false): Promise<string> {
    let path = this.#root;
    for (const name of names) {
      path = join(path, name);
      if (create) await mkdir(path).catch(ignore("EEXIST"));
      if (!(await lstat(path)).isDirectory()) throw new Error(`${path} is not a folder.`);
    }
    return path;
  }

  async #fileAt(path: readonly string[]): Promise<Stats | undefined> {
    try {
      const stats = await lstat(join(await this.#folder(path.slice(0, -1)), path.at(-1) ?? ""));
      return stats.isFile() ? stats : undefined;
    } catch {
      return undefined;
    }
  }

  async #describe(key: string, path: readonly string[], stats: Stats): Promise<StoredObject> {
    return {
      key,
      size: stats.size,
      lastModified: stats.mtime,
      etag: `"${stats.ino.toString(16)}${Math.round(stats.mtimeMs * 1000).toString(16)}${stats.size.toString(16)}-1"`,
      contentType: (await this.#keptContentType(key)) ?? contentTypeOf(key),
      file: join(this.#root, ...path),
    };
  }

  /** Paths of all files that may be objects; folders that cannot hold the prefix are not entered. */
  async *#walk(at: readonly string[], prefix: string): AsyncGenerator<readonly string[]> {
    const entries = await readdir(join(this.#root, ...at), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = [...at, entry.name];
      if (entry.isFile()) yield path;
      else if (entry.isDirectory() && mayHold(path, prefix)) yield* this.#walk(path, prefix);
    }
  }

  #contentTypeFile(key: string): string[] {
    return [RESERVED, "content-types", ...encodedPath(key).slice(2)];
  }

  async #keepContentType(key: string, contentType: string | undefined): Promise<void> {
    const path = this.#contentTypeFile(key);
    const file = join(this.#root, ...path);
    if (contentType === undefined || contentType === contentTypeOf(key)) return rm(file, { force: true });
    await this.#folder(path.slice(0, -1), true);
    await writeFile(file, contentType);
  }

  async #keptContentType(key: string): Promise<string | undefined> {
    const path = this.#contentTypeFile(key);
    return (await this.#fileAt(path)) ? readFile(join(this.#root, ...path), "utf8") : undefined;
  }
}

/** Where a key may stand: its own name first; its encoded name when that is odd, or taken by a folder (S3 has `a` and `a/b`). */
function placesOf(key: string): (readonly string[])[] {
  const plain = plainPath(key);
  return plain ? [plain, encodedPath(key)] : [encodedPath(key)];
}

function mayHold(path: readonly string[], prefix: string): boolean {
  if (path[0] === RESERVED) return path.length === 1 || path[1] === "keys";
  const folder = `${path.join("/")}/`;
  return folder.startsWith(prefix) || prefix.startsWith(folder);
}

async function kindOf(file: string): Promise<"absent" | "file" | "other"> {
  try {
    return (await lstat(file)).isFile() ? "file" : "other";
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "absent";
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}

const ignore = (code: string) => (error: unknown) => {
  if (codeOf(error) !== code) throw error;
};
