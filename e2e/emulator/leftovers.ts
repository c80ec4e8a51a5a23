import { jsonCall, queryCall, type RawCall, rawCall } from "./raw-call.ts";

/** What lists everything of one kind. */
const listings: Readonly<Record<string, RawCall>> = {
  bucket: { service: "s3", path: "/" },
  function: { service: "lambda", path: "/2015-03-31/functions/" },
  "REST API": { service: "apigateway", path: "/restapis" },
  distribution: { service: "cloudfront", path: "/2020-05-31/distribution" },
  "user pool": jsonCall("cognito-idp", "AWSCognitoIdentityProviderService.ListUserPools", { MaxResults: 60 }),
  secret: jsonCall("secretsmanager", "secretsmanager.ListSecrets"),
  parameter: jsonCall("ssm", "AmazonSSM.DescribeParameters"),
  "log group": jsonCall("logs", "Logs_20140328.DescribeLogGroups"),
  schedule: { service: "scheduler", path: "/schedules" },
  role: queryCall("iam", "2010-05-08", { Action: "ListRoles" }),
  VPC: queryCall("ec2", "2016-11-15", { Action: "DescribeVpcs" }),
  subnet: queryCall("ec2", "2016-11-15", { Action: "DescribeSubnets" }),
  "security group": queryCall("ec2", "2016-11-15", { Action: "DescribeSecurityGroups" }),
};

/** How many kinds of resources {@link kindsNamed} asks for. */
export const KINDS = Object.keys(listings).length;

/**
 * Asks the emulator itself, not Terraform's state.
 * @param prefix what everything of the stack has in its name, description or tags
 * @param apart names that begin with the prefix and are not the stack's
 * @returns the kinds of resources of which at least one carries the prefix
 */
export async function kindsNamed(
  prefix: string,
  apart: readonly string[],
  endpoint: string,
  region: string,
): Promise<string[]> {
  const kinds: string[] = [];
  for (const [kind, call] of Object.entries(listings)) {
    const listed = await rawCall(endpoint, region, call);
    if (apart.reduce((text, name) => text.replaceAll(name, ""), listed).includes(prefix)) kinds.push(kind);
  }
  return kinds;
}
