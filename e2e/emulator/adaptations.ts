import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as z from "zod";

const block = z.record(z.string(), z.unknown());
export const stackSchema = z.looseObject({
  terraform: block,
  provider: z.object({ aws: z.tuple([block]) }),
  resource: z.record(z.string(), z.record(z.string(), block)),
});
/** A synthesized stack, as far as an adaptation looks into it. */
export type Stack = z.infer<typeof stackSchema>;
type Block = z.infer<typeof block>;

/** One difference between what is synthesized and what is applied here. */
export interface Adaptation {
  readonly what: string;
  readonly why: string;
  /** Changes the stack in place and says how many places that were: one that changes nothing is stale and must go. */
  readonly apply: (stack: Stack) => number;
}

/** What is on the disks of offline machines; the stack is written for the 6.x line. */
export const PROVIDER_VERSION = "5.100.0";

/** The provider on hand is older than the stack's. */
const olderProvider: readonly Adaptation[] = [
  {
    what: `AWS provider ${PROVIDER_VERSION}`,
    why: "the pinned 6.x provider must be downloaded; this one proves the same resources on a machine without a registry",
    apply: ({ terraform }) => {
      terraform.required_providers = { aws: { source: "hashicorp/aws", version: PROVIDER_VERSION } };
      return 1;
    },
  },
  {
    what: "runtime nodejs22.x",
    why: "5.100.0 refuses nodejs24.x; the emulator runs the Node 24 of its PATH whatever the runtime says",
    apply: (stack) =>
      each(stack, "aws_lambda_function", (fn) => {
        if (fn.runtime !== "nodejs24.x") return false;
        fn.runtime = "nodejs22.x";
        return true;
      }),
  },
  {
    what: "buffered integration",
    why: "response_transfer_mode begins with 6.25.0, and the emulator answers 500 to the streaming path",
    apply: (stack) =>
      each(stack, "aws_api_gateway_integration", (integration) => {
        if (integration.response_transfer_mode !== "STREAM" || typeof integration.uri !== "string") return false;
        delete integration.response_transfer_mode;
        integration.uri = integration.uri
          .replace("/2021-11-15/", "/2015-03-31/")
          .replace(/\/response-streaming-invocations$/, "/invocations");
        return true;
      }),
  },
  {
    what: "no managed login branding",
    why: "the resource type begins with 6.0; nobody logs in here in a browser",
    apply: (stack) => remove(stack, "aws_cognito_managed_login_branding"),
  },
];

/** What the emulator lacks or does otherwise than AWS. */
const emulatorGaps: readonly Adaptation[] = [
  {
    what: "local state",
    why: "the run is here, not in HCP Terraform",
    apply: ({ terraform }) => {
      const there = "cloud" in terraform;
      delete terraform.cloud;
      return there ? 1 : 0;
    },
  },
  {
    what: "no host name for each bucket",
    why: "the emulator answers on one port (known by AWS_ENDPOINT_URL) and has no instance metadata",
    apply: ({ provider }) => {
      Object.assign(provider.aws[0], {
        s3_use_path_style: true,
        skip_credentials_validation: true,
        skip_metadata_api_check: true,
      });
      return 1;
    },
  },
  {
    what: "awslambda global in the functions",
    why: "the emulator's Node has no response streaming: NODE_OPTIONS loads a stand-in that buffers",
    apply: (stack) =>
      each(stack, "aws_lambda_function", (fn) => {
        const environment = z.object({ variables: block }).safeParse(fn.environment);
        if (!environment.success) return false;
        const standIn = pathToFileURL(join(import.meta.dirname, "buffered-awslambda.mjs")).href;
        fn.environment = { variables: { ...environment.data.variables, NODE_OPTIONS: `--import=${standIn}` } };
        return true;
      }),
  },
  {
    what: "egress to a block of addresses, not to the S3 prefix list",
    why: "the emulator forgets the prefix list of a rule, and the provider ends with an error at the next plan",
    apply: (stack) =>
      each(stack, "aws_vpc_security_group_egress_rule", (rule) => {
        if (!("prefix_list_id" in rule)) return false;
        delete rule.prefix_list_id;
        // RFC 5737: addresses for documentation.
        rule.cidr_ipv4 = "192.0.2.0/24";
        return true;
      }),
  },
  {
    what: "no wait for the distribution",
    why: "the provider asks every 30 s whether CloudFront has deployed it everywhere; the emulator has at once",
    apply: (stack) =>
      each(stack, "aws_cloudfront_distribution", (distribution) => {
        distribution.wait_for_deployment = false;
        return true;
      }),
  },
  {
    what: "no bucket policy",
    why: "it denies plain HTTP and whoever does not come through the VPC's endpoint; here is neither TLS nor a VPC",
    apply: (stack) => remove(stack, "aws_s3_bucket_policy"),
  },
  {
    what: "no rotation of refresh tokens",
    why: "the emulator forgets the setting, and the provider takes that for its own fault",
    apply: (stack) =>
      each(stack, "aws_cognito_user_pool_client", (client) => {
        const there = "refresh_token_rotation" in client;
        delete client.refresh_token_rotation;
        return there;
      }),
  },
  {
    what: "no DNS firewall",
    why: "the emulator has no Route 53 Resolver",
    apply: (stack) =>
      Object.keys(stack.resource)
        .filter((type) => type.startsWith("aws_route53_resolver_firewall_"))
        .reduce((count, type) => count + remove(stack, type), 0),
  },
  {
    what: "no lifecycle rules of buckets",
    why: "the provider waits 55 s to see them settle, more than everything else together; `terraform validate` reads them in another gate",
    apply: (stack) => remove(stack, "aws_s3_bucket_lifecycle_configuration"),
  },
];

/** Everything that is applied here otherwise than it is synthesized. */
export const adaptations: readonly Adaptation[] = [...olderProvider, ...emulatorGaps];

/** What the second plan would change, though nothing was changed: the emulator does not return these attributes. */
export const expectedDrift: readonly { readonly type: string; readonly attributes: readonly string[] }[] = [
  { type: "aws_vpc_endpoint", attributes: ["policy"] },
];

/**
 * The stack as it can be applied here.
 * @throws when an adaptation finds nothing to change
 */
export function adapt(stack: Stack): Stack {
  const adapted = structuredClone(stack);
  for (const { what, apply } of adaptations)
    if (apply(adapted) === 0)
      throw new Error(`the adaptation "${what}" changed nothing: remove it from e2e/emulator/adaptations.ts`);
  return adapted;
}

function each(stack: Stack, type: string, change: (block: Block) => boolean): number {
  return Object.values(stack.resource[type] ?? {}).filter(change).length;
}

function remove({ resource }: Stack, type: string): number {
  const count = Object.keys(resource[type] ?? {}).length;
  delete resource[type];
  return count;
}
