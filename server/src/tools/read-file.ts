import * as z from "zod";
import type { FilePart } from "../files/files.ts";
import { fileKey } from "../files/key.ts";
import { decodeText } from "../files/text.ts";
import { explained } from "./files-error.ts";
import { type Content, defineTool, ToolError } from "./tool.ts";

/**
 * 1 MiB a call. Text is sent twice (as a block and as structured output) and JSON at most doubles it, so 4 MiB: below
 * the result limit. (src/mcp/limits.ts)
 */
const MAX_LENGTH = 1024 * 1024;
/** About 16,000 tokens: what a model can take in without being asked whether it wants more. */
const DEFAULT_LENGTH = 64 * 1024;

export const readFile = defineTool({
  name: "read_file",
  title: "Read a file",
  description: `Reads a file. Text comes back as text, ${DEFAULT_LENGTH} bytes at a time unless length says otherwise; while nextOffset comes back there is more: call again with offset set to it. Images and audio come back whole, up to ${MAX_LENGTH} bytes, other binary files as base64.`,
  scope: "read",
  input: z.strictObject({
    key: fileKey.describe("Key of the file, as list_files returns it."),
    offset: z.int().min(0).default(0).describe("Where to start, in bytes."),
    length: z.int().min(1).max(MAX_LENGTH).default(DEFAULT_LENGTH).describe("The most bytes to return."),
  }),
  output: z.object({
    key: z.string(),
    contentType: z.string(),
    size: z.number().describe("Of the whole file, in bytes."),
    offset: z.number().describe("Of this part, in bytes."),
    length: z.number().describe("Of this part, in bytes."),
    nextOffset: z.number().optional().describe("Absent when the end of the file was reached."),
    text: z.string().optional().describe("This part, where the file is text."),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  async run({ key, offset, length }, { files, signal }) {
    const read = (range: { offset: number; length: number }) =>
      explained(files.read({ key, ...range }, signal), {
        "not-found": "There is no file with this key. list_files shows the keys that exist.",
        "bad-range": "offset is beyond the end of the file. Start with offset 0.",
      });

    let part = await read({ offset, length });
    const media = mediaKind(part.contentType);
    if (media !== undefined && (offset > 0 || part.bytes.length < part.size)) {
      if (part.size > MAX_LENGTH) {
        throw new ToolError(
          `The file is ${part.contentType} of ${part.size} bytes; images and audio are returned whole, up to ${MAX_LENGTH} bytes.`,
        );
      }
      // Half an image is of no use to anybody.
      part = await read({ offset: 0, length: MAX_LENGTH });
      offset = 0;
    }
    const atEnd = offset + part.bytes.length >= part.size;
    const decoded = media === undefined ? decodeText(part.bytes, { atStart: offset === 0, atEnd }) : undefined;
    const start = offset + (decoded?.skipped ?? 0);
    const sent = decoded?.length ?? part.bytes.length;
    const output = {
      key,
      contentType: part.contentType,
      size: part.size,
      offset: start,
      length: sent,
      ...(start + sent < part.size && { nextOffset: start + sent }),
      ...(decoded !== undefined && { text: decoded.text }),
    };
    return { output, content: content(key, part, output) };
  },
});

function mediaKind(contentType: string): "image" | "audio" | undefined {
  // SVG is text that a model reads better as such.
  const kind = /^(image|audio)\/(?!svg)/.exec(contentType)?.[1];
  return kind === "image" || kind === "audio" ? kind : undefined;
}

function content(
  key: string,
  { bytes, contentType }: FilePart,
  {
    text,
    offset,
    length,
    size,
    nextOffset,
  }: { text?: string; offset: number; length: number; size: number; nextOffset?: number },
): Content[] {
  const more: Content[] =
    nextOffset === undefined
      ? []
      : [
          {
            type: "text",
            text: `[Bytes ${offset} to ${offset + length - 1} of ${size}. To go on: offset ${nextOffset}.]`,
          },
        ];
  if (text !== undefined) return [{ type: "text", text }, ...more];
  const base64 = Buffer.from(bytes).toString("base64");
  const media = mediaKind(contentType);
  if (media !== undefined) return [{ type: media, data: base64, mimeType: contentType }, ...more];
  // A URI of our own making: where the file is stored is nobody's business.
  const uri = `file:///${key.split("/").map(encodeURIComponent).join("/")}`;
  return [{ type: "resource", resource: { uri, mimeType: contentType, blob: base64 } }, ...more];
}
