/**
 * Why a lookup missed: what one tier's caches have held before. One history serves one pool of
 * machines.
 *
 * Classes are exclusive, tried in this order: *expiry* (it was there, too old), *compulsory* (no
 * machine of this tier ever had it), *restart* (it was in this machine's cache when the machine
 * lost its memory, and has not been stored since), *capacity* (this machine had it and evicted it,
 * or it is larger than the cache); else another machine had it: *remap* under a strategy that
 * places keys (its owner must have changed), *scatter* under any other.
 *
 * One bit a key for the tier, one bit a key and machine for what it ever had, one more a key and
 * machine after its first restart. Where machines × keys would take more than the bound, keys fold:
 * key k shares its machine bits with k + f, k + 2f … (f a power of two). A folded bit can make a
 * capacity or restart miss of a remap or scatter, in at most the share of bits that are set on that
 * machine. The tier's own bits never fold: compulsory misses are exact.
 */
import { assert } from "../assert.ts";
import type { Cache } from "./caches/cache.ts";

/** In the order of the statistics' list of classes. */
export const MissClass = {
  Compulsory: 0,
  Capacity: 1,
  Remap: 2,
  Scatter: 3,
  Expiry: 4,
  Restart: 5,
} as const;
export type MissClassIndex = (typeof MissClass)[keyof typeof MissClass];

const DEFAULT_BOUND_BYTES = 128 * 1024 * 1024;
const NO_BITS = new Int32Array(0);

export interface MissHistorySizes {
  /** Keys are 0 .. keys − 1. */
  readonly keys: number;
  /** Machines expected, for the bound; more may come. */
  readonly machines: number;
  /** For the bits a machine: 128 MiB unless told. */
  readonly boundBytes?: number;
}

export class MissHistory {
  /** Bit set where any machine of the tier has ever had the key. */
  private readonly seen: Int32Array;
  /** By machine slot: keys it has ever had; NO_BITS until the first. */
  private readonly had: Int32Array[] = [];
  /**
   * By machine slot: keys in its cache at its last restart and not stored since; NO_BITS while it
   * never restarted.
   */
  private readonly lost: Int32Array[] = [];
  /** Folds a key to its bit of a machine. */
  private readonly fold: number;
  private readonly words: number;

  constructor(sizes: MissHistorySizes) {
    const { keys, machines, boundBytes = DEFAULT_BOUND_BYTES } = sizes;
    assert(keys > 0 && keys <= 2 ** 31 - 1, "keys are non-negative 32-bit integers");
    let bits = 32;
    while (bits < keys) bits *= 2;
    while (bits > 32 && (bits / 8) * machines > boundBytes) bits /= 2;
    this.fold = bits - 1;
    this.words = Math.min(bits, Math.ceil(keys / 32) * 32) / 32;
    this.seen = new Int32Array(Math.ceil(keys / 32));
  }

  /**
   * The class of a miss of `key` on the machine in `slot`; ask before `inserted`.
   * @param keyed whether the tier's strategy places keys, and picks their owners alone
   * @param expired whether the cache had it, but too old
   */
  classify(key: number, slot: number, keyed: boolean, expired: boolean): MissClassIndex {
    if (expired) return MissClass.Expiry;
    if (!isSet(this.seen, key)) return MissClass.Compulsory;
    const folded = key & this.fold;
    const lost = this.lost[slot];
    if (lost !== undefined && isSet(lost, folded)) return MissClass.Restart;
    const had = this.had[slot];
    if (had !== undefined && isSet(had, folded)) return MissClass.Capacity;
    return keyed ? MissClass.Remap : MissClass.Scatter;
  }

  /** The machine in `slot` has stored `key`: after each miss, and when caches are warmed. */
  inserted(key: number, slot: number): void {
    const folded = key & this.fold;
    this.seen[key >>> 5] |= 1 << key;
    let had = this.had[slot];
    if (had === undefined || had.length === 0) {
      this.reach(slot);
      had = this.had[slot] = new Int32Array(this.words);
    }
    had[folded >>> 5] |= 1 << folded;
    const lost = this.lost[slot];
    if (lost.length > 0) lost[folded >>> 5] &= ~(1 << folded);
  }

  /**
   * The machine in `slot` is about to lose its memory; call it while `cache` still holds what will
   * be lost.
   */
  restarted(slot: number, cache: Cache): void {
    this.reach(slot);
    if (this.lost[slot].length === 0) this.lost[slot] = new Int32Array(this.words);
    const lost = this.lost[slot];
    const keys = new Int32Array(cache.count);
    cache.keys(keys);
    for (const key of keys) {
      const folded = key & this.fold;
      lost[folded >>> 5] |= 1 << folded;
    }
  }

  /** The machine has left for good. What it had was still had by the tier. */
  removed(slot: number): void {
    if (slot < this.had.length) {
      this.had[slot] = NO_BITS;
      this.lost[slot] = NO_BITS;
    }
  }

  private reach(slot: number): void {
    while (this.had.length <= slot) {
      this.had.push(NO_BITS);
      this.lost.push(NO_BITS);
    }
  }
}

function isSet(bits: Int32Array, key: number): boolean {
  const word = key >>> 5;
  return word < bits.length && (bits[word] & (1 << key)) !== 0;
}
