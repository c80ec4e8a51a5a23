/** Every decision that differs between environments, or that an owner of the project may want to change. */

/** Also the name of the GitHub repository, so the workspaces are `dev-<PROJECT>` and `prod-<PROJECT>`. */
export const PROJECT = "secured-remote-mcp-server-on-aws";

export const SERVER_NAME = "remote-mcp-server";

/** How the service gets a host whose root is its own (RFC 9728 documents live there, and a stage's root is `/<stage>`). */
export type Front =
  | { readonly kind: "cloudfront" }
  | {
      readonly kind: "domain";
      readonly name: string;
      /** A certificate in the environment's region. */
      readonly certificateArn: string;
      /** Where the alias record goes; without it the owner points the name there themselves. */
      readonly hostedZoneId?: string;
    };

export interface Environment {
  readonly name: "dev" | "prod";
  readonly region: string;
  readonly availabilityZones: readonly string[];
  /** A /16; the private subnets are its first /20 blocks, one per zone. */
  readonly cidr: string;
  readonly mcp: {
    readonly memoryMb: number;
    /** At most 120: CloudFront waits no longer for an origin. */
    readonly timeoutSeconds: number;
    /** Needs a quota above it: new accounts have 10 in all, of which 10 must stay unreserved. */
    readonly reservedConcurrency?: number;
  };
  /** Requests per second over all callers, and the burst above it. */
  readonly throttle: { readonly burst: number; readonly rate: number };
  readonly logRetentionDays: number;
  readonly deletionProtection: boolean;
  readonly front: Front;
  /** Browser origins that may call the server, beside its own. */
  readonly allowedOrigins: readonly string[];
}

const REGION = "ap-northeast-1";
// 1b takes no new accounts.
const ZONES = ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"];

export const environments: readonly Environment[] = [
  {
    name: "dev",
    region: REGION,
    availabilityZones: ZONES,
    cidr: "10.0.0.0/16",
    mcp: { memoryMb: 256, timeoutSeconds: 60 },
    throttle: { burst: 100, rate: 50 },
    logRetentionDays: 30,
    deletionProtection: false,
    front: { kind: "cloudfront" },
    allowedOrigins: [],
  },
  {
    name: "prod",
    region: REGION,
    availabilityZones: ZONES,
    cidr: "10.1.0.0/16",
    mcp: { memoryMb: 512, timeoutSeconds: 120, reservedConcurrency: 10 },
    throttle: { burst: 1000, rate: 500 },
    logRetentionDays: 365,
    deletionProtection: true,
    front: { kind: "cloudfront" },
    allowedOrigins: [],
  },
];

/**
 * The HCP Terraform organization. HCP ignores the name in its own runs; it serves `terraform plan` from a laptop, which is
 * why a placeholder is good enough where the variable is not set (and keeps the output the same on every machine).
 */
export const organization = process.env.TF_CLOUD_ORGANIZATION || "your-organization";
