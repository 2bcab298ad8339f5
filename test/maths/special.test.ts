import { describe, expect, it } from "vitest";
import { erfc, exp, gammaLn, gammaP, normalCdf } from "../../src/maths/elementary.ts";

const relative = (value: number, truth: number): number => Math.abs(value / truth - 1);

describe("gammaLn", () => {
  it("is the logarithm of factorials", () => {
    let factorial = 1;
    for (let n = 1; n <= 170; n++) {
      const error = Math.abs(gammaLn(n) - Math.log(factorial));
      expect(error).toBeLessThanOrEqual(1e-14 * Math.max(1, Math.log(factorial)));
      factorial *= n;
    }
  });
  it("is ½ ln π at ½, has its least value at 1.4616, ∞ at 0 and no value below", () => {
    // Abramowitz, Stegun: 6.1.8 and 6.3.19.
    expect(gammaLn(0.5)).toBeCloseTo(0.5723649429247001, 14);
    expect(gammaLn(1.461632144968362)).toBeCloseTo(-0.12148629053584961, 14);
    expect(gammaLn(0)).toBe(Infinity);
    expect(gammaLn(-1)).toBeNaN();
    expect(gammaLn(Infinity)).toBe(Infinity);
  });
});

describe("gammaP", () => {
  it("is 1 − e^−x Σ x^k/k! for whole shapes", () => {
    for (const shape of [1, 2, 5, 20, 60]) {
      for (const x of [0.1, 1, 3, 10, 30, 100]) {
        let term = exp(-x);
        let upper = 0;
        for (let k = 0; k < shape; k++) {
          upper += term;
          term *= x / (k + 1);
        }
        expect(Math.abs(gammaP(shape, x) - (1 - upper))).toBeLessThan(1e-12);
      }
    }
  });
  it("is 0 at 0 and 1 at ∞", () => {
    expect(gammaP(2.5, 0)).toBe(0);
    expect(gammaP(2.5, Infinity)).toBe(1);
    expect(gammaP(2.5, NaN)).toBeNaN();
  });
});

describe("erfc and normalCdf", () => {
  // Abramowitz, Stegun, tables 7.1 and 7.3 with more digits from erfc's continued fraction in
  // 50-digit arithmetic.
  it.each([
    [0.5, 0.4795001221869535],
    [1, 0.15729920705028513],
    [1.25, 0.07709987174354177],
    [2, 0.004677734981047266],
    [5, 1.5374597944280349e-12],
    [10, 2.088487583762545e-45],
    [25, 8.300172571196522e-274],
  ])("erfc(%d)", (x, truth) => {
    expect(relative(erfc(x), truth)).toBeLessThan(1e-13);
    expect(erfc(-x)).toBe(2 - erfc(x));
  });
  it("has its known quantiles", () => {
    expect(erfc(0)).toBe(1);
    expect(normalCdf(0)).toBe(0.5);
    expect(normalCdf(1.959963984540054)).toBeCloseTo(0.975, 14);
    expect(normalCdf(-Infinity)).toBe(0);
    expect(normalCdf(Infinity)).toBe(1);
  });
});
