import { describe, expect, it } from "@jest/globals";
import { environment, everyFlag, type Json, ownDomain, synthesized } from "../../test/stacks.ts";
import { idlePrice } from "./prices.ts";

const costOf = (stack: Json): number =>
  Object.entries<Json>(stack.resource)
    .flatMap(([type, named]) =>
      Object.values(named).map((configuration) => idlePrice(type, configuration)?.monthlyUsd ?? 0),
    )
    .reduce((sum, usd) => sum + usd, 0);

describe("the idle cost", () => {
  it("of each environment is at most a dollar a month without a machine client and alarms", () => {
    for (const name of ["dev", "prod"] as const)
      expect(costOf(synthesized(environment(name, { machineClient: false, observability: false })))).toBeLessThan(1);
  });
  it("counts what a machine client, a firewall and an endpoint in three zones cost", () => {
    const off = environment("dev", { machineClient: false });
    const with_ = (flag: "waf" | "lambdaEndpoint") =>
      costOf(synthesized({ ...off, flags: { ...off.flags, [flag]: true } })) - costOf(synthesized(off));
    expect(costOf(synthesized(environment("dev"))) - costOf(synthesized(off))).toBeCloseTo(6.4);
    expect(with_("waf")).toBeCloseTo(7);
    expect(with_("lambdaEndpoint")).toBeCloseTo(30.66, 2);
  });
  it("is known for every type that any environment may use", () => {
    for (const each of [everyFlag, ownDomain]) expect(() => costOf(synthesized(each))).not.toThrow();
  });
  it("is asked for where a type is new", () => {
    expect(() => idlePrice("aws_nat_gateway", {})).toThrow("Nobody has said what aws_nat_gateway costs");
  });
});
