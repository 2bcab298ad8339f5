import { describe, expect, it } from "vitest";
import { FakePool, equalTargets, shares } from "../fake-view.ts";

// A share p of 40,000 picks has σ = √(p (1 − p) / 40,000) ≤ 0.25 points; we allow 4 σ.
const within = 0.01;

describe("random", () => {
  it("takes all alike, whatever their weights", () => {
    const pool = new FakePool([{ weight: 9 }, {}, {}, {}]).use("random");
    for (const share of shares(pool, 40_000)) expect(Math.abs(share - 0.25)).toBeLessThan(within);
  });
});

describe("weighted-random", () => {
  it("takes each in proportion to its weight, and follows a change of it", () => {
    const pool = new FakePool([{ weight: 5 }, { weight: 0.5 }, { weight: 2.5 }, { weight: 2 }]);
    pool.use("weighted-random");
    shares(pool, 40_000).forEach((share, i) =>
      expect(Math.abs(share - pool.weight[i] / 10)).toBeLessThan(within),
    );
    pool.weight[0] = 1;
    pool.takeOut(3);
    shares(pool, 40_000).forEach((share, i) =>
      expect(Math.abs(share - [0.25, 0.125, 0.625, 0][i])).toBeLessThan(within),
    );
  });

  it("is exact in its table for a thousand equal ones", () => {
    // 200 picks each: σ = 14; the greatest of 1,000 stays below 5 σ.
    const pool = new FakePool(equalTargets(1000)).use("weighted-random");
    for (const share of shares(pool, 200_000)) {
      expect(Math.abs(share * 200_000 - 200)).toBeLessThan(71);
    }
  });
});
