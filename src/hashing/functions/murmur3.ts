/** MurmurHash3 in its 32-bit form: the program's own hash of names. */
import { mix32 } from "../mix32.ts";
import { murmur3Of } from "../text.ts";
import type { HashFunction } from "./hash-function.ts";

class Murmur3 implements HashFunction {
  readonly name = "murmur3";
  readonly summary = "MurmurHash3_x86_32 with the seed 0; what lbsim itself hashes names with";
  readonly follows = "Austin Appleby, SMHasher, MurmurHash3_x86_32";
  readonly bits = 32;
  low = 0;

  hash(bytes: Uint8Array, length: number): number {
    const hash = murmur3Of(bytes, length, 0);
    this.low = mix32(hash);
    return hash;
  }
}

export const murmur3: HashFunction = new Murmur3();
