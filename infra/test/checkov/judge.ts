import * as z from "zod";

export interface Finding {
  readonly check: string;
  readonly name: string;
  /** Its name in the stack, without the type. */
  readonly resource: string;
}

interface Reason {
  readonly check: string;
  readonly resource: string;
  readonly reason: string;
}

const stackSchema = z.object({
  resource: z.record(
    z.string(),
    z.record(z.string(), z.object({ "//": z.object({ justified: z.record(z.string(), z.string()).default({}) }) })),
  ),
});

/** Sets checkov's findings against the reasons beside the resources. */
export function judge(stack: unknown, findings: readonly Finding[]) {
  const reasons = Object.values(stackSchema.parse(stack).resource).flatMap((ofType) =>
    Object.entries(ofType).flatMap(([resource, { "//": notes }]) =>
      Object.entries(notes.justified).map(([check, reason]): Reason => ({ check, resource, reason })),
    ),
  );
  const same = (one: { check: string; resource: string }) => (other: { check: string; resource: string }) =>
    one.check === other.check && one.resource === other.resource;
  return {
    failed: findings.filter((finding) => !reasons.some(same(finding))),
    justified: reasons.filter((reason) => findings.some(same(reason))),
    stale: reasons.filter((reason) => !findings.some(same(reason))),
  };
}
