import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { type FilePart, type Files, FilesError } from "./files.ts";

/** A healthy S3 answers within 200 ms; beyond these a retry is the better bet. (AWS, "Performance design patterns for S3") */
const CONNECTION_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 5_000;
const MAX_ATTEMPTS = 3;

/** The files bucket on S3. */
export function s3Files(bucket: string): Files {
  const client = new S3Client({
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
  });
  return {
    async list({ prefix, cursor, limit }, abortSignal) {
      const page = await client
        .send(
          new ListObjectsV2Command({
            Bucket: bucket,
            Prefix: prefix,
            MaxKeys: limit,
            ...(cursor !== undefined && { ContinuationToken: cursor }),
          }),
          { abortSignal },
        )
        .catch(translate);
      return {
        files: (page.Contents ?? []).map(({ Key = "", Size = 0, LastModified }) => ({
          key: Key,
          size: Size,
          modified: LastModified?.toISOString() ?? "",
        })),
        ...(page.NextContinuationToken !== undefined && { nextCursor: page.NextContinuationToken }),
      };
    },

    async read({ key, offset, length }, abortSignal) {
      const object = await client
        .send(new GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=${offset}-${offset + length - 1}` }), {
          abortSignal,
        })
        .catch((error: unknown) => (offset === 0 ? emptyOr(error) : translate(error)));
      if ("bytes" in object) return object;
      const bytes = (await object.Body?.transformToByteArray()) ?? new Uint8Array();
      // Without "bytes a-b/size" the service ignored the range and sent the whole file.
      const size = Number(object.ContentRange?.split("/")[1] ?? object.ContentLength ?? bytes.length);
      return { bytes, size, contentType: object.ContentType ?? "application/octet-stream" };
    },

    async save({ key, content, contentType }, abortSignal) {
      await client
        .send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body: content,
            ContentType: contentType,
            // The service refuses where the key exists, so two writers cannot overwrite each other. (S3, conditional writes)
            IfNoneMatch: "*",
          }),
          { abortSignal },
        )
        .catch(translate);
    },
  };
}

/** No range is satisfiable in an empty file, not even one from its start. (RFC 9110 section 14.1.2) */
function emptyOr(error: unknown): FilePart {
  if (nameOf(error) === "InvalidRange") {
    return { bytes: new Uint8Array(), size: 0, contentType: "application/octet-stream" };
  }
  return translate(error);
}

const reasons: Readonly<Record<string, FilesError["reason"]>> = {
  NoSuchKey: "not-found",
  NotFound: "not-found",
  PreconditionFailed: "exists",
  // Another writer of the same key is at it right now. (S3, conditional writes)
  ConditionalRequestConflict: "exists",
  InvalidArgument: "bad-cursor",
  InvalidRange: "bad-range",
};

/** S3 names its errors by `name`; `instanceof` would fail across bundles. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}

function translate(error: unknown): never {
  const reason = Object.hasOwn(reasons, nameOf(error)) ? reasons[nameOf(error)] : undefined;
  throw new FilesError(reason ?? "unavailable", `S3: ${nameOf(error)}`, { cause: error });
}
