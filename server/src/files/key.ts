import * as z from "zod";

/** S3 object keys are at most 1,024 bytes of UTF-8. (AWS, "Naming Amazon S3 objects") */
export const MAX_KEY_BYTES = 1024;

/** Control characters, line separators and the bidirectional marks that make a name read as another. (Unicode TR 36) */
const UNSAFE = /[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/u;

/**
 * S3 itself has no folders and would take all of these literally. They are refused because the names come from a model
 * and end up in other programs: a path on a disk, a line of a log, a link.
 *
 * @returns the problem as the end of a sentence, or undefined when the path is fine.
 */
function pathProblem(path: string): string | undefined {
  if (!path.isWellFormed()) return "must be valid Unicode (a surrogate stands alone)";
  if (new TextEncoder().encode(path).length > MAX_KEY_BYTES) return `must be at most ${MAX_KEY_BYTES} bytes of UTF-8`;
  if (UNSAFE.test(path)) return "must not contain control, line-separator or bidirectional characters";
  if (path.includes("\\")) return 'must use "/" between folders, not a backslash';
  if (path.startsWith("/")) return 'must not start with "/": keys are relative to the files bucket';
  const segments = path.split("/");
  if (segments.some((segment) => segment === "." || segment === ".."))
    return 'must not contain "." or ".." as a folder';
  // The last segment is empty where the path ends with "/"; `fileProblem` decides about that one.
  if (segments.slice(0, -1).includes("")) return "must not contain an empty folder name";
  return undefined;
}

function fileProblem(key: string): string | undefined {
  if (key === "") return "must not be empty";
  return (
    pathProblem(key) ?? (key.endsWith("/") ? 'must name a file, not a folder: remove the "/" at the end' : undefined)
  );
}

/** A new name must be in the one normal form, or two files could look the same; an old one may be in any. (UAX 15) */
function newFileProblem(key: string): string | undefined {
  return fileProblem(key) ?? (key === key.normalize("NFC") ? undefined : "must be in Unicode normal form NFC");
}

const checked = (problem: (value: string) => string | undefined) =>
  z.string().superRefine((value, context) => {
    const message = problem(value);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });

/** The key of a file that exists. */
export const fileKey = checked(fileProblem);
/** The key of a file to create. */
export const newFileKey = checked(newFileProblem);
/** The start of keys; may be empty or end inside a name. */
export const keyPrefix = checked(pathProblem);
