import { DataAwsIamOpenidConnectProvider } from "@cdktf/provider-aws/lib/data-aws-iam-openid-connect-provider/index.js";
import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider/index.js";
import type { TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import { either, when } from "../choice.ts";

export interface OidcProviderProps {
  /** Without the scheme, as IAM names the provider and its condition keys: `app.terraform.io`. */
  readonly host: string;
  readonly audience: string;
  /** An account holds one provider per URL: true makes it, false adopts the one that is there. */
  readonly create: TerraformVariable;
}

/** Whom AWS believes when it says who a run or a job is. */
export class OidcProvider extends Construct {
  readonly host: string;
  readonly audience: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, { host, audience, create }: OidcProviderProps) {
    super(scope, id);
    this.host = host;
    this.audience = audience;
    const url = `https://${host}`;
    // AWS knows the certificates of both issuers by itself; a thumbprint would only be something to renew.
    const created = new IamOpenidConnectProvider(this, "created", {
      url,
      clientIdList: [audience],
      count: when(create, "create"),
    });
    // Looked up, not assumed: where there is none, the plan says so instead of making roles that nobody can assume.
    const adopted = new DataAwsIamOpenidConnectProvider(this, "adopted", { url, count: when(create, "adopt") });
    this.arn = either(
      create,
      `${created.terraformResourceType}.${created.friendlyUniqueId}[0].arn`,
      `data.${adopted.terraformResourceType}.${adopted.friendlyUniqueId}[0].arn`,
    );
  }
}
