/** A hash of bytes, as placement structures apply it to keys and to nodes' names. */
export interface HashFunction {
  /** As written in a setting: `murmur3`, `xxh64`. */
  readonly name: string;
  readonly summary: string;
  /** The paper or the program whose function this is. */
  readonly follows: string;
  /** Bits of the result: 32 or 64. */
  readonly bits: 32 | 64;
  /**
   * Hashes the first `length` bytes. The result's high 32 bits (all of it, where it has no more)
   * are returned as a signed integer. O(length).
   */
  hash(bytes: Uint8Array, length: number): number;
  /** The low 32 bits of the last result, signed; of a 32-bit function its mixed result. */
  readonly low: number;
}
