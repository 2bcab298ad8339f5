/**
 * Whole numbers of 64 bits as two signed 32-bit words, for generators that published programs
 * define on 64 bits. Results stand in fields, so that nothing is allocated; O(1) each.
 */

/** The upper 32 bits of the product of two unsigned 32-bit numbers, signed. */
export function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const first = (Math.imul(aHigh, bLow) >>> 0) + (Math.imul(aLow, bLow) >>> 16);
  const second = (Math.imul(aLow, bHigh) >>> 0) + (first & 0xffff);
  // The shift takes a number up to 2^32 − 1: neither sum can reach 2^32.
  return (Math.imul(aHigh, bHigh) + (first >>> 16) + (second >>> 16)) | 0;
}

/** One number that changes in place. */
export class Word64 {
  high = 0;
  low = 0;

  set(high: number, low: number): this {
    this.high = high | 0;
    this.low = low | 0;
    return this;
  }

  /** this × factor, modulo 2^64. */
  times(high: number, low: number): this {
    const mine = this.low;
    this.high = (Math.imul(this.high, low) + Math.imul(mine, high) + multiplyHigh(mine, low)) | 0;
    this.low = Math.imul(mine, low);
    return this;
  }

  /** this + addend, modulo 2^64. */
  plus(high: number, low: number): this {
    const sum = (this.low + low) | 0;
    const carry = sum >>> 0 < this.low >>> 0 ? 1 : 0;
    this.high = (this.high + high + carry) | 0;
    this.low = sum;
    return this;
  }

  /** this ^ (this >>> bits), 0 < bits < 32. */
  foldRight(bits: number): this {
    const { high, low } = this;
    this.low = low ^ ((low >>> bits) | (high << (32 - bits)));
    this.high = high ^ (high >>> bits);
    return this;
  }

  /** this ^ (this << bits), 0 < bits < 32. */
  foldLeft(bits: number): this {
    const { high, low } = this;
    this.high = high ^ ((high << bits) | (low >>> (32 - bits)));
    this.low = low ^ (low << bits);
    return this;
  }
}
