import { randomLcg, randomNormal } from "d3-random";
import { describe, expect, it } from "vitest";
import type { RandomStream } from "../../src/random/stream.ts";
import {
  bootstrapRatio,
  distanceInSigmas,
  estimate,
  excludesZero,
  pairedDifference,
} from "../../src/statistics/intervals.ts";
import { studentQuantile, studentWithin } from "../../src/statistics/student.ts";

const stream = (seed: number): RandomStream => {
  const double = randomLcg(seed);
  return {
    double,
    uint32: () => Math.floor(double() * 2 ** 32),
    below: (n) => Math.floor(double() * n),
    fill: (into) => {
      for (let i = 0; i < into.length; i++) into[i] = Math.floor(double() * 2 ** 32);
    },
  };
};

describe("Student's t", () => {
  // Published to three digits in every table (e.g. NIST/SEMATECH e-Handbook, 1.3.6.7.2); all digits
  // from SciPy 1.17.1, scipy.stats.t.ppf((1 + level) / 2, degrees).
  const table = [
    [0.95, 1, 12.706204736174694],
    [0.95, 2, 4.302652729749462],
    [0.95, 4, 2.7764451051977934],
    [0.95, 9, 2.262157162798205],
    [0.95, 19, 2.0930240544083087],
    [0.95, 30, 2.0422724563012378],
    [0.95, 100, 1.9839715185235518],
    [0.95, 999, 1.9623414611334493],
    [0.99, 1, 63.656741162871526],
    [0.99, 5, 4.032142983555228],
    [0.99, 10, 3.16927267261695],
    [0.9, 7, 1.8945786050900062],
  ] as const;
  for (const [level, degrees, expected] of table) {
    it(`${level * 100} % with ${degrees} degrees of freedom is ${expected.toFixed(3)}`, () => {
      expect(Math.abs(studentQuantile(level, degrees) / expected - 1)).toBeLessThan(1e-9);
    });
  }

  it("is Cauchy's distribution with one degree, and has its closed form with two", () => {
    for (const t of [0, 0.01, 0.5, 1, 3, 50, 1e6]) {
      expect(studentWithin(t, 1)).toBeCloseTo((2 / Math.PI) * Math.atan(t), 14);
      expect(studentWithin(t, 2)).toBeCloseTo(t / Math.sqrt(2 + t * t), 14);
    }
  });
});

describe("estimates", () => {
  it("mean ± t·s/√n", () => {
    // 1 … 5: s = √2.5, t(4) = 2.776445, so 2.776445 × 1.581139 / 2.236068 = 1.963243.
    const { count, mean, half } = estimate([1, 2, 3, 4, 5]);
    expect([count, mean]).toEqual([5, 3]);
    expect(half).toBeCloseTo(1.963243, 6);
  });

  it("leaves out what is not there", () => {
    expect(estimate([1, NaN, 3])).toMatchObject({ count: 2, mean: 2 });
    expect(estimate([NaN])).toEqual({ count: 0, mean: NaN, half: NaN });
    expect(estimate([7])).toEqual({ count: 1, mean: 7, half: NaN });
    expect(excludesZero(estimate([7]))).toBe(false);
  });

  it("pairs take away what both have in common", () => {
    const traffic = [10, 250, 40, 900];
    const better = traffic.map((value, i) => value - 1 - i / 100);
    const difference = pairedDifference(traffic, better);
    expect(difference.mean).toBeCloseTo(-1.015, 12);
    expect(excludesZero(difference)).toBe(true);
    expect(pairedDifference([1, NaN, 3], [2, 2, NaN])).toMatchObject({ count: 1, mean: 1 });
  });

  it("constant differences have no width, and zero ones show nothing", () => {
    expect(pairedDifference([1, 2, 3], [1, 2, 3])).toEqual({ count: 3, mean: 0, half: 0 });
    expect(excludesZero({ count: 3, mean: 0, half: 0 })).toBe(false);
    expect(excludesZero({ count: 3, mean: 1e-9, half: 0 })).toBe(true);
  });

  it("cover the true mean in 95 % of the cases", () => {
    const normal = randomNormal.source(randomLcg(11))(5, 2);
    const studies = 4000;
    let covered = 0;
    for (let i = 0; i < studies; i++) {
      const { mean, half } = estimate(Array.from({ length: 6 }, normal));
      if (Math.abs(mean - 5) <= half) covered++;
    }
    // σ = √(0.95 × 0.05 / 4000) = 0.34 points; we allow 3 σ.
    expect(Math.abs(covered / studies - 0.95)).toBeLessThan(0.0103);
  });

  it("tell how far off theory a mean is", () => {
    // Mean 3, s/√n = √2.5/√5 = 0.7071.
    expect(distanceInSigmas([1, 2, 3, 4, 5], 3 + Math.SQRT1_2)).toBeCloseTo(1, 12);
  });
});

describe("bootstrap of a ratio", () => {
  it("is repeatable, lies around the ratio, and shrinks with more pairs", () => {
    const normal = randomNormal.source(randomLcg(3))(0, 1);
    const pairs = (n: number) => {
      const below = Array.from({ length: n }, () => 100 + 10 * normal());
      return { below, above: below.map((value) => 1.8 * value + 5 * normal()) };
    };
    const few = pairs(10);
    const many = pairs(1000);
    const first = bootstrapRatio(few.above, few.below, stream(1));
    expect(bootstrapRatio(few.above, few.below, stream(1))).toEqual(first);
    const second = bootstrapRatio(many.above, many.below, stream(1));
    for (const { low, ratio, high } of [first, second]) {
      expect(low).toBeLessThan(ratio);
      expect(high).toBeGreaterThan(ratio);
    }
    // √(10 / 1000) = 1/10 of the width; the few pairs' own spread is known to some 25 %.
    const widths = (second.high - second.low) / (first.high - first.low);
    expect(widths).toBeGreaterThan(0.05);
    expect(widths).toBeLessThan(0.2);
    // The spread of one pair's ratio is about 5/100; over 1000 pairs the error is 0.0016.
    expect(Math.abs(second.ratio - 1.8)).toBeLessThan(0.005);
  });
});
