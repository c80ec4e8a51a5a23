import { describe, expect, it } from "@jest/globals";
import { createThrottle } from "./throttle.ts";

describe("createThrottle", () => {
  it("takes a burst at once, then as many a second as the rate says, and never saves more than the burst", () => {
    let now = 0;
    const admit = createThrottle({ burst: 3, rate: 2 }, () => now);
    const times = (count: number) => Array.from({ length: count }, admit).filter(Boolean).length;
    expect(times(5)).toBe(3);
    now = 499;
    expect(times(1)).toBe(0);
    now = 500;
    expect(times(2)).toBe(1);
    now = 60_000;
    expect(times(9)).toBe(3);
  });

  it("without limits takes everything, with a burst of 0 nothing", () => {
    expect(createThrottle({ burst: -1, rate: -1 })()).toBe(true);
    expect(createThrottle({ burst: 0, rate: 100 })()).toBe(false);
  });
});
