import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js";
import { Construct } from "constructs";
import { policyDocument, type Statement } from "../permissions/statement.ts";
import type { OidcProvider } from "./oidc-provider.ts";

export interface FederatedRoleProps {
  readonly name: string;
  readonly description: string;
  readonly provider: OidcProvider;
  /** The one subject whose token opens the role, exactly. */
  readonly subject: string;
  /** One managed policy each, named `<role>-<key>`. */
  readonly policies: Readonly<Record<string, readonly Statement[]>>;
}

/** A role that one run phase or one GitHub environment assumes with its OIDC token: no key is kept anywhere. */
export class FederatedRole extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, description, provider, subject, policies }: FederatedRoleProps) {
    super(scope, id);
    const role = new IamRole(this, "role", {
      name,
      description,
      assumeRolePolicy: policyDocument([
        {
          sid: "OneSubject",
          why: "Equality, not a pattern: no other workspace, phase, repository, branch or environment fits.",
          principal: { Federated: provider.arn },
          actions: ["sts:AssumeRoleWithWebIdentity"],
          condition: {
            StringEquals: { [`${provider.host}:aud`]: provider.audience, [`${provider.host}:sub`]: subject },
          },
        },
      ]),
      // An hour: a run or a release takes minutes.
      maxSessionDuration: 3600,
    });
    this.arn = role.arn;
    for (const [area, statements] of Object.entries(policies)) {
      const policy = new IamPolicy(this, area, { name: `${name}-${area}`, policy: policyDocument(statements) });
      new IamRolePolicyAttachment(this, `${area}-attached`, { role: role.name, policyArn: policy.arn });
    }
  }
}
