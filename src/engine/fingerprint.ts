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
  /** Holds the time for `fold`, ms: a double that crosses a call is boxed. */
  readonly timeMs = asDouble;
  private readonly state = new Int32Array([0x243f6a88, 0x85a308d3 | 0]);

  /** Folds the time in `timeMs[0]` and one integer in. O(1). */
  fold(value: number): void {
    const state = this.state;
    const low = Math.imul(state[0] ^ asWords[1 - HIGH], 0x85ebca6b);
    const high = Math.imul(state[1] ^ asWords[HIGH] ^ value, 0xc2b2ae35);
    state[0] = (low ^ (low >>> 15)) + high;
    state[1] = (high ^ (high >>> 13)) + (low << 7);
  }

  /** 16 hexadecimal digits. */
  toString(): string {
    const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, "0");
    return hex(this.state[0]) + hex(this.state[1]);
  }
}
