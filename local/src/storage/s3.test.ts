import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { HeadObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, it } from "@jest/globals";
import { Bucket, TestBucket } from "./test-bucket.ts";

const bucket = TestBucket.forEachTest();

describe("objects", () => {
  it("shows ordinary files of the folder as objects with a content type by extension", async () => {
    mkdirSync(join(bucket.folder, "notes"));
    writeFileSync(join(bucket.folder, "notes", "a.md"), "# Hello");
    expect(await bucket.get("notes/a.md")).toMatchObject({
      text: "# Hello",
      ContentType: "text/markdown",
      ContentLength: 7,
    });
    const head = await bucket.client.send(new HeadObjectCommand({ Bucket, Key: "notes/a.md" }));
    expect(head).toMatchObject({
      ContentLength: 7,
      ContentType: "text/markdown",
      ETag: expect.stringMatching(/^"\w+-1"$/),
    });
  });

  it("stores what is put as an ordinary file and keeps a content type that the extension does not say", async () => {
    await bucket.put("reports/2026.txt", "é", { ContentType: "text/plain; charset=utf-8" });
    expect(readFileSync(join(bucket.folder, "reports/2026.txt"), "utf8")).toBe("é");
    expect(await bucket.get("reports/2026.txt")).toMatchObject({ text: "é", ContentType: "text/plain; charset=utf-8" });
    await bucket.put("reports/2026.txt", "e", { ContentType: "text/plain" });
    expect(await bucket.get("reports/2026.txt")).toMatchObject({ text: "e", ContentType: "text/plain" });
  });

  it("never overwrites with If-None-Match: *, also when twenty writers race", async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => bucket.put("race.txt", `writer ${i}`, { IfNoneMatch: "*" })),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await expect(bucket.put("race.txt", "again", { IfNoneMatch: "*" })).rejects.toMatchObject({
      name: "PreconditionFailed",
      $metadata: { httpStatusCode: 412 },
    });
    expect(await bucket.get("race.txt")).toMatchObject({ text: expect.stringMatching(/^writer \d+$/) });
    expect(readdirSync(join(bucket.folder, ".s3/uploads"))).toEqual([]);
  });

  it("reads a stream sent as aws-chunked with a trailing checksum", async () => {
    const Body = Readable.from(["one ", "two ", "three"].map((part) => Buffer.from(part.repeat(5000))));
    const stored = await bucket.client.send(
      new PutObjectCommand({ Bucket, Key: "stream.txt", Body, ContentLength: 65000 }),
    );
    expect(stored.ChecksumCRC32).toMatch(/^[A-Za-z0-9+/]{6}==$/);
    expect((await bucket.get("stream.txt")).text).toBe(
      ["one ", "two ", "three"].map((part) => part.repeat(5000)).join(""),
    );
  });

  it("answers ranges as S3 does", async () => {
    await bucket.put("digits.txt", "0123456789");
    expect(await bucket.get("digits.txt", { Range: "bytes=2-4" })).toMatchObject({
      text: "234",
      ContentRange: "bytes 2-4/10",
      ContentLength: 3,
      $metadata: { httpStatusCode: 206 },
    });
    expect((await bucket.get("digits.txt", { Range: "bytes=7-" })).text).toBe("789");
    expect((await bucket.get("digits.txt", { Range: "bytes=-3" })).text).toBe("789");
    expect((await bucket.get("digits.txt", { Range: "bytes=8-99" })).text).toBe("89");
    expect((await bucket.get("digits.txt", { Range: "bytes=4-2" })).text).toBe("0123456789");
    expect((await bucket.get("digits.txt", { Range: "lines=1-2" })).text).toBe("0123456789");
    for (const Range of ["bytes=10-", "bytes=-0"])
      await expect(bucket.get("digits.txt", { Range })).rejects.toMatchObject({
        name: "InvalidRange",
        ActualObjectSize: "10",
        $metadata: { httpStatusCode: 416 },
      });
  });

  it("serves empty objects", async () => {
    await bucket.put("empty.txt", "", { ContentLength: 0 });
    expect(await bucket.get("empty.txt")).toMatchObject({ text: "", ContentLength: 0 });
    await expect(bucket.get("empty.txt", { Range: "bytes=0-" })).rejects.toMatchObject({ name: "InvalidRange" });
  });

  it("keeps an If-Match reader from mixing two versions of one object", async () => {
    const { ETag } = await bucket.put("page.txt", "first");
    expect((await bucket.get("page.txt", { IfMatch: ETag })).text).toBe("first");
    await bucket.put("page.txt", "other");
    await expect(bucket.get("page.txt", { IfMatch: ETag })).rejects.toMatchObject({ name: "PreconditionFailed" });
  });
});

describe("errors", () => {
  it("names a missing key and a missing bucket", async () => {
    await expect(bucket.get("nothing")).rejects.toMatchObject({
      name: "NoSuchKey",
      $metadata: { httpStatusCode: 404 },
    });
    await expect(bucket.client.send(new HeadObjectCommand({ Bucket, Key: "nothing" }))).rejects.toMatchObject({
      name: "NotFound",
    });
    await expect(bucket.client.send(new ListObjectsV2Command({ Bucket: "other" }))).rejects.toMatchObject({
      name: "NoSuchBucket",
    });
  });

  it("refuses keys beyond 1,024 bytes of UTF-8", async () => {
    await expect(bucket.put("é".repeat(513), "x")).rejects.toMatchObject({ name: "KeyTooLongError" });
    await bucket.put("é".repeat(512), "long");
    expect((await bucket.get("é".repeat(512))).text).toBe("long");
  });

  it("refuses a body that its checksum does not fit", async () => {
    await expect(bucket.put("a.txt", "hello", { ChecksumCRC32: "AAAAAA==" })).rejects.toMatchObject({
      name: "BadDigest",
    });
    await expect(bucket.put("a.txt", "hello", { ContentMD5: "AAAAAAAAAAAAAAAAAAAAAA==" })).rejects.toMatchObject({
      name: "BadDigest",
    });
    expect(await bucket.keys()).toEqual([]);
  });

  it.each([
    ["5\r\nhel", "IncompleteBody"],
    ["zz\r\nhello\r\n0\r\n\r\n", "IncompleteBody"],
    ["5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", "BadDigest"],
  ])("refuses the damaged aws-chunked body %j with %s", async (body, code) => {
    const headers = { authorization: "AWS4-HMAC-SHA256 x", "content-encoding": "aws-chunked" };
    const response = await bucket.raw("/files/a.txt", { method: "PUT", body, headers });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(`<Code>${code}</Code>`);
  });

  it("refuses anonymous calls and everything that it does not implement, by name", async () => {
    expect((await bucket.raw("/files/a.txt", { headers: {} })).status).toBe(403);
    for (const [method, target] of [
      ["DELETE", "/files/a.txt"],
      ["PUT", "/files"],
      ["GET", "/files?location"],
      ["GET", "/files/a.txt?acl"],
      ["GET", "/files?list-type=2&delimiter=/"],
    ] as const) {
      const response = await bucket.raw(target, { method });
      expect(response.status).toBe(501);
      expect(await response.text()).toContain("<Code>NotImplemented</Code>");
    }
    expect((await bucket.raw("/files/%ff")).status).toBe(400);
  });
});
