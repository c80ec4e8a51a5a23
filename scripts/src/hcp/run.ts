import { z } from "zod";

/** What is known about a run of HCP Terraform. */
export interface Run {
  readonly status: string;
  /** Somebody may confirm it now. */
  readonly confirmable: boolean;
  /** Where to look at it. */
  readonly link: string;
}

export interface Verdict {
  /** `apply`: confirm it. `done`: nothing is left to do. `wait`: it goes on by itself or by a person. `stop`: it never will. */
  readonly next: "apply" | "done" | "wait" | "stop";
  readonly text: string;
}

/** https://developer.hashicorp.com/terraform/cloud-docs/api-docs/run#run-states */
const verdicts: Readonly<Record<string, Verdict>> = {
  applied: { next: "done", text: "The run is applied." },
  planned_and_finished: { next: "done", text: "The plan changes nothing (or was speculative)." },
  planned_and_saved: { next: "stop", text: "The plan is saved: confirm it in HCP Terraform, then run this again." },
  errored: {
    next: "stop",
    text: "The run failed: its log says why. What was applied before the error stays; correct it and run this again.",
  },
  discarded: { next: "stop", text: "Somebody discarded the run: nothing was applied." },
  canceled: {
    next: "stop",
    text: "Somebody cancelled the run. If it was applying, look at what it changed before running this again.",
  },
  force_canceled: {
    next: "stop",
    text: "Somebody killed the run: the state may be behind. Unlock the workspace and plan again.",
  },
  policy_override: {
    next: "stop",
    text: "A mandatory policy failed: somebody with the right to must override it in HCP Terraform, or the code must change.",
  },
  policy_soft_failed: {
    next: "stop",
    text: "A policy failed: the code must change, or somebody must override it in HCP Terraform.",
  },
  pre_plan_awaiting_decision: {
    next: "stop",
    text: "A run task before the plan waits for a decision in HCP Terraform.",
  },
  post_plan_awaiting_decision: {
    next: "stop",
    text: "A run task after the plan waits for a decision in HCP Terraform.",
  },
  pre_apply_awaiting_decision: {
    next: "stop",
    text: "A run task before the apply waits for a decision in HCP Terraform.",
  },
};

/** These wait for a confirmation, unless the workspace applies by itself. */
const PLANNED = new Set(["planned", "cost_estimated", "policy_checked", "post_plan_completed"]);
/** Queued behind another run, or the workspace is locked. */
const QUEUED = new Set(["pending", "fetching", "queuing", "plan_queued", "apply_queued"]);

/** What to do about a run, and what to tell the operator. */
export function judge({ status, confirmable, link }: Run): Verdict {
  const verdict = verdicts[status] ?? undecided(status, confirmable);
  return { ...verdict, text: link === "" ? verdict.text : `${verdict.text} ${link}` };
}

function undecided(status: string, confirmable: boolean): Verdict {
  if (confirmable) return { next: "apply", text: "The plan waits for its confirmation." };
  if (PLANNED.has(status))
    return {
      next: "wait",
      text: `The run is planned (${status}) and not confirmable by this token: a person confirms it in HCP Terraform.`,
    };
  if (QUEUED.has(status))
    return { next: "wait", text: `The run waits (${status}): another run is at work or the workspace is locked.` };
  return { next: "wait", text: `The run is at work (${status}).` };
}

/** What the actions of tfc-workflows-github put out as `payload`: Go's field names inside `actions`. */
const actionPayload = z.object({
  data: z.object({
    attributes: z.object({ status: z.string(), actions: z.object({ IsConfirmable: z.boolean() }).optional() }),
  }),
});

/** @throws when the action put out no run: it failed before there was one */
export function readActionPayload(payload: string, link: string): Run {
  const parsed = payload === "" ? undefined : actionPayload.safeParse(JSON.parse(payload)).data;
  if (!parsed)
    throw new Error(
      "HCP Terraform created no run: the step before says why (token, organization, workspace or its lock).",
    );
  const { status, actions } = parsed.data.attributes;
  return { status, confirmable: actions?.IsConfirmable ?? false, link };
}
