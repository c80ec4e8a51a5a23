/** What this stack must know of one environment's service stack to let it be planned and applied, and no more. */
export interface ServiceEnvironment {
  readonly name: "dev" | "prod";
  readonly region: string;
  /** What the name of everything in the environment begins with. */
  readonly prefix: string;
  /** HCP Terraform's role in the apply phase: the service stack names it in the files bucket's policy. */
  readonly applyRoleName: string;
  /** The managed policy that bounds every role of the service stack. */
  readonly boundaryName: string;
  /** What is optional and on: only then may the roles touch it. */
  readonly flags: {
    readonly waf: boolean;
    readonly cloudtrail: boolean;
    readonly flowLogs: boolean;
    readonly domain: boolean;
  };
}

/** HCP Terraform's role in the plan phase. */
export const planRoleName = ({ prefix }: ServiceEnvironment): string => `${prefix}-plan`;

/** The role of the GitHub environment that releases. */
export const githubRoleName = ({ prefix }: ServiceEnvironment): string => `${prefix}-github`;

/** The roles of this stack in an environment. */
export const bootstrapRoleNames = (environment: ServiceEnvironment): string[] => [
  planRoleName(environment),
  environment.applyRoleName,
  githubRoleName(environment),
];

/** One environment of one account, for those who write its policies. */
export class Scope {
  readonly environment: ServiceEnvironment;
  readonly project: string;
  readonly account: string;

  constructor(environment: ServiceEnvironment, project: string, account: string) {
    this.environment = environment;
    this.project = project;
    this.account = account;
  }

  get region(): string {
    return this.environment.region;
  }

  get prefix(): string {
    return this.environment.prefix;
  }

  /** ARN of a regional resource of this account. */
  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.region}:${this.account}:${resource}`;
  }

  /** ARN of a resource of this account that is in no region: IAM, CloudFront, dashboards. */
  globalArn(service: string, resource: string): string {
    return `arn:aws:${service}::${this.account}:${resource}`;
  }

  /** The resource is this environment's, by the tags that its stack's provider puts on everything. */
  get owned() {
    return { StringEquals: this.#tags("aws:ResourceTag") };
  }

  /** The resource becomes this environment's by the tags of the request that makes it. */
  get labelled() {
    return { StringEquals: this.#tags("aws:RequestTag") };
  }

  /** The resource is not another environment's, as far as it has tags. */
  get unclaimed() {
    return { StringEqualsIfExists: this.#tags("aws:ResourceTag") };
  }

  /** The request labels what is unlabelled or this environment's already: never another's. */
  get claimed() {
    return { ...this.labelled, ...this.unclaimed };
  }

  #tags(key: "aws:ResourceTag" | "aws:RequestTag") {
    return { [`${key}/Project`]: this.project, [`${key}/Environment`]: this.environment.name };
  }
}
