import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { BucketFolder } from "./bucket-folder.ts";
import { serveOnLoopback } from "./loopback.ts";
import { createS3 } from "./s3.ts";

const Bucket = "files";
let server: Awaited<ReturnType<typeof serveOnLoopback>>;
let client: S3Client;
let base: string;
let folder: string;
let buckets: Map<string, BucketFolder>;

beforeAll(async () => {
  buckets = new Map();
  server = await serveOnLoopback((request, target) => createS3({ buckets })(request, target.slice("/s3".length)));
  client = new S3Client({
    endpoint: `${server.url}/s3`,
    region: "ap-northeast-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
});
afterAll(async () => {
  client.destroy();
  await server.close();
});
beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), "s3-"));
  folder = join(base, "files");
  mkdirSync(folder);
  buckets.set(Bucket, await BucketFolder.open(folder));
});
afterEach(() => rmSync(base, { recursive: true }));

const put = (Key: string, Body: string, more: object = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = async (Key: string, more: object = {}) => {
  const found = await client.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return { ...found, text: (await found.Body?.transformToString()) ?? "" };
};
const list = (more: Partial<ListObjectsV2CommandInput> = {}) =>
  client.send(new ListObjectsV2Command({ Bucket, ...more }));
const keys = async (more: Partial<ListObjectsV2CommandInput> = {}) =>
  ((await list(more)).Contents ?? []).map(({ Key }) => Key);
const raw = (target: string, init: RequestInit = {}) =>
  createS3({ buckets })(
    new Request(`http://127.0.0.1${target}`, { headers: { authorization: "AWS4-HMAC-SHA256 x" }, ...init }),
    target,
  );

describe("objects", () => {
  it("shows ordinary files of the folder as objects with a content type by extension", async () => {
    mkdirSync(join(folder, "notes"));
    writeFileSync(join(folder, "notes", "a.md"), "# Hello");
    expect(await get("notes/a.md")).toMatchObject({ text: "# Hello", ContentType: "text/markdown", ContentLength: 7 });
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: "notes/a.md" }));
    expect(head).toMatchObject({
      ContentLength: 7,
      ContentType: "text/markdown",
      ETag: expect.stringMatching(/^"\w+-1"$/),
    });
  });

  it("stores what is put as an ordinary file and keeps a content type that the extension does not say", async () => {
    await put("reports/2026.txt", "é", { ContentType: "text/plain; charset=utf-8" });
    expect(readFileSync(join(folder, "reports/2026.txt"), "utf8")).toBe("é");
    expect(await get("reports/2026.txt")).toMatchObject({ text: "é", ContentType: "text/plain; charset=utf-8" });
    await put("reports/2026.txt", "e", { ContentType: "text/plain" });
    expect(await get("reports/2026.txt")).toMatchObject({ text: "e", ContentType: "text/plain" });
  });

  it("never overwrites with If-None-Match: *, also when twenty writers race", async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => put("race.txt", `writer ${i}`, { IfNoneMatch: "*" })),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await expect(put("race.txt", "again", { IfNoneMatch: "*" })).rejects.toMatchObject({
      name: "PreconditionFailed",
      $metadata: { httpStatusCode: 412 },
    });
    expect(await get("race.txt")).toMatchObject({ text: expect.stringMatching(/^writer \d+$/) });
    expect(readdirSync(join(folder, ".s3/uploads"))).toEqual([]);
  });

  it("reads a stream sent as aws-chunked with a trailing checksum", async () => {
    const Body = Readable.from(["one ", "two ", "three"].map((part) => Buffer.from(part.repeat(5000))));
    const stored = await client.send(new PutObjectCommand({ Bucket, Key: "stream.txt", Body, ContentLength: 65000 }));
    expect(stored.ChecksumCRC32).toMatch(/^[A-Za-z0-9+/]{6}==$/);
    expect((await get("stream.txt")).text).toBe(["one ", "two ", "three"].map((part) => part.repeat(5000)).join(""));
  });

  it("answers ranges as S3 does", async () => {
    await put("digits.txt", "0123456789");
    expect(await get("digits.txt", { Range: "bytes=2-4" })).toMatchObject({
      text: "234",
      ContentRange: "bytes 2-4/10",
      ContentLength: 3,
      $metadata: { httpStatusCode: 206 },
    });
    expect((await get("digits.txt", { Range: "bytes=7-" })).text).toBe("789");
    expect((await get("digits.txt", { Range: "bytes=-3" })).text).toBe("789");
    expect((await get("digits.txt", { Range: "bytes=8-99" })).text).toBe("89");
    expect((await get("digits.txt", { Range: "bytes=4-2" })).text).toBe("0123456789");
    expect((await get("digits.txt", { Range: "lines=1-2" })).text).toBe("0123456789");
    for (const Range of ["bytes=10-", "bytes=-0"])
      await expect(get("digits.txt", { Range })).rejects.toMatchObject({
        name: "InvalidRange",
        ActualObjectSize: "10",
        $metadata: { httpStatusCode: 416 },
      });
  });

  it("serves empty objects", async () => {
    await put("empty.txt", "", { ContentLength: 0 });
    expect(await get("empty.txt")).toMatchObject({ text: "", ContentLength: 0 });
    await expect(get("empty.txt", { Range: "bytes=0-" })).rejects.toMatchObject({ name: "InvalidRange" });
  });

  it("keeps an If-Match reader from mixing two versions of one object", async () => {
    const { ETag } = await put("page.txt", "first");
    expect((await get("page.txt", { IfMatch: ETag })).text).toBe("first");
    await put("page.txt", "other");
    await expect(get("page.txt", { IfMatch: ETag })).rejects.toMatchObject({ name: "PreconditionFailed" });
  });
});

