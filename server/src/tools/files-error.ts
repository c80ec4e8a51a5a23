import { FilesError } from "../files/files.ts";
import { ToolError } from "./tool.ts";

/** Turns a failure of the files bucket that the caller can act on into a `ToolError`; others pass and stay internal. */
export async function explained<T>(
  pending: Promise<T>,
  sentences: Partial<Record<FilesError["reason"], string>>,
): Promise<T> {
  try {
    return await pending;
  } catch (error) {
    const sentence = FilesError.is(error) ? sentences[error.reason] : undefined;
    if (sentence === undefined) throw error;
    throw new ToolError(sentence, { cause: error });
  }
}
