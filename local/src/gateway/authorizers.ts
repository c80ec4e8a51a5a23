import * as z from "zod";
import { UnsupportedStackError } from "../terraform/errors.ts";
import type { Resources } from "../terraform/resources.ts";
import { type Authorizer, createAuthorizer } from "./authorizer.ts";
import { parse } from "./schema.ts";

const schema = z.strictObject({
  id: z.string(),
  rest_api_id: z.string(),
  name: z.string(),
  type: z.literal("COGNITO_USER_POOLS"),
  provider_arns: z.array(z.string()).min(1),
  identity_source: z
    .string()
    .regex(/^method\.request\.header\./)
    .default("method.request.header.Authorization"),
  // A cache of decisions is not served; expiry is checked on every request.
  authorizer_result_ttl_in_seconds: z.number().optional(),
});
const pool = z.object({ arn: z.string(), endpoint: z.string() });

/** The authorizers of the API by their ids. */
export function readAuthorizers(resources: Resources): ReadonlyMap<string, Authorizer> {
  const issuers = new Map(
    resources.ofType("aws_cognito_user_pool").map((found) => {
      const { arn, endpoint } = parse(pool, found);
      return [arn, resources.toLocal(`https://${endpoint}`)] as const;
    }),
  );
  return new Map(
    resources.ofType("aws_api_gateway_authorizer").map((found) => {
      const { id, provider_arns, identity_source } = parse(schema, found);
      const trusted = provider_arns.map((arn) => {
        const issuer = issuers.get(arn);
        if (issuer === undefined)
          throw new UnsupportedStackError(`${found.address} trusts ${arn}, which the stack does not define.`);
        return issuer;
      });
      const header = identity_source.replace("method.request.header.", "").toLowerCase();
      return [id, createAuthorizer({ issuers: trusted, header })];
    }),
  );
}
