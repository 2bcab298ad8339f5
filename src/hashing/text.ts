/** Hashes of names: made once a target, so plain rather than fast. */
import { mix32 } from "./mix32.ts";

/**
 * 32-bit hash of a text's UTF-8 bytes, as a signed integer: `murmur3Of` them. A lone surrogate is
 * hashed as U+FFFD, as encoders write it. O(length).
 */
export function hashText(text: string, seed = 0): number {
  const bytes = Uint8Array.from(utf8(text));
  return murmur3Of(bytes, bytes.length, seed);
}

/**
 * MurmurHash3_x86_32 (Austin Appleby, SMHasher) of the first `length` bytes, as a signed integer.
 * O(length).
 */
export function murmur3Of(bytes: Uint8Array, length: number, seed: number): number {
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

/** By hand: TextEncoder is a type of the DOM and of Node, and this part knows neither. */
export function utf8(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    let point = character.codePointAt(0) ?? 0;
    if (point >= 0xd800 && point <= 0xdfff) point = 0xfffd;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 63));
    else if (point < 0x10000) {
      bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    } else {
      bytes.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63));
      bytes.push(0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    }
  }
  return bytes;
}
