import type { TerraformResource } from "cdktf";

/**
 * Says beside the resource why a finding of checkov stays: `pnpm` scripts read it from the synthesized JSON, where
 * Terraform takes everything under `//` as a comment.
 */
export function justify(resource: TerraformResource, reasons: Readonly<Record<`CKV${string}`, string>>): void {
  resource.addOverride("//.justified", reasons);
}
