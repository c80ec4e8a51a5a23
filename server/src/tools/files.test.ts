import { describe, expect, it } from "@jest/globals";
import { type Files, FilesError } from "../files/files.ts";
import { listFiles } from "./list-files.ts";
import { readFile } from "./read-file.ts";
import { MAX_CONTENT_BYTES, saveFile } from "./save-file.ts";

interface Stored {
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

/** A bucket in memory, with S3's rules for ranges and for names that exist. */
function bucket(stored: Record<string, Stored>): Files & { readonly stored: Record<string, Stored> } {
  return {
    stored,
    async list({ prefix, cursor, limit }) {
      if (cursor !== undefined && !/^\d+$/.test(cursor)) throw new FilesError("bad-cursor", "S3: InvalidArgument");
      const start = Number(cursor ?? 0);
      const keys = Object.keys(stored)
        .filter((key) => key.startsWith(prefix))
        .toSorted();
      const files = keys
        .slice(start, start + limit)
        .map((key) => ({ key, size: stored[key]?.bytes.length ?? 0, modified: "" }));
      return { files, ...(start + limit < keys.length && { nextCursor: String(start + limit) }) };
    },
    async read({ key, offset, length }) {
      const file = stored[key];
      if (file === undefined) throw new FilesError("not-found", "S3: NoSuchKey");
      if (offset > 0 && offset >= file.bytes.length) throw new FilesError("bad-range", "S3: InvalidRange");
      return { ...file, bytes: file.bytes.subarray(offset, offset + length), size: file.bytes.length };
    },
    async save({ key, content, contentType }) {
      if (key in stored) throw new FilesError("exists", "S3: PreconditionFailed");
      stored[key] = { bytes: new TextEncoder().encode(content), contentType };
    },
  };
}

const text = (value: string, contentType = "text/plain"): Stored => ({
  bytes: new TextEncoder().encode(value),
  contentType,
});
const contextOf = (files: Files) => ({ files, signal: new AbortController().signal, report: async () => {} });

describe("list_files", () => {
  const context = contextOf(bucket({ "a/1": text("x"), "a/2": text("y"), "b/3": text("z") }));

  it("pages through a prefix", async () => {
    const first = await listFiles.call({ prefix: "a/", limit: 1 }, context);
    expect(first.structuredContent).toMatchObject({ files: [{ key: "a/1", size: 1 }], nextCursor: "1" });
    const second = await listFiles.call({ prefix: "a/", limit: 1, cursor: "1" }, context);
    expect(second.structuredContent).toEqual({ files: [{ key: "a/2", size: 1, modified: "" }] });
  });

  it.each([
    { limit: 0 },
    { limit: 1001 },
    { limit: 1.5 },
    { limit: "5" },
    { prefix: "../" },
    { cursor: "" },
    { bucket: "other" },
  ])("refuses %j", async (args) => {
    await expect(listFiles.call(args, context)).rejects.toThrow(/^Invalid arguments/);
  });

  it("says what to do about a cursor that is none", async () => {
    await expect(listFiles.call({ cursor: "made up" }, context)).rejects.toThrow(/without cursor/);
  });
});

describe("read_file", () => {
  const png = { bytes: new Uint8Array([0x89, 0x50, 0x4e, 0x47]), contentType: "image/png" };
  const huge = { bytes: new Uint8Array(1024 * 1024 + 1), contentType: "image/png" };
  const context = contextOf(
    bucket({
      "note.md": text("日本語のメモ", "text/markdown"),
      "pixel.png": png,
      "huge.png": huge,
      "drawing.svg": text("<svg/>", "image/svg+xml"),
      "data.bin": { bytes: new Uint8Array([0, 1, 2]), contentType: "application/octet-stream" },
      empty: text(""),
    }),
  );

  it("reads text, both as a block and as structured output", async () => {
    expect(await readFile.call({ key: "note.md" }, context)).toEqual({
      structuredContent: {
        key: "note.md",
        contentType: "text/markdown",
        size: 18,
        offset: 0,
        length: 18,
        text: "日本語のメモ",
      },
      content: [{ type: "text", text: "日本語のメモ" }],
    });
  });

  it("reads in parts that end between characters, and says how to go on", async () => {
    const { structuredContent, content } = await readFile.call({ key: "note.md", length: 4 }, context);
    expect(structuredContent).toMatchObject({ text: "日", offset: 0, length: 3, nextOffset: 3 });
    expect(content[1]).toMatchObject({ text: expect.stringContaining("offset 3") });
    const rest = await readFile.call({ key: "note.md", offset: 3 }, context);
    expect(rest.structuredContent).toMatchObject({ text: "本語のメモ" });
    expect(rest.structuredContent).not.toHaveProperty("nextOffset");
  });

  it("returns images whole, whatever part was asked for", async () => {
    const { content } = await readFile.call({ key: "pixel.png", offset: 2, length: 1 }, context);
    expect(content).toEqual([{ type: "image", data: "iVBORw==", mimeType: "image/png" }]);
  });

  it("says how large an image is that is too large", async () => {
    await expect(readFile.call({ key: "huge.png" }, context)).rejects.toThrow(/1048577 bytes.*up to 1048576/);
  });

  it("returns other binary files as a resource, without saying where they lie", async () => {
    const { content } = await readFile.call({ key: "data.bin" }, context);
    expect(content).toEqual([
      { type: "resource", resource: { uri: "file:///data.bin", mimeType: "application/octet-stream", blob: "AAEC" } },
    ]);
  });

  it("reads SVG as the text that it is, and an empty file as empty", async () => {
    expect((await readFile.call({ key: "drawing.svg" }, context)).structuredContent).toMatchObject({ text: "<svg/>" });
    expect((await readFile.call({ key: "empty" }, context)).structuredContent).toMatchObject({ text: "", size: 0 });
  });

  it.each([
    [{ key: "none" }, /no file with this key. list_files/],
    [{ key: "note.md", offset: 18 }, /beyond the end/],
    [{ key: "note.md", offset: -1 }, /^Invalid arguments/],
    [{ key: "note.md", length: 1024 * 1024 + 1 }, /^Invalid arguments/],
    [{ key: "../note.md" }, /must not contain/],
  ])("refuses %j", async (args, message) => {
    await expect(readFile.call(args, context)).rejects.toThrow(message);
  });
});

describe("save_file", () => {
  it("saves text once, with the type of its name, and never overwrites", async () => {
    const files = bucket({});
    const saved = await saveFile.call({ key: "notes/a.md", content: "é" }, contextOf(files));
    expect(saved.structuredContent).toEqual({ key: "notes/a.md", size: 2 });
    expect(files.stored["notes/a.md"]?.contentType).toBe("text/markdown; charset=utf-8");
    await expect(saveFile.call({ key: "notes/a.md", content: "other" }, contextOf(files))).rejects.toThrow(
      /never overwritten/,
    );
    expect(files.stored["notes/a.md"]?.bytes).toHaveLength(2);
  });

  it("takes content to the last byte of its limit", async () => {
    const context = contextOf(bucket({}));
    await saveFile.call({ key: "full", content: "a".repeat(MAX_CONTENT_BYTES) }, context);
    for (const content of ["a".repeat(MAX_CONTENT_BYTES + 1), "é".repeat(MAX_CONTENT_BYTES / 2 + 1), "\ud800"]) {
      await expect(saveFile.call({ key: "more", content }, context)).rejects.toThrow(/^Invalid arguments/);
    }
  });
});
