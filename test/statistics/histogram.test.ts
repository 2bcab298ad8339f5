import { randomExponential, randomLcg, randomLogNormal } from "d3-random";
import { quantileSorted } from "simple-statistics";
import { describe, expect, it } from "vitest";
import {
  HISTOGRAM_BINS,
  HISTOGRAM_RELATIVE_ERROR,
  Histogram,
  binOf,
  lowerEdge,
} from "../../src/statistics/histogram.ts";

const of = (values: readonly number[]): Histogram => {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
};

describe("bins", () => {
  it("contain their lower edge and all up to the next one", () => {
    for (let bin = 1; bin < HISTOGRAM_BINS - 1; bin++) {
      const low = lowerEdge(bin);
      const next = lowerEdge(bin + 1);
      expect(binOf(low)).toBe(bin);
      expect(binOf(low + (next - low) * 0.999_999)).toBe(bin);
      expect(binOf(next)).toBe(bin + 1);
    }
  });

  it("are so narrow that no value is further than the promised part from the middle", () => {
    const random = randomLcg(1);
    for (let i = 0; i < 10_000; i++) {
      const value = 2 ** (random() * 60 - 18);
      const bin = binOf(value);
      const middle = (lowerEdge(bin) + lowerEdge(bin + 1)) / 2;
      expect(Math.abs(value - middle) / value).toBeLessThanOrEqual(HISTOGRAM_RELATIVE_ERROR);
    }
  });

  it("take what is too small first and what is too great last", () => {
    for (const tiny of [0, -0, 5e-324, 1e-300, 2 ** -21]) expect(binOf(tiny)).toBe(0);
    for (const huge of [2 ** 44, 1e300, Infinity]) expect(binOf(huge)).toBe(HISTOGRAM_BINS - 1);
  });
});

describe("quantiles against exact ones", () => {
  const random = randomLcg(2);
  const samples = {
    exponential: Array.from({ length: 20_000 }, randomExponential.source(random)(0.1)),
    lognormal: Array.from({ length: 20_000 }, randomLogNormal.source(random)(3, 2)),
    constant: Array.from({ length: 1000 }, () => 5),
    "two values": Array.from({ length: 1000 }, (_, i) => (i < 990 ? 1 : 1000)),
    "one value": [42],
  };
  for (const [name, values] of Object.entries(samples)) {
    it(`${name}: in the same bin as the exact one, so within 1/128`, () => {
      const sorted = values.toSorted((a, b) => a - b);
      const histogram = of(values);
      for (const q of [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.989, 0.99, 0.995, 0.999, 1]) {
        // The least value that a part q of all does not exceed.
        const exact = sorted[Math.max(0, Math.ceil(q * sorted.length - 1e-9) - 1)];
        expect(Math.abs(histogram.quantile(q) - exact) / exact).toBeLessThanOrEqual(1 / 128);
      }
    });
  }

  it("agrees with interpolated quantiles too where the sample is dense", () => {
    const sorted = samples.exponential.toSorted((a, b) => a - b);
    const histogram = of(samples.exponential);
    for (const q of [0.5, 0.9, 0.99]) {
      expect(histogram.quantile(q) / quantileSorted(sorted, q)).toBeCloseTo(1, 2);
    }
  });

  it("says 0 of what is below a nanosecond, and does not make a part of one up", () => {
    expect(of([0, 0, 0, 5]).quantile(0.5)).toBe(0);
    expect(of([0, 0, 0, 5]).quantile(1)).toBe(5);
  });

  it("never says more than the greatest value, nor anything about nothing", () => {
    expect(of([1, 1.001]).quantile(1)).toBe(1.001);
    expect(new Histogram().quantile(0.5)).toBeNaN();
    expect(new Histogram().mean()).toBeNaN();
    expect(new Histogram().shareAbove(1)).toBeNaN();
    expect(of([3]).variance()).toBeNaN();
  });
});

describe("moments and merging", () => {
  it("are exact", () => {
    const histogram = of([1, 2, 3, 6]);
    expect(histogram.mean()).toBe(3);
    // (4 + 1 + 0 + 9) / 3
    expect(histogram.variance()).toBeCloseTo(14 / 3, 12);
    expect(histogram.max).toBe(6);
  });

  it("merging is recording both, whatever lies where", () => {
    const low = [0.001, 0.5, 3];
    const high = [3, 900, 1e6];
    for (const [a, b] of [
      [low, high],
      [high, low],
      [low, []],
      [[], high],
    ] as const) {
      const merged = of(a);
      merged.add(of(b));
      const both = of([...a, ...b]);
      for (const q of [0.1, 0.3, 0.5, 0.7, 0.9, 1]) {
        expect(merged.quantile(q)).toBe(both.quantile(q));
      }
      expect(merged.count).toBe(both.count);
      expect(merged.sum).toBe(both.sum);
      expect(merged.max).toBe(both.max);
    }
  });

  it("is the same out of counters kept elsewhere", () => {
    const values = [0.25, 7, 7, 90];
    const counters = new Float64Array(HISTOGRAM_BINS);
    for (const value of values) counters[binOf(value)]++;
    const recorded = of(values);
    const { count, sum, sumOfSquares, max } = recorded;
    const taken = Histogram.of(counters, binOf(0.25), binOf(90), { count, sum, sumOfSquares, max });
    counters.fill(0);
    for (const q of [0, 0.2, 0.5, 0.9, 1]) expect(taken.quantile(q)).toBe(recorded.quantile(q));
    expect(taken.shareAbove(50)).toBe(0.25);
  });

  it("counts what lies above, to the bin", () => {
    const histogram = of([1, 2, 4, 8]);
    expect(histogram.shareAbove(0)).toBe(1);
    expect(histogram.shareAbove(3)).toBe(0.5);
    expect(histogram.shareAbove(9)).toBe(0);
  });
});
