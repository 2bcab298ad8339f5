import { describe, expect, it } from "vitest";
import { TokenBuckets } from "../../../src/balancing/strategies/parts/token-buckets.ts";
import { FakePool, request } from "../fake-view.ts";

/** Evenly spaced requests from origin 0 for `ms`; shares by slot after the first tenth. */
function run(pool: FakePool, ratePerMs: number, ms: number): number[] {
  const counts = Array.from({ length: pool.slots }, () => 0);
  const total = ms * ratePerMs;
  for (let i = 0; i < total; i++) {
    pool.nowMs = i / ratePerMs;
    const slot = pool.pick(request(i));
    if (i >= total / 10) counts[slot]++;
  }
  return counts.map((count) => count / (total * 0.9));
}

describe("waterfall", () => {
  // At an offered load ρ on the nearest target, a part 1 − 1/ρ cannot be served there. The bucket's
  // first 100 ms of capacity are gone within the first tenth; after it a whole bucket more or less
  // makes 100 / 9,000 ms = 1.1 % at most.
  it.each([0.5, 0.9, 1.25, 2, 4])("spills max(0, 1 − 1/ρ) at ρ = %f", (rho) => {
    const pool = new FakePool([
      { distances: [5], capacity: 2 },
      { distances: [50], capacity: 100 },
    ]).use("waterfall");
    const [, spilled] = run(pool, 2 * rho, 10_000);
    expect(Math.abs(spilled - Math.max(0, 1 - 1 / rho))).toBeLessThan(0.012);
  });

  it("fills the nearest first, then the next, then the last", () => {
    const pool = new FakePool([
      { distances: [50], capacity: 3 },
      { distances: [5], capacity: 1 },
      { distances: [20], capacity: 2 },
    ]).use("waterfall");
    // 5 a ms: 1 to the nearest, 2 to the next, 2 to the last.
    const shares = run(pool, 5, 10_000);
    [0.4, 0.2, 0.4].forEach((part, i) => expect(Math.abs(shares[i] - part)).toBeLessThan(0.012));
  });

  it("leaves room for `full` below 1", () => {
    const pool = new FakePool([
      { distances: [5], capacity: 1 },
      { distances: [50], capacity: 9 },
    ]).use("waterfall", { full: 0.8 });
    const [near] = run(pool, 2, 10_000);
    expect(Math.abs(near - 0.4)).toBeLessThan(0.012);
  });

  it("spreads by capacity when all are full", () => {
    // 8 a ms for 4: 1 + 3 by tokens, the other half at random by capacity, so 1/4 and 3/4 in all; σ
    // = 0.2 points.
    const pool = new FakePool([
      { distances: [5], capacity: 1 },
      { distances: [50], capacity: 3 },
    ]).use("waterfall");
    const [near] = run(pool, 8, 10_000);
    expect(Math.abs(near - 0.25)).toBeLessThan(0.012);
  });

  it("shares evenly among targets at one distance", () => {
    const pool = new FakePool([
      { distances: [5], capacity: 1 },
      { distances: [5], capacity: 1 },
      { distances: [5], capacity: 1 },
      { distances: [50], capacity: 1 },
    ]).use("waterfall");
    const shares = run(pool, 2.4, 10_000);
    [1, 1, 1, 0].forEach((part, i) => expect(Math.abs(shares[i] - part / 3)).toBeLessThan(0.012));
  });

  it("shares the buckets among origins", () => {
    const pool = new FakePool([
      { distances: [5, 9, 5], capacity: 1 },
      { distances: [5, 50, 8], capacity: 1 },
    ]).use("waterfall", { burst: 10 });
    // The first origin's tree, the second's and the third's lists see the same ten tokens each.
    const slots = Array.from({ length: 20 }, (_, i) => pool.pick(request(i, i % 3)));
    expect(slots.filter((slot) => slot === 0).length).toBe(10);
  });
});

describe("TokenBuckets", () => {
  it("holds the burst, and at least one", () => {
    const buckets = new TokenBuckets(1, 10);
    buckets.grow(3);
    const taken = (slot: number, now: number): number => {
      let count = 0;
      while (count < 1000 && buckets.hasToken(slot, now)) {
        buckets.take(slot, now);
        count++;
      }
      return count;
    };
    buckets.setCapacity(0, 0.5);
    buckets.setCapacity(1, 0.01);
    buckets.setCapacity(2, 0);
    expect([0, 1, 2].map((slot) => taken(slot, 0))).toEqual([5, 1, 0]);
    expect([0, 1, 2].map((slot) => taken(slot, 4))).toEqual([2, 0, 0]);
    expect([0, 1, 2].map((slot) => taken(slot, 100))).toEqual([5, 1, 0]);
  });
});
