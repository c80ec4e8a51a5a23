import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PutObjectCommand, S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { z } from "zod";
import { awsClient } from "../aws.ts";
import { CommandError, option, required, runCommand } from "../command.ts";
import { type Release, readRelease } from "./release.ts";

/** Where a zip lies in the artifacts bucket: under its digest, so the same bytes are never there twice nor replaced. */
export const zipKey = (sha256: string) => `lambda/${sha256}.zip`;

export interface Uploaded {
  readonly key: string;
  readonly stored: boolean;
}

/**
 * Stores the release's zips under their digests; one that is there already stays as it is (S3 checks each upload against
 * the digest, so what lies under a key is what the key says).
 */
export async function uploadZips(
  client: S3Client,
  bucket: string,
  folder: string,
  release: Release,
): Promise<Uploaded[]> {
  const uploaded: Uploaded[] = [];
  for (const zip of Object.values(release.functions)) {
    if (zip === undefined) continue;
    const key = zipKey(zip.sha256);
    try {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: readFileSync(join(folder, zip.file)),
          ContentType: "application/zip",
          IfNoneMatch: "*",
          ChecksumSHA256: Buffer.from(zip.sha256, "hex").toString("base64"),
        }),
      );
      uploaded.push({ key, stored: true });
    } catch (error) {
      // 412 PreconditionFailed: it is there. 409 ConditionalRequestConflict: somebody is storing the same bytes now.
      const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
      if (status !== 412 && status !== 409) {
        const said = error instanceof Error ? `${error.name}: ${error.message}` : error;
        throw new CommandError(
          `${zip.file} could not be stored in ${bucket} (${said}). Nothing that callers meet was changed; run this again.`,
        );
      }
      uploaded.push({ key, stored: false });
    }
  }
  return uploaded;
}

if (import.meta.main) {
  await runCommand({
    name: "upload-release",
    summary: "stores the zips of a release in an environment's artifacts bucket, under their sha256.",
    options: z.object({
      bucket: required("<name>", "the artifacts bucket (bootstrap's output)"),
      release: option("<folder>", "the release (default: dist/release)"),
      digest: option("<sha256>", "what release.json must have"),
    }),
    notes: "Exit codes: 0 they are there, 1 they are not. Running it again changes nothing.",
    async run({ bucket, release: folder = "dist/release", digest }) {
      const release = readRelease(folder, digest || undefined);
      const uploaded = await uploadZips(new S3Client(awsClient), bucket, folder, release);
      return {
        text: uploaded.map(({ key, stored }) => `${stored ? "stored" : "was there"}  s3://${bucket}/${key}`).join("\n"),
        data: { bucket, commit: release.commit, uploaded },
      };
    },
  });
}
