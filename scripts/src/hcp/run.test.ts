import { describe, expect, it } from "@jest/globals";
import { judge, readActionPayload } from "./run.ts";

const run = (status: string, confirmable = false) => judge({ status, confirmable, link: "https://app/runs/run-1" });

describe("the verdict on a run", () => {
  it.each([
    ["applied", "done", "is applied"],
    ["planned_and_finished", "done", "changes nothing"],
    ["errored", "stop", "The run failed"],
    ["discarded", "stop", "nothing was applied"],
    ["canceled", "stop", "look at what it changed"],
    ["force_canceled", "stop", "Unlock the workspace"],
    ["policy_override", "stop", "must override it"],
    ["policy_soft_failed", "stop", "A policy failed"],
    ["post_plan_awaiting_decision", "stop", "waits for a decision"],
    ["pending", "wait", "another run is at work or the workspace is locked"],
    ["planned", "wait", "a person confirms it in HCP Terraform"],
    ["applying", "wait", "at work"],
    ["a_state_of_the_future", "wait", "at work (a_state_of_the_future)"],
  ])("on %s is %s, with what to do and where", (status, next, text) => {
    const verdict = run(status);
    expect(verdict.next).toBe(next);
    expect(verdict.text).toContain(text);
    expect(verdict.text).toContain("https://app/runs/run-1");
  });

  it.each(["planned", "cost_estimated", "policy_checked", "post_plan_completed"])(
    "is to apply a confirmable plan (%s)",
    (status) => {
      expect(run(status, true).next).toBe("apply");
    },
  );

  it("never applies over a policy, confirmable or not", () => {
    expect(run("policy_override", true).next).toBe("stop");
    expect(run("policy_soft_failed", true).next).toBe("stop");
  });
});

describe("the payload of the create-run action", () => {
  it("says what state the run is in and whether it can be confirmed", () => {
    const payload = JSON.stringify({
      data: {
        type: "runs",
        id: "run-1",
        attributes: { status: "planned", actions: { IsConfirmable: true, IsCancelable: false } },
      },
    });
    expect(readActionPayload(payload, "link")).toEqual({ status: "planned", confirmable: true, link: "link" });
  });

  it("is missing where no run was created: the step before says why", () => {
    expect(() => readActionPayload("", "")).toThrow("HCP Terraform created no run");
  });
});