describe("errors", () => {
  it("names a missing key and a missing bucket", async () => {
    await expect(get("nothing")).rejects.toMatchObject({ name: "NoSuchKey", $metadata: { httpStatusCode: 404 } });
    await expect(client.send(new HeadObjectCommand({ Bucket, Key: "nothing" }))).rejects.toMatchObject({
      name: "NotFound",
    });
    await expect(client.send(new ListObjectsV2Command({ Bucket: "other" }))).rejects.toMatchObject({
      name: "NoSuchBucket",
    });
  });

  it("refuses keys beyond 1,024 bytes of UTF-8", async () => {
    await expect(put("é".repeat(513), "x")).rejects.toMatchObject({ name: "KeyTooLongError" });
    await put("é".repeat(512), "long");
    expect((await get("é".repeat(512))).text).toBe("long");
  });

  it("refuses a body that its checksum does not fit", async () => {
    await expect(put("a.txt", "hello", { ChecksumCRC32: "AAAAAA==" })).rejects.toMatchObject({ name: "BadDigest" });
    await expect(put("a.txt", "hello", { ContentMD5: "AAAAAAAAAAAAAAAAAAAAAA==" })).rejects.toMatchObject({
      name: "BadDigest",
    });
    expect(await keys()).toEqual([]);
  });

  it.each([
    ["5\r\nhel", "IncompleteBody"],
    ["zz\r\nhello\r\n0\r\n\r\n", "IncompleteBody"],
    ["5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", "BadDigest"],
  ])("refuses the damaged aws-chunked body %j with %s", async (body, code) => {
    const headers = { authorization: "AWS4-HMAC-SHA256 x", "content-encoding": "aws-chunked" };
    const response = await raw("/files/a.txt", { method: "PUT", body, headers });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(`<Code>${code}</Code>`);
  });

  it("refuses anonymous calls and everything that it does not implement, by name", async () => {
    expect((await raw("/files/a.txt", { headers: {} })).status).toBe(403);
    for (const [method, target] of [
      ["DELETE", "/files/a.txt"],
      ["PUT", "/files"],
      ["GET", "/files?location"],
      ["GET", "/files/a.txt?acl"],
      ["GET", "/files?list-type=2&delimiter=/"],
    ] as const) {
      const response = await raw(target, { method });
      expect(response.status).toBe(501);
      expect(await response.text()).toContain("<Code>NotImplemented</Code>");
    }
    expect((await raw("/files/%ff")).status).toBe(400);
  });
});

