import type { Files } from "./files.ts";

/**
 * The files bucket, whose client is loaded by the first call that needs it: it is larger than all the rest, and most calls
 * need no file. `s3.ts` is a bundle of its own. (build.ts)
 */
export function lazyFiles(bucket: string): Files {
  let loaded: Promise<Files> | undefined;
  const load = () => {
    loaded ??= import("./s3.ts").then(({ s3Files }) => s3Files(bucket));
    return loaded;
  };
  return {
    list: async (query, signal) => (await load()).list(query, signal),
    read: async (query, signal) => (await load()).read(query, signal),
    save: async (file, signal) => (await load()).save(file, signal),
  };
}
