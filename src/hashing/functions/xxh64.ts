/** XXH64: Envoy's hash of keys and of nodes' names. */
import type { HashFunction } from "./hash-function.ts";
import { Word64, littleEndian32 } from "../word64.ts";

// The primes of the specification, each in two halves.
const P1H = 0x9e3779b1;
const P1L = 0x85ebca87;
const P2H = 0xc2b2ae3d;
const P2L = 0x27d4eb4f;
const P3H = 0x165667b1;
const P3L = 0x9e3779f9;
const P4H = 0x85ebca77;
const P4L = 0xc2b2ae63;
const P5H = 0x27d4eb2f;
const P5L = 0x165667c5;

/** 32 bytes at a time go to four lanes of 8. */
const STRIPE = 32;

/**
 * Follows the xxHash specification, "XXH64 algorithm description", version 0.1.1 (Yann Collet). The
 * result is read as one number: `hash` gives its upper half. O(length), nothing is allocated.
 */
export class Xxh64 implements HashFunction {
  readonly name = "xxh64";
  readonly summary = "xxHash with 64 bits: Envoy's, of keys and of hosts";
  readonly follows = "Yann Collet's xxHash, specification 0.1.1; seed 0";
  readonly bits = 64;
  low = 0;
  private readonly seed: number;
  private readonly word = new Word64();
  private readonly lane = new Word64();
  private readonly scratch = new Word64();
  private readonly lanes = [new Word64(), new Word64(), new Word64(), new Word64()] as const;

  /** @param seed a whole number below 2^32 */
  constructor(seed = 0) {
    this.seed = seed;
  }

  hash(bytes: Uint8Array, length: number): number {
    const { word } = this;
    let at = 0;
    if (length >= STRIPE) at = this.stripes(bytes, length);
    else word.set(0, this.seed).plus(P5H, P5L);
    // Lengths stay below 2^31 here.
    word.plus(0, length);
    this.rest(bytes, at, length);
    word.foldRight(33).times(P2H, P2L).foldRight(29).times(P3H, P3L).foldRight(32);
    this.low = word.low;
    return word.high;
  }

  /** Everything but the last bytes that fill no stripe; returns where those begin. */
  private stripes(bytes: Uint8Array, length: number): number {
    const { seed, word, lanes } = this;
    const [first, second, third, fourth] = lanes;
    first.set(0, seed).plus(P1H, P1L).plus(P2H, P2L);
    second.set(0, seed).plus(P2H, P2L);
    third.set(0, seed);
    // Less the first prime: its complement and one more.
    fourth.set(0, seed).plus(~P1H, ~P1L).plus(0, 1);
    let at = 0;
    for (; at + STRIPE <= length; at += STRIPE) {
      for (let i = 0; i < 4; i++) {
        const low = littleEndian32(bytes, at + 8 * i);
        this.round(lanes[i], littleEndian32(bytes, at + 8 * i + 4), low);
      }
    }
    word.set(0, 0);
    this.converge(first, 1);
    this.converge(second, 7);
    this.converge(third, 12);
    this.converge(fourth, 18);
    for (const each of lanes) {
      const { lane } = this;
      this.round(lane.set(0, 0), each.high, each.low);
      word.xor(lane.high, lane.low).times(P1H, P1L).plus(P4H, P4L);
    }
    return at;
  }

  private round(lane: Word64, high: number, low: number): void {
    const { scratch } = this;
    scratch.set(high, low).times(P2H, P2L);
    lane.plus(scratch.high, scratch.low).rotate(31).times(P1H, P1L);
  }

  private converge(lane: Word64, bits: number): void {
    const { scratch } = this;
    scratch.set(lane.high, lane.low).rotate(bits);
    this.word.plus(scratch.high, scratch.low);
  }

  private rest(bytes: Uint8Array, from: number, length: number): void {
    const { word, lane } = this;
    let at = from;
    for (; at + 8 <= length; at += 8) {
      this.round(lane.set(0, 0), littleEndian32(bytes, at + 4), littleEndian32(bytes, at));
      word.xor(lane.high, lane.low).rotate(27).times(P1H, P1L).plus(P4H, P4L);
    }
    if (at + 4 <= length) {
      lane.set(0, littleEndian32(bytes, at)).times(P1H, P1L);
      word.xor(lane.high, lane.low).rotate(23).times(P2H, P2L).plus(P3H, P3L);
      at += 4;
    }
    for (; at < length; at++) {
      lane.set(0, bytes[at]).times(P5H, P5L);
      word.xor(lane.high, lane.low).rotate(11).times(P1H, P1L);
    }
  }
}

export const xxh64: HashFunction = new Xxh64();
