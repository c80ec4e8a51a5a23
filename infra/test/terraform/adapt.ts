import type { Json } from "../stacks.ts";

/** The newest provider that is found without a network on the machines where this runs. */
export const PROVIDER_VERSION = "5.100.0";

interface Adaptation {
  readonly why: string;
  readonly apply: (stack: Json) => void;
}

const each = (stack: Json, type: string): Json[] => Object.values(stack.resource[type] ?? {});

/** All that keeps a stack written for AWS provider 6.25.0 from being read by 5.100.0. */
export const adaptations: readonly Adaptation[] = [
  {
    why: "HCP Terraform is not asked: state stays in the folder",
    apply: (stack) => {
      delete stack.terraform.cloud;
    },
  },
  {
    why: "the older provider is required",
    apply: (stack) => {
      stack.terraform.required_providers.aws = { source: "hashicorp/aws", version: PROVIDER_VERSION };
    },
  },
  {
    why: "aws_api_gateway_integration.response_transfer_mode came with 6.25",
    apply: (stack) => {
      for (const integration of each(stack, "aws_api_gateway_integration")) delete integration.response_transfer_mode;
    },
  },
  {
    why: "the runtime nodejs24.x came with 6.20",
    apply: (stack) => {
      for (const fn of each(stack, "aws_lambda_function")) fn.runtime = "nodejs22.x";
    },
  },
  {
    why: "aws_cognito_managed_login_branding came with 6",
    apply: (stack) => {
      delete stack.resource.aws_cognito_managed_login_branding;
    },
  },
];

/** `terraform test` ends with a destroy, which is what protection is there to refuse. */
export function unprotected(stack: Json): Json {
  const copy = structuredClone(stack);
  for (const ofType of Object.values<Json>(copy.resource))
    for (const resource of Object.values<Json>(ofType)) delete resource.lifecycle?.prevent_destroy;
  return copy;
}

/** A copy that provider 5.100.0 reads. */
export function adapted(stack: Json): Json {
  const copy = structuredClone(stack);
  for (const { apply } of adaptations) apply(copy);
  return copy;
}
