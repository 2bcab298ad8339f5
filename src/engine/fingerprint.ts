/**
 * A run's fingerprint: 64 bits folded from every outcome in the order of the run. Two runs with
 * equal fingerprints had, for every practical purpose, the same outcomes at the same times.
 */

const asDouble = new Float64Array(1);
const asWords = new Uint32Array(asDouble.buffer);
// Low and high word in the same place on every platform.
asDouble[0] = 1;
const HIGH = asWords[1] !== 0 ? 1 : 0;

export class Fingerprint {
  private first = 0x243f6a88;
  private second = 0x85a308d3 | 0;

  /** @param clock simulated time in ms */
  constructor(private readonly clock: { readonly nowMs: number }) {}

  /** Folds the time and one integer in. O(1). */
  fold(value: number): void {
    asDouble[0] = this.clock.nowMs;
    const low = Math.imul(this.first ^ asWords[1 - HIGH], 0x85ebca6b);
    const high = Math.imul(this.second ^ asWords[HIGH] ^ value, 0xc2b2ae35);
    this.first = ((low ^ (low >>> 15)) + high) | 0;
    this.second = ((high ^ (high >>> 13)) + (low << 7)) | 0;
  }

  /** 16 hexadecimal digits. */
  toString(): string {
    const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, "0");
    return hex(this.first) + hex(this.second);
  }
}
