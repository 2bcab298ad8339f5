/** HAProxy's own choice of hash functions (`hash-type … sdbm|djb2|wt6`), and its avalanche. */
import { hash32 } from "./hash32.ts";

const FOLLOWS = "HAProxy 2.6, src/hash.c";

export const sdbm = hash32({
  name: "sdbm",
  summary: "the hash of the sdbm database: HAProxy's default",
  follows: `${FOLLOWS}, hash_sdbm`,
  of: (bytes, length) => {
    let hash = 0;
    // 65,599 = 2^16 + 2^6 − 1.
    for (let at = 0; at < length; at++) hash = (Math.imul(hash, 65_599) + bytes[at]) | 0;
    return hash;
  },
});

export const djb2 = hash32({
  name: "djb2",
  summary: "Dan Bernstein's hash, times 33",
  follows: `${FOLLOWS}, hash_djb2`,
  of: (bytes, length) => {
    let hash = 5381;
    for (let at = 0; at < length; at++) hash = (Math.imul(hash, 33) + bytes[at]) | 0;
    return hash;
  },
});

/** By 0 .. 31 bits: by 0, the shift by 32 is one by 0 in JavaScript, as it is on processors. */
const rotate = (x: number, bits: number): number => (x << bits) | (x >>> (32 - bits));

export const wt6 = hash32({
  name: "wt6",
  summary: "HAProxy's own, by rotations that depend on the text",
  follows: `${FOLLOWS}, hash_wt6`,
  of: (bytes, length) => {
    let first = 0xa53c965a | 0;
    let second = 0x5ca6953a;
    let firstStep = 6;
    let secondStep = 18;
    for (let at = 0; at < length; at++) {
      const mixed = ~(first ^ bytes[at]);
      first = rotate(~(second + bytes[at]), firstStep);
      second = rotate(mixed, secondStep);
      const steps = ((first >>> 16) ^ second) & 0xffff;
      firstStep = steps & 31;
      secondStep = steps >>> 11;
    }
    return first ^ second;
  },
});

/**
 * HAProxy's modifier `avalanche`, and the position of its consistent hash's points: a bijection of
 * the 32-bit integers, signed. O(1).
 *
 * Follows HAProxy 2.6, include/haproxy/intops.h, `__full_hash`: Bob Jenkins's full avalanche in six
 * shifts, then a product with the prime 3 × 2^30 + 1.
 */
export function avalanche(x: number): number {
  let a = x | 0;
  a = (a + 0x7ed55d16 + (a << 12)) | 0;
  a = a ^ 0xc761c23c ^ (a >>> 19);
  a = (a + 0x165667b1 + (a << 5)) | 0;
  a = ((a + 0xd3a2646c) | 0) ^ (a << 9);
  a = (a + 0xfd7046c5 + (a << 3)) | 0;
  a = a ^ 0xb55a4f09 ^ (a >>> 16);
  return Math.imul(a, 3_221_225_473);
}
