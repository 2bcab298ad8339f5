/** Keys made by number, as bytes, without a string between. */

const ZERO = 0x30;

/**
 * The keys `key-SEED-0`, `key-SEED-1` …: plain texts, so that any other program can be given the
 * same ones. Written in place, O(length) each.
 */
export class GeneratedKeys {
  /** Of the last key written. */
  readonly bytes = new Uint8Array(64);
  private readonly prefix: number;

  constructor(seed: number) {
    const prefix = `key-${seed}-`;
    for (let i = 0; i < prefix.length; i++) this.bytes[i] = prefix.charCodeAt(i);
    this.prefix = prefix.length;
  }

  /** Its length in bytes; `number` ≥ 0 and whole. */
  write(number: number): number {
    const { bytes } = this;
    let digits = 1;
    for (let rest = number; rest >= 10; rest = Math.floor(rest / 10)) digits++;
    const length = this.prefix + digits;
    let rest = number;
    for (let at = length - 1; at >= this.prefix; at--) {
      const tenth = Math.floor(rest / 10);
      bytes[at] = ZERO + (rest - 10 * tenth);
      rest = tenth;
    }
    return length;
  }
}
