import { type ScopeName, tools } from "@remote-mcp/server/manifest";
import type { Files } from "./files.ts";
import type { Grant } from "./policy.ts";

/** What the tools of the manifest need of the files bucket, and nothing beyond. */
export function toolPermissions(files: Files): Grant[] {
  const objects = [`${files.bucketArn}/*`];
  const byScope: Record<ScopeName, readonly Grant[]> = {
    read: [
      { actions: ["s3:ListBucket"], resources: [files.bucketArn] },
      { actions: ["s3:GetObject"], resources: objects },
    ],
    write: [{ actions: ["s3:PutObject"], resources: objects }],
  };
  return Object.entries(byScope).flatMap(([scope, grants]) =>
    tools.some((tool) => tool.scope === scope) ? grants : [],
  );
}
