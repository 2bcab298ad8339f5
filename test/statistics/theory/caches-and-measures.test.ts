import { randomGamma, randomLcg } from "d3-random";
import { describe, expect, it } from "vitest";
import * as theory from "../../../src/statistics/theory.ts";

describe("Che's approximation", () => {
  it("is exact for equal probabilities: C of N", () => {
    expect(theory.cheLru(theory.zipfProbabilities(1000, 0), 250).hitRate).toBeCloseTo(0.25, 12);
    expect(theory.cheFifo(theory.zipfProbabilities(1000, 0), 250).hitRate).toBeCloseTo(0.25, 12);
  });

  // The approximations' own roots by SciPy's brentq.
  it("agrees with an independent solver", () => {
    const eight = theory.zipfProbabilities(8, 1);
    expect(theory.cheLru(eight, 3).characteristicTime).toBeCloseTo(4.379823937673415, 10);
    expect(theory.cheLru(eight, 3).hitRate).toBeCloseTo(0.5316730883992413, 11);
    expect(theory.cheFifo(eight, 3).hitRate).toBeCloseTo(0.4929438982203777, 11);
    const many = theory.zipfProbabilities(10_000, 0.8);
    expect(theory.cheLru(many, 1000).characteristicTime).toBeCloseTo(1472.4795322065831, 6);
    expect(theory.cheLru(many, 1000).hitRate).toBeCloseTo(0.43665972223071803, 11);
  });

  // King's sum over all ordered caches of 3 of 8 objects (1/k): 0.535616; FIFO's product form:
  // 0.508958.
  it("is near the exact figures even for eight objects", () => {
    const eight = theory.zipfProbabilities(8, 1);
    expect(Math.abs(theory.cheLru(eight, 3).hitRate - 0.535615335901961)).toBeLessThan(0.005);
    expect(Math.abs(theory.cheFifo(eight, 3).hitRate - 0.5089580862292702)).toBeLessThan(0.02);
  });

  it("knows the limits, and that LRU lies between FIFO and perfect knowledge", () => {
    const zipf = theory.zipfProbabilities(500, 1);
    expect(theory.cheLru(zipf, 500)).toEqual({ hitRate: 1, characteristicTime: Infinity });
    const [fifo, lru] = [theory.cheFifo(zipf, 50).hitRate, theory.cheLru(zipf, 50).hitRate];
    const best = theory.perfectLfu(zipf, 50);
    expect(fifo).toBeLessThan(lru);
    expect(lru).toBeLessThan(best);
    // H(50) / H(500)
    expect(best).toBeCloseTo(theory.harmonic(50) / theory.harmonic(500), 12);
  });

  it("objects that nobody asks for take no room", () => {
    const some = Float64Array.from([0.5, 0.3, 0.2, 0, 0]);
    expect(theory.cheLru(some, 3).hitRate).toBe(1);
    expect(theory.cheLru(some, 2).hitRate).toBeCloseTo(
      theory.cheLru(some.slice(0, 3), 2).hitRate,
      12,
    );
  });
});

describe("placement", () => {
  it("mod-n keeps min/lcm of the keys, as counting shows", () => {
    expect(theory.modNKeeps(5, 6)).toBeCloseTo(1 / 6, 15);
    expect(theory.modNKeeps(8, 16)).toBe(0.5);
    for (const [before, after] of [
      [5, 6],
      [6, 5],
      [8, 16],
      [12, 18],
      [7, 7],
      [16, 17],
    ] as const) {
      let kept = 0;
      const period = before * after;
      for (let key = 0; key < period; key++) if (key % before === key % after) kept++;
      expect(theory.modNKeeps(before, after)).toBeCloseTo(kept / period, 12);
    }
  });

  it("the least disruption: 1/(n+1) on adding one, 1/n on removing one", () => {
    expect(theory.leastDisruption([1, 1, 1, 0], [1, 1, 1, 1])).toBeCloseTo(1 / 4, 12);
    expect(theory.leastDisruption([1, 1, 1, 1], [1, 1, 0, 1])).toBeCloseTo(1 / 4, 12);
    // 1 : 1 becomes 3 : 1, so a quarter moves to the heavier one; the scale of weights is nothing.
    expect(theory.leastDisruption([1, 1], [3, 1])).toBeCloseTo(1 / 4, 12);
    expect(theory.leastDisruption([1, 2], [10, 20])).toBeCloseTo(0, 12);
  });

  it("a ring of one point each: the greatest share is Hₙ means", () => {
    expect(theory.ringGreatestOverMean(10, 1)).toBeCloseTo(theory.harmonic(10), 5);
    expect(theory.harmonic(10)).toBeCloseTo(2.9289682539682538, 12);
    // Numerically integrated with SciPy's gamma distribution and quad.
    expect(theory.ringGreatestOverMean(10, 32)).toBeCloseTo(1.288971780299983, 5);
    expect(theory.ringGreatestOverMean(1000, 10)).toBeCloseTo(2.3528062047029765, 5);
    expect(theory.ringGreatestOverMean(16, 100)).toBeCloseTo(1.1844934604459505, 5);
    expect(theory.ringGreatestOverMean(1, 5)).toBeCloseTo(1, 5);
  });

  it("a ring's spread: about 1/√k, as drawn shares have it", () => {
    expect(theory.ringShareCv(1000, 100)).toBeCloseTo(0.1, 3);
    const gamma = randomGamma.source(randomLcg(4))(32);
    const [targets, rounds] = [20, 2000];
    let squares = 0;
    for (let round = 0; round < rounds; round++) {
      const sizes = Array.from({ length: targets }, gamma);
      const cv = theory.coefficientOfVariation(sizes);
      squares += cv * cv;
    }
    // 40,000 shares: their mean square is known to about √(2/40000) = 0.7 %; the root to half of
    // it, we allow 3 σ.
    const drawn = Math.sqrt(squares / rounds);
    expect(Math.abs(drawn / theory.ringShareCv(targets, 32) - 1)).toBeLessThan(0.011);
  });
});

describe("beliefs and overflow", () => {
  it("spill what is beyond the capacity", () => {
    expect([0, 0.5, 1, 2, 4].map(theory.unavoidableSpillover)).toEqual([0, 0, 0, 0.5, 0.75]);
  });
  it("reports are half an interval old on average", () => {
    expect(theory.meanReportAgeMs(1000, 40)).toBe(540);
  });
  it("detection takes fall − 1 intervals, a timeout, and up to one interval of luck", () => {
    expect(theory.detectionMs({ intervalMs: 1000, timeoutMs: 300, fall: 3 })).toEqual({
      low: 2300,
      high: 3300,
    });
  });
});
