/**
 * Whole numbers of 64 bits as two 32-bit halves, changed in place: BigInt would allocate at every
 * step, and a hash of a short text takes some fifty of them. O(1) each.
 */

/** The upper 32 bits of the product of two unsigned 32-bit numbers, signed. */
function upperProduct(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  // Each sum stays below 2^32: (2^16 − 1)² + 2 (2^16 − 1) = 2^32 − 1.
  const first = (Math.imul(aHigh, bLow) >>> 0) + (Math.imul(aLow, bLow) >>> 16);
  const second = (Math.imul(aLow, bHigh) >>> 0) + (first & 0xffff);
  return (Math.imul(aHigh, bHigh) + (first >>> 16) + (second >>> 16)) | 0;
}

/** An unsigned 64-bit number; arguments and halves are signed or unsigned 32-bit integers. */
export class Word64 {
  high = 0;
  low = 0;

  set(high: number, low: number): this {
    this.high = high | 0;
    this.low = low | 0;
    return this;
  }

  plus(high: number, low: number): this {
    const sum = (this.low + low) | 0;
    const carry = sum >>> 0 < this.low >>> 0 ? 1 : 0;
    this.high = (this.high + high + carry) | 0;
    this.low = sum;
    return this;
  }

  times(high: number, low: number): this {
    const { low: own } = this;
    this.high = (Math.imul(this.high, low) + Math.imul(own, high) + upperProduct(own, low)) | 0;
    this.low = Math.imul(own, low);
    return this;
  }

  xor(high: number, low: number): this {
    this.high ^= high;
    this.low ^= low;
    return this;
  }

  /** To the left by 1 .. 31 bits. */
  rotate(bits: number): this {
    const { high, low } = this;
    this.high = (high << bits) | (low >>> (32 - bits));
    this.low = (low << bits) | (high >>> (32 - bits));
    return this;
  }

  /** Itself xor itself shifted to the right by 1 .. 63 bits. */
  foldRight(bits: number): this {
    const { high } = this;
    if (bits > 31) this.low ^= high >>> (bits - 32);
    else {
      this.low ^= (this.low >>> bits) | (high << (32 - bits));
      this.high ^= high >>> bits;
    }
    return this;
  }

  /** Itself xor itself shifted to the left by 1 .. 31 bits. */
  foldLeft(bits: number): this {
    const { high, low } = this;
    this.high = high ^ ((high << bits) | (low >>> (32 - bits)));
    this.low = low ^ (low << bits);
    return this;
  }
}

/** Bytes at `at` .. `at` + 3, the first one lowest. */
export const littleEndian32 = (bytes: Uint8Array, at: number): number =>
  bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);

/** The same, the first one highest. */
export const bigEndian32 = (bytes: Uint8Array, at: number): number =>
  (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];

/** A 64-bit number modulo a number below 2^26. */
export function remainder64(high: number, low: number, divisor: number): number {
  // Below 2^26 × 2^26 + 2^32 < 2^53: exact. Dividing is several times faster than a double's %.
  const value = ((high >>> 0) % divisor) * (2 ** 32 % divisor) + (low >>> 0);
  const rest = value - Math.floor(value / divisor) * divisor;
  // The quotient is rounded: it may have come out one too high.
  return rest < 0 ? rest + divisor : rest;
}

/** In decimal digits, as programs print it. */
export const text64 = (high: number, low: number): string =>
  String((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0));
