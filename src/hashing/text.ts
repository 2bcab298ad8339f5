/** Hashes of names: made once a target, so plain rather than fast. */
import { mix32 } from "./mix32.ts";

/**
 * 32-bit hash of a text's UTF-8 bytes, as a signed integer: MurmurHash3_x86_32 (Austin Appleby,
 * SMHasher), with the seed 0 unless given. A lone surrogate is hashed as U+FFFD, as encoders write
 * it. O(length).
 */
export const hashText = (text: string, seed = 0): number => {
  const bytes = utf8(text);
  return murmur3Of(bytes, bytes.length, seed);
};

/** The same of the first `length` bytes. */
export function murmur3Of(bytes: ReadonlyBytes, length: number, seed = 0): number {
  const whole = length & ~3;
  let h = seed | 0;
  for (let i = 0; i < whole; i += 4) {
    const block = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    h ^= scramble(block);
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
  }
  let rest = 0;
  for (let i = length - 1; i >= whole; i--) rest = (rest << 8) | bytes[i];
  return mix32(h ^ scramble(rest) ^ length);
}

function scramble(block: number): number {
  const k = Math.imul(block, 0xcc9e2d51);
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593);
}

interface ReadonlyBytes {
  readonly [index: number]: number;
}

/**
 * UTF-8 bytes in an array that is used again for the next text: 0 .. length − 1. By hand:
 * TextEncoder is a type of the DOM and of Node, and this part knows neither.
 */
export class TextBytes {
  bytes = new Uint8Array(64);
  length = 0;

  /** This text alone. O(length). */
  set(text: string): this {
    this.length = 0;
    return this.append(text);
  }

  /** This text behind what is there. A lone surrogate becomes U+FFFD, as encoders write it. */
  append(text: string): this {
    // At most three bytes for one of UTF-16's units (four for a pair of them).
    this.grow(this.length + 3 * text.length);
    for (let i = 0; i < text.length; i++) {
      const point = text.codePointAt(i) ?? 0;
      if (point >= 0x10000) i++;
      this.write(point >= 0xd800 && point <= 0xdfff ? 0xfffd : point);
    }
    return this;
  }

  private grow(most: number): void {
    if (most <= this.bytes.length) return;
    const { bytes } = this;
    this.bytes = new Uint8Array(2 * most);
    this.bytes.set(bytes);
  }

  private write(point: number): void {
    const { bytes } = this;
    if (point < 0x80) {
      bytes[this.length++] = point;
      return;
    }
    if (point < 0x800) bytes[this.length++] = 0xc0 | (point >> 6);
    else {
      if (point < 0x10000) bytes[this.length++] = 0xe0 | (point >> 12);
      else {
        bytes[this.length++] = 0xf0 | (point >> 18);
        bytes[this.length++] = 0x80 | ((point >> 12) & 63);
      }
      bytes[this.length++] = 0x80 | ((point >> 6) & 63);
    }
    bytes[this.length++] = 0x80 | (point & 63);
  }
}

export function utf8(text: string): Uint8Array {
  const { bytes, length } = new TextBytes().set(text);
  return bytes.subarray(0, length);
}
