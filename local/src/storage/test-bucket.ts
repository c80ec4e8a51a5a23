import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, beforeEach } from "@jest/globals";
import { BucketFolder } from "./bucket-folder.ts";
import { serveOnLoopback } from "./loopback.ts";
import { createS3 } from "./s3.ts";

export const Bucket = "files";
type Listing = Partial<ListObjectsV2CommandInput>;

/** A bucket on an empty folder for each test of a file, reached by the real client. */
export class TestBucket {
  /** The folder's parent, where nothing else may appear. */
  base = "";
  folder = "";
  client = new S3Client();
  readonly #buckets = new Map<string, BucketFolder>();

  static forEachTest(): TestBucket {
    const bucket = new TestBucket();
    let close: () => Promise<void>;
    beforeAll(async () => {
      const server = await serveOnLoopback((request, target) => bucket.#s3(request, target.slice("/s3".length)));
      close = server.close;
      bucket.client = new S3Client({
        endpoint: `${server.url}/s3`,
        region: "ap-northeast-1",
        credentials: { accessKeyId: "local", secretAccessKey: "local" },
        maxAttempts: 1,
      });
    });
    beforeEach(async () => {
      bucket.base = mkdtempSync(join(tmpdir(), "s3-"));
      bucket.folder = join(bucket.base, "files");
      mkdirSync(bucket.folder);
      bucket.#buckets.set(Bucket, await BucketFolder.open(bucket.folder));
    });
    afterEach(() => rmSync(bucket.base, { recursive: true }));
    afterAll(async () => {
      bucket.client.destroy();
      await close();
    });
    return bucket;
  }

  put(Key: string, Body: string, more: object = {}) {
    return this.client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
  }

  async get(Key: string, more: object = {}) {
    const found = await this.client.send(new GetObjectCommand({ Bucket, Key, ...more }));
    return { ...found, text: (await found.Body?.transformToString()) ?? "" };
  }

  list(more: Listing = {}) {
    return this.client.send(new ListObjectsV2Command({ Bucket, ...more }));
  }

  async keys(more: Listing = {}) {
    return ((await this.list(more)).Contents ?? []).map(({ Key }) => Key);
  }

  /** A request that no SDK would send. */
  raw(target: string, init: RequestInit = {}): Promise<Response> {
    const headers = { authorization: "AWS4-HMAC-SHA256 x" };
    return this.#s3(new Request(`http://127.0.0.1${target}`, { headers, ...init }), target);
  }

  #s3(request: Request, target: string): Promise<Response> {
    return createS3({ buckets: this.#buckets })(request, target);
  }
}
