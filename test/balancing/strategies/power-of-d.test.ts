import { describe, expect, it } from "vitest";
import { Comparison } from "../../../src/balancing/strategies/parts/power-of-d.ts";
import type { Settings } from "../../../src/definition.ts";
import { FakePool, equalTargets, shares } from "../fake-view.ts";

/** Share of the one busy target among `count`. */
function shareOfBusy(name: string, settings: Settings, count: number): number {
  const pool = new FakePool(equalTargets(count)).use(name, settings);
  pool.setInFlight(1, 4);
  return shares(pool, 100_000)[1];
}

describe("power-of-d", () => {
  it("never takes the one busy target of three", () => {
    expect(shareOfBusy("power-of-d", {}, 3)).toBe(0);
    expect(shareOfBusy("power-of-d", { d: 3 }, 4)).toBe(0);
  });

  it("draws every set of targets alike, for two and for more", () => {
    // In flight 0, 1, … 5: a target is taken if it is drawn and all drawn beside it are busier. Of
    // the C(6, d) sets those with the least of i number C(5 − i, d − 1). σ ≤ 0.16 points of 100,000
    // picks; 4 σ.
    const choose = (n: number, k: number): number =>
      k === 0 ? 1 : n < k ? 0 : (choose(n - 1, k - 1) * n) / k;
    for (const d of [1, 2, 3, 5, 6]) {
      const pool = new FakePool(equalTargets(6)).use("power-of-d", { d });
      for (let slot = 0; slot < 6; slot++) pool.setInFlight(slot, slot);
      shares(pool, 100_000).forEach((share, i) => {
        expect(Math.abs(share - choose(5 - i, d - 1) / choose(6, d))).toBeLessThan(0.0064);
      });
    }
  });

  it("takes the first drawn on a tie: all alike", () => {
    // σ of 1/5 of 100,000 picks is 0.13 points; 4 σ.
    for (const d of [2, 3]) {
      const pool = new FakePool(equalTargets(5)).use("power-of-d", { d });
      for (const share of shares(pool, 100_000)) expect(Math.abs(share - 0.2)).toBeLessThan(0.0051);
    }
  });

  it("divides requests in flight by weight", () => {
    const pool = new FakePool([{ weight: 1 }, { weight: 4 }]).use("power-of-d");
    pool.setInFlight(0, 1);
    pool.setInFlight(1, 3);
    expect(shares(pool, 100)[1]).toBeCloseTo(1, 9);
  });

  it("goes by reports where that is asked for, and takes the unreported for idle", () => {
    const pool = new FakePool(equalTargets(2)).use("power-of-d", { by: "utilization" });
    pool.report(0, { utilization: 0.2 });
    expect(shares(pool, 100)[1]).toBeCloseTo(1, 9);
    pool.report(1, { utilization: 0.3 });
    expect(shares(pool, 100)[0]).toBeCloseTo(1, 9);
  });
});

describe("the better one of two", () => {
  const of = (pool: FakePool): Comparison => {
    const comparison = new Comparison("own");
    comparison.membershipChanged(pool.use("power-of-d"));
    return comparison;
  };

  it("is the one with fewer in flight, and the first on a tie, whichever comes first", () => {
    const pool = new FakePool(equalTargets(3));
    const comparison = of(pool);
    pool.setInFlight(2, 1);
    const pairs = [
      [0, 1],
      [1, 0],
      [0, 2],
      [2, 0],
      [2, 1],
    ] as const;
    expect(pairs.map(([a, b]) => comparison.better(a, b))).toEqual([0, 1, 0, 0, 1]);
  });

  it("is told by weight too where weights differ, and the first on a tie", () => {
    const pool = new FakePool([{ weight: 1 }, { weight: 4 }]);
    const comparison = of(pool);
    pool.setInFlight(0, 1);
    pool.setInFlight(1, 4);
    expect([comparison.better(0, 1), comparison.better(1, 0)]).toEqual([0, 1]);
    pool.setInFlight(1, 3);
    expect([comparison.better(0, 1), comparison.better(1, 0)]).toEqual([1, 1]);
  });
});

describe("power-of-d-with-replacement", () => {
  it("takes the one busy target of three with a chance of 1/9", () => {
    // Both draws must hit the busy one: (1/3)² = 11.1 %. 100,000 picks: σ = 0.1 points, we allow 4
    // σ.
    const share = shareOfBusy("power-of-d-with-replacement", {}, 3);
    expect(Math.abs(share - 1 / 9)).toBeLessThan(0.004);
  });

  it("is no full scan even when d is the number of targets", () => {
    // (1/3)³ = 3.7 %, σ = 0.06 points; 4 σ.
    const share = shareOfBusy("power-of-d-with-replacement", { d: 3 }, 3);
    expect(Math.abs(share - 1 / 27)).toBeLessThan(0.0024);
  });
});
