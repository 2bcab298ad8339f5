import { describe, expect, it } from "vitest";
import {
  coefficientOfVariation,
  greatestOverMean,
  jainIndex,
} from "../../src/statistics/balance.ts";

describe("measures of balance", () => {
  it("know even and lonely", () => {
    const even = [3, 3, 3, 3];
    const lonely = [12, 0, 0, 0];
    expect([greatestOverMean(even), greatestOverMean(lonely)]).toEqual([1, 4]);
    expect([jainIndex(even), jainIndex(lonely)]).toEqual([1, 0.25]);
    // Lonely: mean 3, variance (81 + 9 + 9 + 9) / 4 = 27, σ/μ = √27 / 3 = √3.
    expect(coefficientOfVariation(even)).toBe(0);
    expect(coefficientOfVariation(lonely)).toBeCloseTo(Math.sqrt(3), 12);
  });

  it("agree with Jain's own relation 1 / (1 + CV²)", () => {
    const values = [1, 5, 2, 8, 0.5];
    const weights = [1, 0.5, 1, 0.25, 1];
    for (const counted of [undefined, weights]) {
      const cv = coefficientOfVariation(values, counted);
      expect(jainIndex(values, counted)).toBeCloseTo(1 / (1 + cv * cv), 12);
    }
  });

  it("Jain's index is the part of those who get something, if they get equally much", () => {
    expect(jainIndex([1, 0, 0, 0, 0])).toBeCloseTo(0.2, 12);
  });

  it("a value of weight 2 counts as two values", () => {
    expect(jainIndex([1, 4], [2, 1])).toBeCloseTo(jainIndex([1, 1, 4]), 12);
    expect(coefficientOfVariation([1, 4], [2, 1])).toBeCloseTo(
      coefficientOfVariation([1, 1, 4]),
      12,
    );
  });

  it("say nothing about nothing", () => {
    for (const measure of [greatestOverMean, coefficientOfVariation, jainIndex]) {
      expect(measure([])).toBeNaN();
      expect(measure([0, 0])).toBeNaN();
    }
  });
});
