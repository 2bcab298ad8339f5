/** Fowler–Noll–Vo, the variant 1a. */
import { hash32 } from "./hash32.ts";
import type { HashFunction } from "./hash-function.ts";
import { Word64 } from "../word64.ts";

const FOLLOWS = "Fowler, Noll, Vo, Eastlake, draft-eastlake-fnv, FNV-1a";

export const fnv1a = hash32({
  name: "fnv1a",
  summary: "Fowler–Noll–Vo 1a with 32 bits",
  follows: FOLLOWS,
  of: (bytes, length) => {
    let hash = 0x811c9dc5 | 0;
    for (let at = 0; at < length; at++) hash = Math.imul(hash ^ bytes[at], 0x01000193);
    return hash;
  },
});

/** Of 64 bits; `hash` gives the upper half. O(length), nothing is allocated. */
class Fnv1a64 implements HashFunction {
  readonly name = "fnv1a-64";
  readonly summary = "Fowler–Noll–Vo 1a with 64 bits";
  readonly follows = FOLLOWS;
  readonly bits = 64;
  low = 0;
  private readonly word = new Word64();

  hash(bytes: Uint8Array, length: number): number {
    const word = this.word.set(0xcbf29ce4, 0x84222325);
    for (let at = 0; at < length; at++) word.xor(0, bytes[at]).times(0x100, 0x1b3);
    this.low = word.low;
    return word.high;
  }
}

export const fnv1a64: HashFunction = new Fnv1a64();
