/**
 * The few operations on a double's representation that the elementary functions need, chosen so
 * that V8 keeps values in registers: two 32-bit stores followed by one 64-bit load stall for some
 * ten cycles, so powers of two come from a table and numbers are split by arithmetic.
 */
const asDouble = new Float64Array(1);
const asWords = new Int32Array(asDouble.buffer);
// Found out once, so the platform's byte order does not matter.
asDouble[0] = 1;
const HIGH = asWords[1] !== 0 ? 1 : 0;

/** Sign, exponent and the upper 20 bits of the mantissa, as a signed 32-bit integer. */
export function highWord(x: number): number {
  asDouble[0] = x;
  return asWords[HIGH];
}

const LEAST_POWER = -1074;
/** 2^−1074 … 2^1023. */
const powers = new Float64Array(1023 - LEAST_POWER + 1);
powers[0] = Number.MIN_VALUE;
for (let i = 1; i < powers.length; i++) powers[i] = 2 * powers[i - 1];

/** 2^k for −1074 ≤ k ≤ 1023. */
export function powerOfTwo(k: number): number {
  return powers[k - LEAST_POWER];
}

/**
 * y · 2^k with one rounding, for 0.5 ≤ |y| ≤ 2 and −1100 ≤ k ≤ 1024: the first product is exact, so
 * that a subnormal result is rounded only by the second.
 */
export function scaleByPowerOfTwo(y: number, k: number): number {
  if (k > 1000) return y * powerOfTwo(k - 1000) * powerOfTwo(1000);
  if (k < -1000) return y * powerOfTwo(k + 1000) * powerOfTwo(-1000);
  return y * powerOfTwo(k);
}

/**
 * The upper 26 bits of `x`, rounded: a product of two such numbers is exact, and so is x minus
 * them. |x| < 2^996. Dekker: A Floating-Point Technique for Extending the Available Precision,
 * Numer. Math. 18, 1971 (Veltkamp's splitting).
 */
export function upperHalf(x: number): number {
  const scaled = 134217729 * x; // 2^27 + 1
  return scaled - (scaled - x);
}
