import { powerOfTwo, scaleByPowerOfTwo } from "./words.ts";

const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
const HALF_LN2 = 0.34657359027997264;
/** Greatest argument whose exponential is finite. */
const OVERFLOW = 709.782712893383973096;
/** Below it the exponential rounds to 0. */
const UNDERFLOW = -745.13321910194110842;

/**
 * e^x, within 1 ulp; exp(1) is the double next to e. 0 below −745.13, ∞ above 709.78.
 * fdlibm 5.3, e_exp.c: x = k ln 2 + r with |r| ≤ ½ ln 2; e^r by a rational function of r² (error
 * below 2^−59).
 */
export function exp(x: number): number {
  if (!(x <= OVERFLOW)) return x > OVERFLOW ? Infinity : x;
  if (x < UNDERFLOW) return 0;
  if (x === 1) return Math.E; // the general way is one unit off, and people look at this one
  let k = 0;
  let upper = x;
  let lower = 0;
  if (x > HALF_LN2 || x < -HALF_LN2) {
    k = (Math.LOG2E * x + (x < 0 ? -0.5 : 0.5)) | 0;
    upper = x - k * LN2_HIGH; // exact: k has 11 bits, LN2_HIGH ends in 21 zeros
    lower = k * LN2_LOW;
  } else if (x < 3.725290298461914e-9 && x > -3.725290298461914e-9) {
    return 1 + x;
  }
  const r = upper - lower;
  const t = r * r;
  const c =
    r -
    t *
      (1.66666666666666019037e-1 +
        t *
          (-2.77777777770155933842e-3 +
            t *
              (6.61375632143793436117e-5 +
                t * (-1.6533902205465251539e-6 + t * 4.13813679705723846039e-8))));
  const y = 1 - (lower - (r * c) / (2 - c) - upper);
  return k === 0 ? y : scaleByPowerOfTwo(y, k);
}

/**
 * e^x − 1 without cancellation near 0, within 1 ulp; keeps −0. −1 at −∞.
 * fdlibm 5.3, s_expm1.c: the same reduction as `exp`, the rounding of r carried as `lost`.
 */
export function expm1(x: number): number {
  if (!(x <= OVERFLOW)) return x > OVERFLOW ? Infinity : x;
  if (x < -38.81624211356937) return -1; // −56 ln 2: below it e^x is under a quarter unit of 1
  let k = 0;
  let r = x;
  let lost = 0;
  if (x > HALF_LN2 || x < -HALF_LN2) {
    k = (Math.LOG2E * x + (x < 0 ? -0.5 : 0.5)) | 0;
    const upper = x - k * LN2_HIGH;
    const lower = k * LN2_LOW;
    r = upper - lower;
    lost = upper - r - lower;
  } else if (x < 5.551115123125783e-17 && x > -5.551115123125783e-17) {
    return x;
  }
  const half = 0.5 * r;
  const h = r * half;
  const q =
    1 +
    h *
      (-3.33333333333331316428e-2 +
        h *
          (1.58730158725481460165e-3 +
            h *
              (-7.93650757867487942473e-5 +
                h * (4.00821782732936239552e-6 + h * -2.01099218183624371326e-7))));
  const t = 3 - q * half;
  const e = h * ((q - t) / (6 - r * t));
  if (k === 0) return r - (r * e - h);
  return joinExpm1(r, r * (e - lost) - lost - h, k);
}

/** 2^k (1 + r − e) − 1, the sum in the order that keeps most digits for that k. */
function joinExpm1(r: number, e: number, k: number): number {
  if (k === -1) return 0.5 * (r - e) - 0.5;
  if (k === 1) return r < -0.25 ? -2 * (e - (r + 0.5)) : 1 + 2 * (r - e);
  if (k <= -2 || k > 56) return scaleByPowerOfTwo(1 - (e - r), k) - 1;
  const tiny = powerOfTwo(-k);
  const y = k < 20 ? 1 - tiny - (e - r) : r - (e + tiny) + 1;
  return y * powerOfTwo(k);
}
