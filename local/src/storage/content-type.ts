import { extname } from "node:path";

// https://www.iana.org/assignments/media-types; only what people keep in such a bucket.
const byExtension: Record<string, string> = {
  ".csv": "text/csv",
  ".gif": "image/gif",
  ".html": "text/html",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".json": "application/json",
  ".md": "text/markdown",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain",
  ".xml": "application/xml",
  ".yaml": "application/yaml",
  ".yml": "application/yaml",
  ".zip": "application/zip",
};

/** Type of an object that was put into the folder by hand. S3's own default is `binary/octet-stream` (API_PutObject). */
export function contentTypeOf(key: string): string {
  return byExtension[extname(key).toLowerCase()] ?? "binary/octet-stream";
}
