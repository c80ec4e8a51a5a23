import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter/index.js";
import { PLACEHOLDER } from "@remote-mcp/server/oauth/sealing-secrets";
import { Construct } from "constructs";
import { justify } from "./justify.ts";
import { type Place, protection } from "./place.ts";
import type { Grant } from "./policy.ts";

/**
 * The secret from which the OAuth function derives its keys. `pnpm rotate-key` writes it; Terraform makes the parameter with a
 * write-only value, so that the secret is not read back into the state (needs Terraform 1.11). The provider can then change
 * nothing but tags without a new version of the value, after which the secret must be written again.
 */
export class SealingSecret extends Construct {
  readonly parameterName: string;
  /** What its reader may do. */
  readonly read: readonly Grant[];

  constructor(scope: Construct, id: string, { place }: { readonly place: Place }) {
    super(scope, id);
    const parameter = new SsmParameter(this, "parameter", {
      name: `/${place.name}/sealing-secret`,
      description: "Written by rotate-key; the OAuth function derives its keys from it",
      // Standard parameters under AWS's own key are free.
      type: "SecureString",
      // The function refuses this value.
      valueWo: PLACEHOLDER,
      valueWoVersion: 1,
      lifecycle: protection(place),
    });
    justify(parameter, {
      CKV_AWS_337: "Encrypted under the account's key for SSM; a customer key of the same readers costs $1 a month.",
    });
    this.parameterName = parameter.name;
    this.read = [
      { actions: ["ssm:GetParameter"], resources: [parameter.arn] },
      {
        // The key is the account's own for SSM, whose id is AWS's to choose: any key, but only by SSM and for this parameter.
        // https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
        actions: ["kms:Decrypt"],
        resources: [`arn:aws:kms:${place.region}:${place.account}:key/*`],
        condition: {
          StringEquals: {
            "kms:ViaService": `ssm.${place.region}.amazonaws.com`,
            "kms:EncryptionContext:PARAMETER_ARN": parameter.arn,
          },
        },
      },
    ];
  }
}
