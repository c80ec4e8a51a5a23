import * as z from "zod";
import { newFileKey } from "../files/key.ts";
import { textTypeOf } from "../files/media-type.ts";
import { explained } from "./files-error.ts";
import { defineTool } from "./tool.ts";

/**
 * 1 MiB of text: as JSON in a request body at most doubled by its quotes, so it fits the body limit, which fits Lambda's
 * 6 MB. More is not something a model writes in one call. (src/mcp/limits.ts)
 */
export const MAX_CONTENT_BYTES = 1024 * 1024;

const content = z
  .string()
  .refine((text) => text.isWellFormed(), "must be valid Unicode (a surrogate stands alone)")
  .refine((text) => new TextEncoder().encode(text).length <= MAX_CONTENT_BYTES, {
    error: `must be at most ${MAX_CONTENT_BYTES} bytes of UTF-8. Save the text in several files`,
  });

export const saveFile = defineTool({
  name: "save_file",
  title: "Save a file",
  description: `Saves text as a new file (UTF-8, at most ${MAX_CONTENT_BYTES} bytes). It never overwrites: where the key exists the call fails and nothing changes.`,
  scope: "write",
  input: z.strictObject({
    key: newFileKey.describe('Name of the new file, folders separated by "/", for example "notes/today.md".'),
    content: content.describe("The whole text of the file."),
  }),
  output: z.object({ key: z.string(), size: z.number().describe("In bytes.") }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  async run({ key, content }, { files, signal }) {
    await explained(files.save({ key, content, contentType: textTypeOf(key) }, signal), {
      exists: "A file with this key exists already, and files are never overwritten. Choose another key.",
    });
    return { output: { key, size: new TextEncoder().encode(content).length } };
  },
});
