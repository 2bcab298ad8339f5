/** MurmurHash2 in its 64-bit form: Envoy's other hash of points. */
import type { HashFunction } from "./hash-function.ts";
import { Word64, littleEndian32 } from "../word64.ts";

const MULTIPLIER_HIGH = 0xc6a4a793;
const MULTIPLIER_LOW = 0x5bd1e995;
/** The seed of libstdc++'s std::hash, which Envoy takes over. */
const SEED = 0xc70f6907;

/**
 * Follows MurmurHash64A with the seed 0xc70f6907, as `MurmurHash::murmurHash2` of Envoy
 * (source/common/common/hash.cc) and as std::hash<std::string> of GNU libstdc++ on 64 bits. The
 * result is read as one number: `hash` gives its upper half. O(length), nothing is allocated.
 */
class Murmur2 implements HashFunction {
  readonly name = "murmur2";
  readonly summary = "MurmurHash2 with 64 bits: Envoy's MURMUR_HASH_2, libstdc++'s std::hash";
  readonly follows = "MurmurHash64A (Austin Appleby), seed 0xc70f6907 as in Envoy and libstdc++";
  readonly bits = 64;
  low = 0;
  private readonly word = new Word64();
  private readonly block = new Word64();

  hash(bytes: Uint8Array, length: number): number {
    const { word, block } = this;
    block.set(0, length).times(MULTIPLIER_HIGH, MULTIPLIER_LOW);
    word.set(0, SEED).xor(block.high, block.low);
    const whole = length & ~7;
    for (let at = 0; at < whole; at += 8) {
      block.set(littleEndian32(bytes, at + 4), littleEndian32(bytes, at));
      block.times(MULTIPLIER_HIGH, MULTIPLIER_LOW).foldRight(47);
      block.times(MULTIPLIER_HIGH, MULTIPLIER_LOW);
      word.xor(block.high, block.low).times(MULTIPLIER_HIGH, MULTIPLIER_LOW);
    }
    if (length > whole) {
      let high = 0;
      let low = 0;
      for (let at = length - 1; at >= whole; at--) {
        high = (high << 8) | (low >>> 24);
        low = (low << 8) | bytes[at];
      }
      word.xor(high, low).times(MULTIPLIER_HIGH, MULTIPLIER_LOW);
    }
    word.foldRight(47).times(MULTIPLIER_HIGH, MULTIPLIER_LOW).foldRight(47);
    this.low = word.low;
    return word.high;
  }
}

export const murmur2: HashFunction = new Murmur2();
