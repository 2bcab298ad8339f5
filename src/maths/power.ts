import { highWord, powerOfTwo, scaleByPowerOfTwo, upperHalf } from "./words.ts";

// 2/(3 ln 2), ln 2, 1/ln 2 and log₂ 1.5, each as an upper part of few bits and its remainder.
const LOG_SCALE = 9.61796693925975554329e-1;
const LOG_SCALE_HIGH = 9.61796700954437255859e-1;
const LOG_SCALE_LOW = -7.02846165095275826516e-9;
const LN2_HIGH = 6.93147182464599609375e-1;
const LN2_LOW = -1.90465429995776804525e-9;
const ONE_OVER_LN2_HIGH = 1.44269502162933349609;
const ONE_OVER_LN2_LOW = 1.92596299112661746887e-8;
const LOG2_1_5_HIGH = 5.84962487220764160156e-1;
const LOG2_1_5_LOW = 1.35003920212974897128e-8;

const ONE_MINUS = 1 - 1 / 1048576;
const ONE_PLUS = 1 + 1 / 1048576;

/** The lower part of the last logarithm; a typed array keeps V8 from boxing it. */
const log2Lower = new Float64Array(1);

/**
 * log₂ x of a positive finite x as an upper part of 26 bits (returned) and the rest (in
 * `log2Lower`). fdlibm 5.3, e_pow.c: x = 2^n · c · (1+s)/(1−s), c = 1 or 1.5, s small and kept in
 * two parts.
 */
function log2Upper(x: number): number {
  let n = 0;
  let high = highWord(x);
  if (high < 0x00100000) {
    x *= 9007199254740992; // 2^53, for subnormals
    n = -53;
    high = highWord(x);
  }
  const mantissa = high & 0xfffff;
  // Up to √1.5 the centre is 1, up to √3 it is 1.5, beyond it is 2, that is 1 with x halved.
  const exponent = (high >> 20) - (mantissa < 0xbb67a ? 1023 : 1022);
  const centre = mantissa > 0x3988e && mantissa < 0xbb67a ? 1.5 : 1;
  n += exponent;
  const a = x * powerOfTwo(-exponent);
  const u = a - centre;
  const v = 1 / (a + centre);
  const s = u * v;
  const sHigh = upperHalf(s);
  const sumHigh = upperHalf(a + centre);
  const sumLow = a - (sumHigh - centre);
  const sLow = v * (u - sHigh * sumHigh - sHigh * sumLow);
  const z = s * s;
  const series =
    z *
      z *
      (5.99999999999994648725e-1 +
        z *
          (4.28571428578550184252e-1 +
            z *
              (3.33333329818377432918e-1 +
                z *
                  (2.72728123808534006489e-1 +
                    z * (2.30660745775561754067e-1 + z * 2.06975017800338417784e-1))))) +
    sLow * (sHigh + s);
  // s · (3 + s² + …) in two parts, times 2/(3 ln 2).
  const square = sHigh * sHigh;
  const factorHigh = upperHalf(3 + square + series);
  const factorLow = series - (factorHigh - 3 - square);
  const productHigh = sHigh * factorHigh;
  const productLow = sLow * factorHigh + factorLow * s;
  const p = upperHalf(productHigh + productLow);
  const pLow = productLow - (p - productHigh);
  const offset = centre === 1 ? 0 : LOG2_1_5_HIGH;
  const lHigh = LOG_SCALE_HIGH * p;
  const lLow = LOG_SCALE_LOW * p + pLow * LOG_SCALE + (centre === 1 ? 0 : LOG2_1_5_LOW);
  const upper = upperHalf(lHigh + lLow + offset + n);
  log2Lower[0] = lLow - (upper - n - offset - lHigh);
  return upper;
}

/**
 * The same for |x − 1| < 2^−20 by four terms of the series of ln(1 + t), whose error stays small
 * even against t: what |y| > 2^31 multiplies must not have an absolute error.
 */