describe("hostile keys", () => {
  const hostile = [
    "../escape.txt",
    "a/../../escape.txt",
    "/etc/passwd",
    "//double",
    "./dot",
    "folder/",
    ".",
    "..",
    "a//b",
    "back\\slash",
    "control\u0001\n\u007f",
    "nul\u0000byte",
    `${"n".repeat(300)}.txt`,
    `${"é".repeat(130)}/x`,
    ".s3/keys/x",
    "%2e%2e/percent",
    "smile 😀 & <tag> \"quoted\" 'single' +plus",
  ];

  it.each(hostile)("keeps %j inside the folder and gives it back", async (key) => {
    await put(key, `content of ${key}`);
    expect((await get(key)).text).toBe(`content of ${key}`);
    expect(readdirSync(base)).toEqual(["files"]);
    const listed = (await keys({ EncodingType: "url" })).map((encoded) => decodeURIComponent(encoded ?? ""));
    expect(listed).toEqual([key]);
  });

  it("holds both a and a/b, in either order", async () => {
    await put("a", "1");
    await put("a/b", "2");
    await put("c/d", "3");
    await put("c", "4");
    expect(await keys()).toEqual(["a", "a/b", "c", "c/d"]);
    expect((await get("a/b")).text + (await get("c")).text).toBe("24");
    await expect(put("a/b", "x", { IfNoneMatch: "*" })).rejects.toMatchObject({ name: "PreconditionFailed" });
  });

  it("follows no symbolic link, for reading, writing or listing", async () => {
    const outside = join(base, "outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "secret.txt"), "secret");
    symlinkSync(outside, join(folder, "link"));
    symlinkSync(join(outside, "secret.txt"), join(folder, "link.txt"));
    expect(await keys()).toEqual([]);
    await expect(get("link/secret.txt")).rejects.toMatchObject({ name: "NoSuchKey" });
    await expect(get("link.txt")).rejects.toMatchObject({ name: "NoSuchKey" });
    await put("link/new.txt", "new");
    await put("link.txt", "mine");
    expect((await get("link/new.txt")).text + (await get("link.txt")).text).toBe("newmine");
    expect(readdirSync(outside)).toEqual(["secret.txt"]);
    expect(readFileSync(join(outside, "secret.txt"), "utf8")).toBe("secret");
  });
});

describe("ListObjectsV2", () => {
  it("lists in the order of UTF-8 bytes, which is not JavaScript's", async () => {
    const names = ["a", "B", "é", "\uff5e", "😀", "a-b", "a/b"];
    for (const name of names) await put(name, name);
    expect(await keys()).toEqual(["B", "a", "a-b", "a/b", "é", "\uff5e", "😀"]);
  });

  it("filters by prefix across folder borders", async () => {
    for (const key of ["docs/a", "docs/b", "docs-old/c", "d", "x/docs/a"]) await put(key, "x");
    expect(await keys({ Prefix: "docs" })).toEqual(["docs-old/c", "docs/a", "docs/b"]);
    expect(await keys({ Prefix: "docs/" })).toEqual(["docs/a", "docs/b"]);
    expect(await keys({ Prefix: "docs/b" })).toEqual(["docs/b"]);
    expect(await keys({ Prefix: "../" })).toEqual([]);
    expect(await keys({ StartAfter: "docs/a" })).toEqual(["docs/b", "x/docs/a"]);
  });

  it("refuses a made-up continuation token and max-keys that is no number", async () => {
    await expect(list({ ContinuationToken: "made-up" })).rejects.toMatchObject({ name: "InvalidArgument" });
    expect((await raw("/files?list-type=2&max-keys=-1")).status).toBe(400);
    expect(await list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false });
  });

  it("pages through 5,000 files, each once", async () => {
    const expected: string[] = [];
    for (let i = 0; i < 5000; i++) {
      const key = `f${i % 50}/file ${i}.txt`;
      if (i < 50) mkdirSync(join(folder, `f${i}`));
      writeFileSync(join(folder, key), "");
      expected.push(key);
    }
    const seen: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    let pages = 0;
    do {
      const page = await list({ MaxKeys: 5000, ...(ContinuationToken ? { ContinuationToken } : {}) });
      expect(page.MaxKeys).toBe(1000);
      seen.push(...(page.Contents ?? []).map(({ Key }) => Key));
      ContinuationToken = page.NextContinuationToken;
      pages++;
    } while (ContinuationToken !== undefined);
    expect(pages).toBe(5);
    expect(seen).toEqual(expected.sort());
  });
});
