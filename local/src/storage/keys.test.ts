import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { TestBucket } from "./test-bucket.ts";

const bucket = TestBucket.forEachTest();

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
    await bucket.put(key, `content of ${key}`);
    expect((await bucket.get(key)).text).toBe(`content of ${key}`);
    expect(readdirSync(bucket.base)).toEqual(["files"]);
    const listed = (await bucket.keys({ EncodingType: "url" })).map((encoded) => decodeURIComponent(encoded ?? ""));
    expect(listed).toEqual([key]);
  });

  it("holds both a and a/b, in either order", async () => {
    await bucket.put("a", "1");
    await bucket.put("a/b", "2");
    await bucket.put("c/d", "3");
    await bucket.put("c", "4");
    expect(await bucket.keys()).toEqual(["a", "a/b", "c", "c/d"]);
    expect((await bucket.get("a/b")).text + (await bucket.get("c")).text).toBe("24");
    await expect(bucket.put("a/b", "x", { IfNoneMatch: "*" })).rejects.toMatchObject({ name: "PreconditionFailed" });
  });

  it("follows no symbolic link, for reading, writing or listing", async () => {
    const outside = join(bucket.base, "outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "secret.txt"), "secret");
    symlinkSync(outside, join(bucket.folder, "link"));
    symlinkSync(join(outside, "secret.txt"), join(bucket.folder, "link.txt"));
    expect(await bucket.keys()).toEqual([]);
    await expect(bucket.get("link/secret.txt")).rejects.toMatchObject({ name: "NoSuchKey" });
    await expect(bucket.get("link.txt")).rejects.toMatchObject({ name: "NoSuchKey" });
    await bucket.put("link/new.txt", "new");
    await bucket.put("link.txt", "mine");
    expect((await bucket.get("link/new.txt")).text + (await bucket.get("link.txt")).text).toBe("newmine");
    expect(readdirSync(outside)).toEqual(["secret.txt"]);
    expect(readFileSync(join(outside, "secret.txt"), "utf8")).toBe("secret");
  });
});

describe("ListObjectsV2", () => {
  it("lists in the order of UTF-8 bytes, which is not JavaScript's", async () => {
    const names = ["a", "B", "é", "\uff5e", "😀", "a-b", "a/b"];
    for (const name of names) await bucket.put(name, name);
    expect(await bucket.keys()).toEqual(["B", "a", "a-b", "a/b", "é", "\uff5e", "😀"]);
  });

  it("filters by prefix across folder borders", async () => {
    for (const key of ["docs/a", "docs/b", "docs-old/c", "d", "x/docs/a"]) await bucket.put(key, "x");
    expect(await bucket.keys({ Prefix: "docs" })).toEqual(["docs-old/c", "docs/a", "docs/b"]);
    expect(await bucket.keys({ Prefix: "docs/" })).toEqual(["docs/a", "docs/b"]);
    expect(await bucket.keys({ Prefix: "docs/b" })).toEqual(["docs/b"]);
    expect(await bucket.keys({ Prefix: "../" })).toEqual([]);
    expect(await bucket.keys({ StartAfter: "docs/a" })).toEqual(["docs/b", "x/docs/a"]);
  });

  it("refuses a made-up continuation token and max-keys that is no number", async () => {
    await expect(bucket.list({ ContinuationToken: "made-up" })).rejects.toMatchObject({ name: "InvalidArgument" });
    expect((await bucket.raw("/files?list-type=2&max-keys=-1")).status).toBe(400);
    expect(await bucket.list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false });
  });

  it("pages through 5,000 files, each once", async () => {
    const expected: string[] = [];
    for (let i = 0; i < 5000; i++) {
      const key = `f${i % 50}/file ${i}.txt`;
      if (i < 50) mkdirSync(join(bucket.folder, `f${i}`));
      writeFileSync(join(bucket.folder, key), "");
      expected.push(key);
    }
    const seen: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    let pages = 0;
    do {
      const page = await bucket.list({ MaxKeys: 5000, ...(ContinuationToken ? { ContinuationToken } : {}) });
      expect(page.MaxKeys).toBe(1000);
      seen.push(...(page.Contents ?? []).map(({ Key }) => Key));
      ContinuationToken = page.NextContinuationToken;
      pages++;
    } while (ContinuationToken !== undefined);
    expect(pages).toBe(5);
    expect(seen).toEqual(expected.sort());
    // Making the files takes 13 s on a busy disk, the five pages 1 s.
  }, 120_000);
});
