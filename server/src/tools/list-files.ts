import * as z from "zod";
import { keyPrefix } from "../files/key.ts";
import { explained } from "./files-error.ts";
import { defineTool } from "./tool.ts";

/** S3 lists at most 1,000 keys a call; a page of that many is about 100 KB of JSON. (S3 API, ListObjectsV2) */
const MAX_LIMIT = 1000;
const DEFAULT_LIMIT = 100;
/** Continuation tokens are opaque; those seen are below 200 characters. */
const MAX_CURSOR = 2048;

export const listFiles = defineTool({
  name: "list_files",
  title: "List files",
  description: `Lists the files whose keys start with prefix, in key order, one page at a time (${DEFAULT_LIMIT} unless limit says otherwise, at most ${MAX_LIMIT}). While nextCursor comes back there are more: call again with cursor set to it.`,
  scope: "read",
  input: z.strictObject({
    prefix: keyPrefix.default("").describe('Start of the keys, for example "reports/2026/". Empty: every file.'),
    cursor: z.string().min(1).max(MAX_CURSOR).optional().describe("nextCursor of the page before, unchanged."),
    limit: z.int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT).describe("The most files to return."),
  }),
  output: z.object({
    files: z.array(
      z.object({
        key: z.string(),
        size: z.number().describe("In bytes."),
        modified: z.string().describe("ISO 8601, UTC."),
      }),
    ),
    nextCursor: z.string().optional().describe("Absent on the last page."),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  async run({ prefix, cursor, limit }, { files, signal }) {
    const page = await explained(files.list({ prefix, limit, ...(cursor !== undefined && { cursor }) }, signal), {
      "bad-cursor": "cursor is not one that list_files returned for this prefix. Start again without cursor.",
    });
    return { output: { ...page, files: [...page.files] } };
  },
});
