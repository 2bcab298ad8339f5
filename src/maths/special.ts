import { exp } from "./exponential.ts";
import { log } from "./logarithm.ts";

const HALF_LN_2PI = 0.9189385332046728;

/** Stirling's coefficients B₂ₖ / (2k (2k−1)), k = 1 … 8 (Abramowitz, Stegun 6.1.41). */
const STIRLING = [
  1 / 12,
  -1 / 360,
  1 / 1260,
  -1 / 1680,
  1 / 1188,
  -691 / 360360,
  1 / 156,
  -3617 / 122400,
];

/**
 * ln Γ(x) for x > 0 (∞ at 0; NaN below), absolute error below 1e−14 · max(1, |ln Γ(x)|): arguments
 * below 10 are shifted up by Γ(x+1) = x Γ(x), where eight terms of Stirling's series leave less
 * than 2e−18.
 */
export function gammaLn(x: number): number {
  if (!(x > 0)) return x === 0 ? Infinity : NaN;
  if (x === 1 || x === 2) return 0;
  let product = 1;
  while (x < 10) {
    product *= x;
    x += 1;
  }
  if (x === Infinity) return x;
  const z = 1 / (x * x);
  let series = 0;
  for (let k = STIRLING.length - 1; k >= 0; k--) series = series * z + STIRLING[k];
  return (x - 0.5) * log(x) - x + HALF_LN_2PI + series / x - log(product);
}

/** x^a e^−x / Γ(a) */
const gammaFactor = (a: number, x: number): number => exp(a * log(x) - x - gammaLn(a));

/** The lower part by its power series, good for x < a + 1 (Abramowitz, Stegun 6.5.29). */
function gammaSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum * gammaFactor(a, x);
}

/**
 * The upper part by its continued fraction (6.5.31), evaluated forwards by Lentz's method, good for
 * x ≥ a + 1.
 */
function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n < 10_000; n++) {
    const numerator = n * (a - n);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return value * gammaFactor(a, x);
}

/**
 * The regularised lower incomplete gamma function P(a, x), the CDF of a gamma distribution of shape
 * a > 0 and scale 1, for x ≥ 0; relative error about 1e−14 · max(1, a). Takes some √a steps.
 */
export function gammaP(a: number, x: number): number {
  if (!(x > 0)) return x !== x ? NaN : 0;
  if (x === Infinity) return 1;
  return x < a + 1 ? gammaSeries(a, x) : 1 - gammaFraction(a, x);
}

/** 1 − erf(x), also far in the tail (relative error below 1e−13): erfc(x) = Q(½, x²) for x ≥ 0. */
export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  const square = x * x;
  if (square === 0) return 1;
  if (square === Infinity) return 0;
  return square < 1.5 ? 1 - gammaSeries(0.5, square) : gammaFraction(0.5, square);
}

/** The CDF of the standard normal distribution. */
export const normalCdf = (x: number): number => 0.5 * erfc(-x * Math.SQRT1_2);
