import { highWord, powerOfTwo } from "./words.ts";

// ln 2 in two parts; the upper has 21 zero bits at its end, so k · LN2_HIGH is exact for |k| <
// 2000.
const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;

// What lifts the high word of √2 to that of 2: with it added, a carry decides between x and x/2.
const ABOVE_SQRT_2 = 0x3ff00000 - 0x3fe6a09e;
const INFINITE = 0x7ff00000;
const SMALLEST_NORMAL = 0x00100000;

/**
 * ln(1+f) − f + f²/2 for √½ ≤ 1+f ≤ √2: with s = f/(2+f), ln(1+f) is 2s + s·R(s²), R the polynomial
 * of fdlibm (error below 2^−58.45).
 */
function beyondSquare(f: number, halfSquare: number): number {
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even =
    w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const odd =
    z *
    (6.66666666666673513e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  return s * (halfSquare + (odd + even));
}

/**
 * k ln 2 + ln(1+f) + lost. The one large sum is taken with its rounding error (Dekker's fast
 * two-sum), so that where k ln 2 and f nearly cancel, at 0.7 for one, the error still stays at 0.86
 * units in the last place.
 */
function joined(k: number, f: number, lost: number): number {
  const halfSquare = 0.5 * f * f;
  const base = k * LN2_HIGH;
  const sum = base + f;
  const rounding = f - (sum - base);
  return sum + (rounding + (k * LN2_LOW + lost + (beyondSquare(f, halfSquare) - halfSquare)));
}

/**
 * The natural logarithm, within 1 ulp. log(±0) = −∞, log(∞) = ∞; NaN below 0.
 * fdlibm 5.3, e_log.c: x = 2^k (1+f), ln x = k ln 2 + ln(1+f).
 */
export function log(x: number): number {
  let high = highWord(x);
  let k = 0;
  if (high < SMALLEST_NORMAL) {
    if (x === 0) return -Infinity;
    if (high < 0) return NaN;
    k -= 54;
    x *= 18014398509481984; // 2^54 lifts a subnormal into the normal range
    high = highWord(x);
  }
  if (high >= INFINITE) return x;
  const exponent = ((high + ABOVE_SQRT_2) >> 20) - 1023;
  k += exponent;
  const f = x * powerOfTwo(-exponent) - 1;
  return joined(k, f, 0);
}

/**
 * ln(1 + x) without the loss of rounding 1 + x, within 1 ulp. log1p(−1) = −∞; NaN below −1; keeps
 * −0. fdlibm 5.3, s_log1p.c: what rounding 1 + x to u loses comes back as a correction c/u.
 */
export function log1p(x: number): number {
  if (x <= -1) return x === -1 ? -Infinity : NaN;
  if (!(x < Infinity)) return x;
  // Below 2^−54 the next term is under half a unit; −0 leaves here too.
  if (x < 5.551115123125783e-17 && x > -5.551115123125783e-17) return x;
  const u = 1 + x;
  const k = ((highWord(u) + ABOVE_SQRT_2) >> 20) - 1023;
  if (k === 0) return joined(0, x, 0);
  // The smaller of both is taken from u last: exact on either side.
  const lost = (x >= 1 ? 1 - (u - x) : x - (u - 1)) / u;
  return joined(k, u * powerOfTwo(-k) - 1, lost);
}
