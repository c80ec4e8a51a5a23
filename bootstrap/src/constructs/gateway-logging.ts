import { ApiGatewayAccount } from "@cdktf/provider-aws/lib/api-gateway-account/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js";
import type { TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import { when } from "../choice.ts";
import { policyDocument } from "../permissions/statement.ts";

export interface GatewayLoggingProps {
  readonly roleName: string;
  /** A region has one such setting, for all of its APIs: true makes it ours, false leaves the one that is there. */
  readonly create: TerraformVariable;
}

/** The role with which API Gateway writes logs in this region: without it no stage can have an access log. */
export class GatewayLogging extends Construct {
  constructor(scope: Construct, id: string, { roleName, create }: GatewayLoggingProps) {
    super(scope, id);
    const count = when(create, "create");
    const role = new IamRole(this, "role", {
      name: roleName,
      description: "API Gateway writes the access logs of this account's APIs",
      count,
      assumeRolePolicy: policyDocument([
        {
          sid: "ApiGateway",
          why: "The service itself; the setting has no ARN that a condition could name.",
          principal: { Service: "apigateway.amazonaws.com" },
          actions: ["sts:AssumeRole"],
        },
      ]),
    });
    const attribute = (name: string) => `\${${role.terraformResourceType}.${role.friendlyUniqueId}[0].${name}}`;
    const rights = new IamRolePolicyAttachment(this, "rights", {
      role: attribute("name"),
      // AWS's own policy: API Gateway refuses a role that cannot do exactly this, for every log group of the account.
      policyArn: "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
      count,
    });
    new ApiGatewayAccount(this, "account", {
      cloudwatchRoleArn: attribute("arn"),
      dependsOn: [rights],
      count,
    });
  }
}
