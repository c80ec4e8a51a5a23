import type { BucketFolder, StoredObject } from "./bucket-folder.ts";
import { S3Error } from "./s3-error.ts";
import { escapeXml } from "./xml.ts";

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html: "By default, the action returns up to 1,000 key names".
const MAX_KEYS = 1000;
const PARAMETERS = new Set([
  "list-type",
  "prefix",
  "max-keys",
  "start-after",
  "continuation-token",
  "encoding-type",
  "fetch-owner",
  "x-id",
]);

/** ListObjectsV2 without delimiters: one page of the folder's objects as S3's XML document. */
export async function listObjects(bucket: string, folder: BucketFolder, query: URLSearchParams): Promise<string> {
  if (query.get("list-type") !== "2")
    throw new S3Error("NotImplemented", "The local S3 lists with list-type=2 (ListObjectsV2) only.");
  for (const name of query.keys())
    if (!PARAMETERS.has(name))
      throw new S3Error("NotImplemented", `The local S3 does not implement "${name}" in a listing.`);

  const prefix = query.get("prefix") ?? "";
  const maxKeys = Math.min(wholeNumber(query.get("max-keys")), MAX_KEYS);
  const token = query.get("continuation-token");
  const startAfter = query.get("start-after");
  const encode = encoder(query.get("encoding-type"));

  const after = Buffer.from(token === null ? (startAfter ?? "") : keyOfToken(token));
  const keys = await folder.keys(prefix);
  const rest = after.byteLength === 0 ? keys : keys.slice(firstAfter(keys, after));
  const page = rest.slice(0, maxKeys);
  const truncated = maxKeys > 0 && rest.length > page.length;
  // A file may vanish between the walk and here; S3 would not list it either.
  const objects = (await Promise.all(page.map((key) => folder.find(key)))).filter((found) => found !== undefined);

  const text = (name: string, value: string | number | boolean) => `<${name}>${escapeXml(String(value))}</${name}>`;
  const contents = ({ key, lastModified, etag, size }: StoredObject) =>
    `<Contents>${text("Key", encode(key))}${text("LastModified", lastModified.toISOString())}${text("ETag", etag)}${text("Size", size)}${text("StorageClass", "STANDARD")}</Contents>`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    text("Name", bucket),
    text("Prefix", encode(prefix)),
    startAfter === null ? "" : text("StartAfter", encode(startAfter)),
    token === null ? "" : text("ContinuationToken", token),
    truncated ? text("NextContinuationToken", tokenOf(page.at(-1) ?? "")) : "",
    text("KeyCount", objects.length),
    text("MaxKeys", maxKeys),
    query.get("encoding-type") === null ? "" : text("EncodingType", "url"),
    text("IsTruncated", truncated),
    ...objects.map(contents),
    "</ListBucketResult>",
  ].join("");
}

/** Index of the first key beyond `after` in a sorted list. */
function firstAfter(keys: readonly string[], after: Buffer): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Buffer.from(keys[middle] ?? "").compare(after) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

// The token names the last key of the page before, so that a listing goes on correctly when objects come and go.
const TOKEN_MARK = "1:";
const tokenOf = (key: string) => Buffer.from(`${TOKEN_MARK}${key}`).toString("base64url");

function keyOfToken(token: string): string {
  const key = Buffer.from(token, "base64url").toString();
  if (!key.startsWith(TOKEN_MARK) || tokenOf(key.slice(TOKEN_MARK.length)) !== token)
    throw new S3Error("InvalidArgument", "The continuation token provided is incorrect", {
      ArgumentName: "continuation-token",
    });
  return key.slice(TOKEN_MARK.length);
}

function wholeNumber(text: string | null): number {
  if (text === null) return MAX_KEYS;
  if (!/^\d{1,10}$/.test(text))
    throw new S3Error("InvalidArgument", "Provided max-keys not an integer or within integer range", {
      ArgumentName: "max-keys",
      ArgumentValue: text,
    });
  return Number(text);
}

function encoder(encodingType: string | null): (key: string) => string {
  if (encodingType === null) return (key) => key;
  if (encodingType !== "url")
    throw new S3Error("InvalidArgument", "Invalid Encoding Method specified in Request", {
      ArgumentName: "encoding-type",
      ArgumentValue: encodingType,
    });
  // API_ListObjectsV2, "EncodingType": test_file(3).png appears as test_file%283%29.png; slashes stay.
  return (key) =>
    encodeURIComponent(key)
      .replaceAll("%2F", "/")
      .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
