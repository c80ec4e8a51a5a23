import { randomUUID } from "node:crypto";
import { escapeXml } from "./xml.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, "List of error codes". */
const statuses = {
  AccessDenied: 403,
  BadDigest: 400,
  EntityTooLarge: 400,
  IncompleteBody: 400,
  InvalidArgument: 400,
  InvalidBucketName: 400,
  InvalidRange: 416,
  InvalidRequest: 400,
  InvalidURI: 400,
  KeyTooLongError: 400,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NotImplemented: 501,
  PreconditionFailed: 412,
  XAmzContentSHA256Mismatch: 400,
} as const;

export type S3ErrorCode = keyof typeof statuses;

/** What S3 answers instead of a result; `details` become further elements of its XML document. */
export class S3Error extends Error {
  override name = "S3Error";
  readonly code: S3ErrorCode;
  readonly details: Record<string, string>;

  constructor(code: S3ErrorCode, message: string, details: Record<string, string> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }

  toResponse(method: string): Response {
    const requestId = randomUUID();
    const elements = { Code: this.code, Message: this.message, ...this.details, RequestId: requestId, HostId: "local" };
    const content = Object.entries(elements).map(([name, text]) => `<${name}>${escapeXml(text)}</${name}>`);
    const document = `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${content.join("")}</Error>`;
    return new Response(method === "HEAD" ? null : document, {
      status: statuses[this.code],
      headers: { "content-type": "application/xml", "x-amz-request-id": requestId, "x-amz-id-2": "local" },
    });
  }
}
