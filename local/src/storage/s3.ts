import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import type { BucketFolder, StoredObject } from "./bucket-folder.ts";
import { byteRange } from "./byte-range.ts";
import { listObjects } from "./list-objects.ts";
import { S3Error } from "./s3-error.ts";
import { readUpload } from "./upload-body.ts";

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html: at most 1,024 bytes of UTF-8.
const KEY_BYTES = 1024;

export interface S3Options {
  /** Bucket name -> its folder. */
  buckets: ReadonlyMap<string, BucketFolder>;
}

/**
 * S3 in path style on folders: ListObjectsV2, GetObject, HeadObject, PutObject. `target` is the request target as it came over
 * the wire, below the mount point (`/<bucket>/<key>?<query>`): a `Request` has already resolved `..` away, and S3 does not.
 */
export function createS3({ buckets }: S3Options): (request: Request, target: string) => Promise<Response> {
  return async (request, target) => {
    try {
      return await answer(request, target, buckets);
    } catch (error) {
      if (error instanceof S3Error) return error.toResponse(request.method);
      throw error;
    }
  };
}

async function answer(request: Request, target: string, buckets: S3Options["buckets"]): Promise<Response> {
  const { bucket, key, query } = parseTarget(target);
  // Anonymous calls are refused as on a private bucket; signatures themselves are not verified on a laptop.
  if (!/^AWS4-HMAC-SHA256 /.test(request.headers.get("authorization") ?? ""))
    throw new S3Error("AccessDenied", "Access Denied");
  const folder = buckets.get(bucket);
  if (!folder) throw new S3Error("NoSuchBucket", "The specified bucket does not exist", { BucketName: bucket });
  if (key === "") {
    if (request.method !== "GET") throw notImplemented(`${request.method} on a bucket`);
    return xml(await listObjects(bucket, folder, query));
  }
  if (Buffer.byteLength(key) > KEY_BYTES)
    throw new S3Error("KeyTooLongError", "Your key is too long", {
      Size: String(Buffer.byteLength(key)),
      MaxSizeAllowed: String(KEY_BYTES),
    });
  for (const name of query.keys()) if (name !== "x-id") throw notImplemented(`the parameter "${name}"`);

  switch (request.method) {
    case "GET":
    case "HEAD":
      return read(request, await existing(folder, key));
    case "PUT":
      return put(request, folder, key);
    default:
      throw notImplemented(`${request.method} on an object`);
  }
}

function parseTarget(target: string): { bucket: string; key: string; query: URLSearchParams } {
  const [path = "", query = ""] = target.split(/\?(.*)/s);
  const [, bucket = "", key = ""] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  try {
    return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key), query: new URLSearchParams(query) };
  } catch {
    throw new S3Error("InvalidURI", "Couldn't parse the specified URI.", { URI: path });
  }
}

async function existing(folder: BucketFolder, key: string): Promise<StoredObject> {
  const found = await folder.find(key);
  if (!found) throw new S3Error("NoSuchKey", "The specified key does not exist.", { Key: key });
  return found;
}

/** GetObject and HeadObject, with one range and the two ETag conditions. */
function read(request: Request, object: StoredObject): Response {
  const { etag, size, lastModified, contentType, file } = object;
  const ifMatch = request.headers.get("if-match");
  if (ifMatch !== null && ifMatch !== "*" && ifMatch !== etag) throw preconditionFailed("If-Match");
  const headers = new Headers({
    "accept-ranges": "bytes",
    etag,
    "last-modified": lastModified.toUTCString(),
  });
  if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });

  const range = byteRange(request.headers.get("range"), size);
  const length = range ? range.end - range.start + 1 : size;
  headers.set("content-type", contentType);
  headers.set("content-length", String(length));
  if (range) headers.set("content-range", `bytes ${range.start}-${range.end}/${size}`);
  const empty = request.method === "HEAD" || length === 0;
  const body = empty ? null : Readable.toWeb(createReadStream(file, range ?? { end: size - 1 }));
  return new Response(body, { status: range ? 206 : 200, headers });
}

async function put(request: Request, folder: BucketFolder, key: string): Promise<Response> {
  const ifNoneMatch = request.headers.get("if-none-match");
  if (ifNoneMatch !== null && ifNoneMatch !== "*") throw notImplemented("If-None-Match with an ETag");
  for (const name of ["if-match", "x-amz-copy-source"])
    if (request.headers.has(name)) throw notImplemented(`the header "${name}"`);

  const { bytes, verified } = await readUpload(request);
  const contentType = request.headers.get("content-type") ?? undefined;
  const stored = await folder.put(key, bytes, { contentType, onlyIfAbsent: ifNoneMatch === "*" });
  if (!stored) throw preconditionFailed("If-None-Match");
  return new Response(null, { headers: { etag: stored.etag, ...verified } });
}

const xml = (document: string) => new Response(document, { headers: { "content-type": "application/xml" } });

const preconditionFailed = (condition: string) =>
  new S3Error("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
    Condition: condition,
  });

const notImplemented = (what: string) =>
  new S3Error("NotImplemented", `The local S3 does not implement ${what}; the project's functions do not use it.`);
