/** Jump consistent hash: a key's bucket as the range grows is a walk that mostly stands still. */
import { Word64 } from "../word64.ts";
import { definePlacement } from "../placement-definition.ts";
import { NUMBERED_MEMORY, Numbered, saltField } from "./parts/numbered.ts";

// The multiplier of the paper's generator, 2862933555777941757.
const FACTOR_HIGH = 0x27bb2ee6;
const FACTOR_LOW = 0x87b0b0fd | 0;

const state = new Word64();

/**
 * The bucket of the 64-bit key `high`:`low`, 0 .. buckets − 1. Expected O(log buckets), ln(buckets)
 * + 1 steps at most on average.
 *
 * Follows Lamping and Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm", arXiv 1406.2294
 * (2014), figure 1, with the division as Guava's Hashing.consistentHash has it: (b + 1) / u. The
 * paper's code multiplies by the rounded reciprocal instead, which could differ where the exact
 * quotient is a whole number, a chance of about 2^−31 a step.
 */
export function jumpHash(high: number, low: number, buckets: number): number {
  return jumpFrom(0, high, low, buckets);
}

/**
 * The same walk from bucket `from` on, at which the key stands while there are from + 1 buckets.
 */
export function jumpFrom(from: number, high: number, low: number, buckets: number): number {
  state.set(high, low);
  for (let bucket = from; ;) {
    state.times(FACTOR_HIGH, FACTOR_LOW).plus(0, 1);
    const next = Math.floor((bucket + 1) / (((state.high >>> 1) + 1) / 2 ** 31));
    if (next >= buckets) return bucket;
    bucket = next;
  }
}

/**
 * Jump consistent hash on the targets in order of joining.
 *
 * Follows Lamping and Veach 2014, as in Guava. Shares are even to within chance and a target more
 * takes its keys from all others alike; but only the last may leave: one lost in the middle shifts
 * all behind it, like mod-n, though less. Weights are ignored. Cost: O(log n) a pick with no memory
 * but the list. Left open: how nodes are numbered (here the order of joining), and the hash of the
 * key.
 */
export const jump = definePlacement({
  name: "jump",
  summary: "jump consistent hash over the targets in order of joining; only the last may leave",
  follows: "Lamping and Veach, arXiv 1406.2294 (2014); Guava 33, Hashing.consistentHash",
  config: { Guava: "Hashing.consistentHash" },
  fields: { salt: saltField },
  cost: { lookup: "O(log n)", change: "O(n)", memory: NUMBERED_MEMORY },
  create: ({ salt }) => new Numbered(jumpHash, salt),
});
