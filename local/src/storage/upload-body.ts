import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { S3Error } from "./s3-error.ts";

/** AWS takes 5 GiB in one PutObject; here the body is held in memory, so the limit is what a laptop bears. */
const MAX_BYTES = 256 * 1024 * 1024;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html; those Node can compute. */
const checksums: Record<string, (bytes: Uint8Array) => string> = {
  "x-amz-checksum-crc32": (bytes) => {
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(bytes));
    return sum.toString("base64");
  },
  "x-amz-checksum-sha1": (bytes) => createHash("sha1").update(bytes).digest("base64"),
  "x-amz-checksum-sha256": (bytes) => createHash("sha256").update(bytes).digest("base64"),
  "content-md5": (bytes) => createHash("md5").update(bytes).digest("base64"),
};

export interface Upload {
  bytes: Uint8Array;
  /** The checksums that were sent and are right, as S3 repeats them in its answer. */
  verified: Record<string, string>;
}

/** Reads a PutObject body, plain or aws-chunked (what SDK v3 sends for streams), and verifies every checksum sent with it. */
export async function readUpload(request: Request): Promise<Upload> {
  const body = await readLimited(request);
  const chunked = (request.headers.get("content-encoding") ?? "")
    .split(",")
    .some((part) => part.trim() === "aws-chunked");
  const { bytes, trailers } = chunked ? decodeChunks(body) : { bytes: body, trailers: new Headers() };

  const expected = request.headers.get(chunked ? "x-amz-decoded-content-length" : "content-length");
  if (expected !== null && Number(expected) !== bytes.byteLength)
    throw new S3Error(
      "IncompleteBody",
      "You did not provide the number of bytes specified by the Content-Length HTTP header.",
    );

  const sha256 = request.headers.get("x-amz-content-sha256") ?? "";
  if (/^[0-9a-f]{64}$/.test(sha256) && createHash("sha256").update(body).digest("hex") !== sha256)
    throw new S3Error(
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  return { bytes, verified: verify(bytes, [...request.headers, ...trailers]) };
}

function verify(bytes: Uint8Array, headers: readonly [string, string][]): Record<string, string> {
  const verified: Record<string, string> = {};
  for (const [name, value] of headers) {
    const compute = Object.hasOwn(checksums, name) ? checksums[name] : undefined;
    if (!compute) {
      const known = name === "x-amz-checksum-algorithm" || name === "x-amz-checksum-type";
      if (name.startsWith("x-amz-checksum-") && !known)
        throw new S3Error("NotImplemented", `The local S3 does not compute ${name}; use CRC32 or SHA256.`);
      continue;
    }
    if (compute(bytes) !== value)
      throw new S3Error("BadDigest", `The ${name} you specified did not match the calculated checksum.`);
    if (name !== "content-md5") verified[name] = value;
  }
  return verified;
}

async function readLimited(request: Request): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body ?? []) {
    size += part.byteLength;
    if (size > MAX_BYTES)
      throw new S3Error("EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size.", {
        MaxSizeAllowed: String(MAX_BYTES),
      });
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html; chunk signatures are not checked. */
function decodeChunks(body: Uint8Array): { bytes: Uint8Array; trailers: Headers } {
  const data = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = data.indexOf("\r\n", at);
    const size = lineEnd < 0 ? undefined : /^([0-9a-f]{1,8})(;.*)?$/i.exec(data.toString("latin1", at, lineEnd))?.[1];
    if (size === undefined) throw incompleteChunks();
    const start = lineEnd + 2;
    const end = start + Number.parseInt(size, 16);
    if (end === start) return { bytes: Buffer.concat(chunks), trailers: readTrailers(data.toString("latin1", start)) };
    if (data.toString("latin1", end, end + 2) !== "\r\n") throw incompleteChunks();
    chunks.push(data.subarray(start, end));
    at = end + 2;
  }
}

function readTrailers(text: string): Headers {
  const trailers = new Headers();
  for (const line of text.split("\r\n")) {
    const [, name, value] = /^([\w-]+):(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) trailers.set(name, value.trim());
  }
  return trailers;
}

const incompleteChunks = () =>
  new S3Error("IncompleteBody", "The request body terminated unexpectedly or is not in aws-chunked form.");