function log2UpperNearOne(x: number): number {
  const t = x - 1;
  const w = t * t * (0.5 - t * (1 / 3 - t * 0.25));
  const tHigh = upperHalf(t);
  const high = ONE_OVER_LN2_HIGH * tHigh;
  const low = ONE_OVER_LN2_HIGH * (t - tHigh) + (t * ONE_OVER_LN2_LOW - w * Math.LOG2E);
  const upper = upperHalf(high + low);
  log2Lower[0] = low - (upper - high);
  return upper;
}

/** 2^(upper + lower), upper of at most 52 bits; 0 and ∞ beyond the range. */
function exp2OfParts(upper: number, lower: number): number {
  const whole = upper + lower;
  if (whole >= 1025) return Infinity;
  if (whole <= -1076) return 0;
  const n = Math.floor(whole + 0.5);
  const rest = upper - n; // exact
  const t = upperHalf(rest + lower);
  const u = t * LN2_HIGH;
  const v = (lower - (t - rest)) * Math.LN2 + t * LN2_LOW;
  const z = u + v;
  const lost = v - (z - u);
  const q = z * z;
  const c =
    z -
    q *
      (1.66666666666666019037e-1 +
        q *
          (-2.77777777770155933842e-3 +
            q *
              (6.61375632143793436117e-5 +
                q * (-1.6533902205465251539e-6 + q * 4.13813679705723846039e-8))));
  const y = 1 - ((z * c) / (c - 2) - (lost + z * lost) - z);
  return scaleByPowerOfTwo(y, n);
}

/** size^y where it is out of range, size ≥ 0 but not 1. */
const beyondRange = (size: number, y: number): number =>
  size > 1 ? (y > 0 ? Infinity : 0) : y > 0 ? 0 : Infinity;

/** x^y for x of 0, ±1 and ±∞. */
function powOfSpecial(x: number, y: number, odd: boolean): number {
  const size = Math.abs(x);
  const value = size === 1 ? 1 : beyondRange(size, y);
  const negative = x < 0 || (x === 0 && 1 / x < 0);
  return negative && odd ? -value : value;
}

/**
 * x^y with the special cases of ECMAScript's Math.pow (pow(x, 0) = 1 even for NaN; pow(±1, ±∞) =
 * NaN; a negative x to a fraction is NaN), within 1 ulp, exact wherever x and y are integers and
 * the result fits 53 bits. fdlibm 5.3, e_pow.c: 2^(y · log₂ x), the logarithm and the product in
 * two parts each.
 */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (x !== x || y !== y) return NaN;
  const size = Math.abs(x);
  if (y === Infinity || y === -Infinity) {
    return size === 1 ? NaN : beyondRange(size, y);
  }
  if (y === 1) return x;
  if (y === 2) return x * x;
  if (y === -1) return 1 / x;
  if (y === 0.5 && x > 0) return Math.sqrt(x);
  const integer = Math.floor(y) === y;
  const odd = integer && Math.floor(y * 0.5) !== y * 0.5;
  if (x < 0 && !integer && size !== Infinity) return NaN;
  if (size === 0 || size === 1 || size === Infinity) return powOfSpecial(x, y, odd);
  const sign = x < 0 && odd ? -1 : 1;
  const nearOne = size > ONE_MINUS && size < ONE_PLUS;
  const steep = y > 2147483648 || y < -2147483648;
  // 2^31 times more than 1.4 · 2^−20, or 2^64 times the least logarithm there is, 2^−53, is out of
  // range.
  if ((steep && !nearOne) || y > 18446744073709551616 || y < -18446744073709551616) {
    return sign * beyondRange(size, y);
  }
  const upper = steep ? log2UpperNearOne(size) : log2Upper(size);
  const lower = log2Lower[0];
  const yHigh = upperHalf(y);
  return sign * exp2OfParts(yHigh * upper, (y - yHigh) * upper + y * lower);
}
