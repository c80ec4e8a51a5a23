import { Buffer } from "node:buffer";

/** A reserved folder at the bucket's root: odd keys, uploads under way and content types; never listed as objects itself. */
export const RESERVED = ".s3";
const ODD = [RESERVED, "keys"] as const;
const SUFFIX = ".object";
// 255 bytes is the limit of a file name on Linux (NAME_MAX, limits.h) and macOS.
const NAME_BYTES = 255;
const PIECE = 200;

/** Names that a file may carry as they are: no `.`/`..`, nothing empty, no separators, NUL or control characters. */
function isPlainName(name: string): boolean {
  if (name === "" || name === "." || name === ".." || /[\p{Cc}\\/]/u.test(name)) return false;
  return Buffer.byteLength(name) <= NAME_BYTES;
}

/** The key's own place in the folder as path segments, or undefined when an ordinary file cannot have that name. */
export function plainPath(key: string): readonly string[] | undefined {
  const names = key.split("/");
  return names[0] !== RESERVED && names.every(isPlainName) ? names : undefined;
}

/**
 * The place of any key at all: its base64url under the reserved folder, cut into names of a legal length. Only the last name
 * has the suffix, so that one key's file is never another key's folder.
 */
export function encodedPath(key: string): readonly string[] {
  const text = Buffer.from(key).toString("base64url");
  const pieces = text.match(new RegExp(`.{1,${PIECE}}`, "g")) ?? [""];
  return [...ODD, ...pieces.slice(0, -1), `${pieces.at(-1)}${SUFFIX}`];
}

/** The key that a file at these path segments stands for, or undefined when it is not an object. */
export function keyOf(path: readonly string[]): string | undefined {
  if (path[0] !== RESERVED) return path.every(isPlainName) ? path.join("/") : undefined;
  if (path[1] !== ODD[1] || !path.at(-1)?.endsWith(SUFFIX)) return undefined;
  const key = Buffer.from(path.slice(2).join("").slice(0, -SUFFIX.length), "base64url").toString();
  return encodedPath(key).join("/") === path.join("/") ? key : undefined;
}
