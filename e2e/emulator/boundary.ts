import * as z from "zod";
import { queryCall, rawCall } from "./raw-call.ts";

const bootstrapSchema = z.object({
  resource: z.object({
    aws_iam_policy: z.record(z.string(), z.object({ name: z.string(), policy: z.string() })),
  }),
});

const ACCOUNT = "000000000000";

/**
 * Makes the policy that bounds the stack's roles, as the bootstrap stack describes it: without it IAM refuses the roles, and
 * with it the functions here can do no more than in AWS.
 */
export async function createBoundary(bootstrap: unknown, name: string, endpoint: string, region: string) {
  const policies = Object.values(bootstrapSchema.parse(bootstrap).resource.aws_iam_policy);
  const boundary = policies.find((policy) => policy.name === name);
  if (!boundary) throw new Error(`The bootstrap stack has no policy named ${name}.`);
  const PolicyDocument = boundary.policy.replaceAll(/\$\{data\.aws_caller_identity\.\w+\.account_id\}/g, ACCOUNT);
  if (PolicyDocument.includes("${"))
    throw new Error(`The policy ${name} refers to more than the account; teach e2e/emulator/boundary.ts.`);
  await rawCall(
    endpoint,
    region,
    queryCall("iam", "2010-05-08", { Action: "CreatePolicy", PolicyName: name, PolicyDocument }),
  );
}
