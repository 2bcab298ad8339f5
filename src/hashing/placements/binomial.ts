/** BinomialHash: a place in an enclosing tree of a power of two, relocated within its level. */
import { definePlacement } from "../placement-definition.ts";
import { Word64 } from "../word64.ts";
import { NUMBERED_MEMORY, Numbered, saltField } from "./parts/numbered.ts";

// The multiplier of the program's rehash, jump's 2862933555777941757.
const FACTOR_HIGH = 0x27bb2ee6;
const FACTOR_LOW = 0x87b0b0fd | 0;

/** Redraws in the enclosing tree before the key is given to the smaller one: ω of the paper. */
const REDRAWS = 4;

const word = new Word64();

/** The program's rehash: the upper 32 bits of (factor × value + 1)² × seed. */
function rehash(high: number, low: number, seed: number): number {
  word.set(high, low).times(FACTOR_HIGH, FACTOR_LOW).plus(0, 1);
  word.times(word.high, word.low).times(0, seed);
  return word.high;
}

/** Another place of the same level (the buckets of one highest bit). */
function relocated(bucket: number, high: number, low: number): number {
  if (bucket < 2) return bucket;
  const base = 1 << (31 - Math.clz32(bucket));
  return base + (rehash(high, low, base - 1) & (base - 1));
}

/** The key's bucket, O(1): at most ω + 2 places are looked at. */
export function binomialHash(high: number, low: number, buckets: number): number {
  if (buckets < 2) return 0;
  const enclosing = -1 >>> Math.clz32(buckets - 1);
  const minor = enclosing >>> 1;
  const first = relocated(low & enclosing, high, low);
  if (first < buckets) return first;
  let redrawn = rehash(high, low, enclosing);
  for (let i = 0; i < REDRAWS; i++) {
    const bucket = relocated(redrawn & enclosing, 0, redrawn);
    if (bucket <= minor) break;
    if (bucket < buckets) return bucket;
    redrawn = rehash(0, redrawn, enclosing);
  }
  return relocated(low & minor, high, low);
}

/**
 * BinomialHash on the targets in order of joining.
 *
 * Follows Coluzzi, Brocco, Antonucci and Leidi, "BinomialHash: A Constant Time, Minimal Memory
 * Consistent Hash Algorithm", arXiv 2406.19836 (2024), with the rehash and the four redraws of
 * SUPSI's program, which are not quite fair: with 5 or 7 targets one has 4 % less and one 4 % more
 * than its part, and the one just beyond a power of two up to 3 % less (measured on 2 million
 * keys). Only the last target may leave, as with jump; O(1) a pick. Left open by the paper: the
 * hashes.
 */
export const binomial = definePlacement({
  name: "binomial",
  summary: "as jump, at a constant cost by an enclosing tree; only the last target may leave",
  follows: "Coluzzi et al., arXiv 2406.19836 (2024); SUPSI java-consistent-hashing-algorithms",
  fields: { salt: saltField },
  cost: { lookup: "O(1)", change: "O(n)", memory: NUMBERED_MEMORY },
  create: ({ salt }) => new Numbered(binomialHash, salt),
});
