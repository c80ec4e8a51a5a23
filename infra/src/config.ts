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

/** What is off unless an environment turns it on, because it costs; `pnpm cost` says how much. */
export interface Flags {
  /** Rules in front of the API: requests per address, and AWS's common rules. */
  readonly waf: boolean;
  /** Every management call of the account in this region, and every call for a file, kept in a bucket. */
  readonly cloudtrail: boolean;
  /** The VPC's connections, to see what the function tried to reach. */
  readonly flowLogs: boolean;
  /** For tools that call the Lambda API from inside the VPC: an interface endpoint in each zone, about $31 a month. */
  readonly lambdaEndpoint: boolean;
  /** Traces of the gateway and the function. */
  readonly xray: boolean;
}

/** Which OAuth clients may connect, beside those that everybody knows (server/src/oauth/known-clients.ts). */
export interface Clients {
  /** Public clients with an id of your choice, for apps that cannot register themselves. */
  readonly configured: readonly {
    readonly id: string;
    readonly name: string;
    readonly redirectUris: readonly string[];
  }[];
  /** Client ids, and hosts of clients' documents or redirect URIs, that get nothing. A host's subdomains are not included. */
  readonly denied: readonly string[];
  /** Redirect URIs that clients may register: hosted (https) ones, and whole private-use URIs (RFC 8252, 7.1). */
  readonly redirectUris: readonly string[];
}

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
    /** Needs a quota above it: 10 of the account's must stay unreserved, and new accounts have 10 in all. */
    readonly reservedConcurrency?: number;
  };
  readonly oauth: { readonly memoryMb: number; readonly clients: Clients };
  /** Calls of the MCP endpoint per second over all callers, and the burst above it. */
  readonly throttle: { readonly burst: number; readonly rate: number };
  readonly logRetentionDays: number;
  /** Terraform and AWS refuse to delete what holds state or is somebody's URL. */
  readonly deletionProtection: boolean;
  /** Alarms, their topic and a dashboard. */
  readonly observability: boolean;
  /** Who gets a mail when an alarm changes; each address must confirm once. */
  readonly alarmEmails: readonly string[];
  readonly front: Front;
  /** A client for programs (client_credentials): $6 a month at Cognito and $0.40 for its secret. */
  readonly machineClient: boolean;
  /** Browser origins that may call the server, beside its own. */
  readonly allowedOrigins: readonly string[];
  /** Roles of the account (`path/name`, `*` allowed) whose holders may put files into the bucket and take them out. */
  readonly fileOperators: readonly string[];
  readonly flags: Flags;
}

const REGION = "ap-northeast-1";
// 1b takes no new accounts.
const ZONES = ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"];
// People who log in through IAM Identity Center.
const PEOPLE = ["aws-reserved/sso.amazonaws.com/*"];
const CLIENTS: Clients = {
  configured: [],
  denied: [],
  // Of Cursor before it moved to loopback.
  redirectUris: ["cursor://anysphere.cursor-mcp/oauth/callback"],
};
const NONE: Flags = { waf: false, cloudtrail: false, flowLogs: false, lambdaEndpoint: false, xray: false };

export const environments: readonly Environment[] = [
  {
    name: "dev",
    region: REGION,
    availabilityZones: ZONES,
    cidr: "10.0.0.0/16",
    mcp: { memoryMb: 256, timeoutSeconds: 60 },
    oauth: { memoryMb: 512, clients: CLIENTS },
    throttle: { burst: 100, rate: 50 },
    logRetentionDays: 30,
    deletionProtection: false,
    observability: false,
    alarmEmails: [],
    front: { kind: "cloudfront" },
    machineClient: true,
    allowedOrigins: [],
    fileOperators: PEOPLE,
    flags: NONE,
  },
  {
    name: "prod",
    region: REGION,
    availabilityZones: ZONES,
    cidr: "10.1.0.0/16",
    mcp: { memoryMb: 512, timeoutSeconds: 120, reservedConcurrency: 10 },
    oauth: { memoryMb: 512, clients: CLIENTS },
    throttle: { burst: 1000, rate: 500 },
    logRetentionDays: 365,
    deletionProtection: true,
    observability: true,
    alarmEmails: [],
    front: { kind: "cloudfront" },
    machineClient: true,
    allowedOrigins: [],
    fileOperators: PEOPLE,
    flags: NONE,
  },
];

/** Prefix of everything an environment owns; the roles of `bootstrap` are scoped by it. */
export const namePrefix = (environment: string): string => `remote-mcp-${environment}`;

/** The role of HCP Terraform's apply phase; made by `bootstrap`. */
export const applyRoleName = (environment: string): string => `${namePrefix(environment)}-apply`;

/** The most that any role of an environment may ever do; made by `bootstrap`, which lets the apply role create no other. */
export const boundaryName = (environment: string): string => `${namePrefix(environment)}-boundary`;

/**
 * The HCP Terraform organization. HCP ignores the name in its own runs; it serves `terraform plan` from a laptop, which is
 * why a placeholder is good enough where the variable is not set (and keeps the output the same on every machine).
 */
export const organization = process.env.TF_CLOUD_ORGANIZATION || "your-organization";
