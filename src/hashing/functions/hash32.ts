/** 32-bit hash functions: what they share. */
import { restOf } from "../mix32.ts";
import type { HashFunction } from "./hash-function.ts";

export interface Hash32Facts {
  readonly name: string;
  readonly summary: string;
  readonly follows: string;
  /** The function itself; its result may be signed or unsigned. */
  readonly of: (bytes: Uint8Array, length: number) => number;
}

class Hash32 implements HashFunction {
  readonly bits = 32;
  readonly name: string;
  readonly summary: string;
  readonly follows: string;
  low = 0;
  private readonly of: (bytes: Uint8Array, length: number) => number;

  constructor({ name, summary, follows, of }: Hash32Facts) {
    this.name = name;
    this.summary = summary;
    this.follows = follows;
    this.of = of;
  }

  hash(bytes: Uint8Array, length: number): number {
    const high = this.of(bytes, length) | 0;
    this.low = restOf(high);
    return high;
  }
}

export const hash32 = (facts: Hash32Facts): HashFunction => new Hash32(facts);
