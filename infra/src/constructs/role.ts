import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Place } from "./place.ts";
import { policy, type Statement, trust } from "./policy.ts";

export interface RoleProps {
  readonly place: Place;
  /** Follows the prefix. */
  readonly name: string;
  /** The service that assumes it, such as `lambda.amazonaws.com`. */
  readonly service: string;
  /** Keeps other accounts' resources from making the service use this role. @default none */
  readonly sourceArn?: string;
  readonly statements: readonly Statement[];
}

/** A role that one AWS service assumes, with all it may do in one inline policy. */
export class Role extends Construct {
  readonly arn: string;
  /** For what fails where the role exists but its rights do not yet. */
  readonly rights: ITerraformDependable;

  constructor(scope: Construct, id: string, { place, name, service, sourceArn, statements }: RoleProps) {
    super(scope, id);
    const role = new IamRole(this, "role", {
      name: `${place.name}-${name}`,
      assumeRolePolicy: trust(
        service,
        sourceArn === undefined
          ? undefined
          : { StringEquals: { "aws:SourceAccount": place.account }, ArnLike: { "aws:SourceArn": sourceArn } },
      ),
      permissionsBoundary: place.boundaryArn,
    });
    this.arn = role.arn;
    this.rights = new IamRolePolicy(this, "rights", { name, role: role.id, policy: policy(...statements) });
  }
}
