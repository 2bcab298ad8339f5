/**
 * ln and e^x to some 100 digits in integers, to measure the error of the functions under test in
 * units of the last place. A number is `value` / 2^BITS.
 */
export const BITS = 400n;
export const UNIT = 1n << BITS;

const view = new DataView(new ArrayBuffer(8));

/** A finite double as mantissa · 2^exponent, both exact. */
export function parts(x: number): { mantissa: bigint; exponent: bigint } {
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const biased = (bits >> 52n) & 0x7ffn;
  const fraction = bits & ((1n << 52n) - 1n);
  const size = biased === 0n ? fraction : fraction | (1n << 52n);
  return {
    mantissa: bits >> 63n === 1n ? -size : size,
    exponent: (biased === 0n ? 1n : biased) - 1075n,
  };
}

const shift = (value: bigint, by: bigint): bigint => (by >= 0n ? value << by : value >> -by);
const times = (a: bigint, b: bigint): bigint => (a * b) >> BITS;

/** 2 artanh(s) for |s| ≤ 1/3. */
function twiceArtanh(s: bigint): bigint {
  const square = times(s, s);
  let power = s;
  let sum = 0n;
  for (let n = 1n; power !== 0n && power !== -1n; n += 2n) {
    sum += power / n;
    power = times(power, square);
  }
  return 2n * sum;
}

export const LN2 = twiceArtanh(UNIT / 3n);

/** ln of value / 2^BITS > 0. */
export function lnOf(value: bigint): bigint {
  const k = BigInt(value.toString(2).length) - 1n - BITS;
  const m = shift(value, -k); // 1 ≤ m < 2
  return k * LN2 + twiceArtanh(((m - UNIT) << BITS) / (m + UNIT));
}

/** ln of a positive double, subnormals too. */
export function lnOfDouble(x: number): bigint {
  const { mantissa, exponent } = parts(x);
  return lnOf(mantissa << BITS) + exponent * LN2;
}

/** A double as value / 2^BITS; exact from 2^−347 on. */
export function fixed(x: number): bigint {
  const { mantissa, exponent } = parts(x);
  return shift(mantissa, BITS + exponent);
}

/** e^(value / 2^BITS) as `mantissa` · 2^(k − BITS), 1/√2 ≤ mantissa / 2^BITS ≤ √2. */
export function expOf(value: bigint): { mantissa: bigint; k: bigint } {
  const k = (2n * value + LN2) / (2n * LN2) - (2n * value + LN2 < 0n ? 1n : 0n);
  const r = value - k * LN2;
  let term = UNIT;
  let sum = 0n;
  for (let n = 1n; term !== 0n && term !== -1n; n++) {
    sum += term;
    term = times(term, r) / n;
  }
  return { mantissa: sum, k };
}

/**
 * |y − mantissa · 2^(k − BITS)| in units of y's last place. The difference is taken in integers, so
 * it is exact to some digits whatever the size of y.
 */
export function errorInUlps(y: number, mantissa: bigint, k = 0n): number {
  const got = parts(y);
  // In units of y's last place, with 60 more bits.
  const reference = shift(mantissa, k - BITS - got.exponent + 60n);
  const difference = (got.mantissa << 60n) - reference;
  return Math.abs(Number(difference)) / 2 ** 60;
}
