/** Where a stack lives, and what its things are called. */
export interface Place {
  readonly environment: string;
  /** Prefix of every name. */
  readonly name: string;
  readonly region: string;
  readonly account: string;
  /** The permissions boundary of every role. */
  readonly boundaryArn: string;
  readonly logRetentionDays: number;
  /** Refuse to delete what holds state or is somebody's URL. */
  readonly deletionProtection: boolean;
}

/** For what must outlive a mistake: Terraform then refuses every plan that would delete it. */
export const protection = ({ deletionProtection }: Place): { readonly preventDestroy?: boolean } =>
  deletionProtection ? { preventDestroy: true } : {};
