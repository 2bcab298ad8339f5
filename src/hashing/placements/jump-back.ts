/** JumpBackHash: the jumps of a key's walk over growing ranges, found from the end backwards. */
import { definePlacement } from "../placement-definition.ts";
import { Word64 } from "../word64.ts";
import { NUMBERED_MEMORY, Numbered, saltField } from "./parts/numbered.ts";
import type { RangeHash } from "./parts/numbered.ts";

const state = new Word64();
const drawn = new Word64();

/** Sets `drawn` to the next number of the sequence whose state is `state`. */
type Draw = () => void;

function splitMix(): void {
  state.plus(0x9e3779b9, 0x7f4a7c15);
  drawn.set(state.high, state.low);
  drawn.foldRight(30).times(0xbf58476d, 0x1ce4e5b9);
  drawn.foldRight(27).times(0x94d049bb, 0x133111eb);
  drawn.foldRight(31);
}

/** The hash of the key is itself the first number. */
function xorshiftFirst(): void {
  drawn.set(state.high, state.low);
}

function xorshift(): void {
  state.foldLeft(7).foldRight(9);
  drawn.set(state.high, state.low);
}

const numberOfOnes = (x: number): number => {
  let ones = 0;
  for (let rest = x; rest !== 0; rest &= rest - 1) ones++;
  return ones;
};

/**
 * The key's bucket. O(1) expected: at most two numbers are drawn on average.
 *
 * Each power of two 2^k is a level; one bit of the first number decides whether the walk jumps into
 * the buckets 2^k .. 2^(k+1) − 1 at all, and where its last jump within a level lands is uniform
 * there. The levels are gone through from the highest that begins below `buckets` down.
 */
function walkBack(first: Draw, next: Draw, high: number, low: number, buckets: number): number {
  if (buckets <= 1) return 0;
  state.set(high, low);
  first();
  const firstHigh = drawn.high;
  const firstLow = drawn.low;
  let levels = (firstHigh ^ firstLow) & (-1 >>> Math.clz32(buckets - 1));
  while (levels !== 0) {
    const start = 1 << (31 - Math.clz32(levels));
    // The word of the first number that a level's place is taken from alternates, so that it does
    // not hang together with the place in the next level down.
    const word = (numberOfOnes(levels) & 1) === 1 ? firstHigh : firstLow;
    const last = start + (word & (start - 1));
    if (last < buckets) return last;
    const mask = 2 * start - 1;
    for (;;) {
      next();
      const one = drawn.low & mask;
      if (one < start) break;
      if (one < buckets) return one;
      const other = drawn.high & mask;
      if (other < start) break;
      if (other < buckets) return other;
    }
    levels ^= start;
  }
  return 0;
}

export const jumpBackSplitMix: RangeHash = (high, low, buckets) =>
  walkBack(splitMix, splitMix, high, low, buckets);

export const jumpBackXorshift: RangeHash = (high, low, buckets) =>
  walkBack(xorshiftFirst, xorshift, high, low, buckets);

/**
 * JumpBackHash on the targets in order of joining.
 *
 * Follows Ertl, "JumpBackHash: Say Goodbye to the Modulo Operation to Distribute Keys Uniformly to
 * Buckets", Software: Practice and Experience 55(3), 2025, with the two generators of hash4j:
 * SplitMix64 (jumpBackHashSplitMix64) and a xorshift whose first number is the key's hash itself
 * (jumpBackHashXorshiftL7R9). It has jump's properties, only the last target may leave, at a
 * constant cost: O(1) expected a pick. Left open: how nodes are numbered (here the order of
 * joining), and the hash of the key.
 */
export const jumpBack = definePlacement({
  name: "jump-back",
  summary: "as jump, at a constant cost; only the last target may leave",
  follows: "Ertl, Software: Practice and Experience 55(3), 2025; Dynatrace hash4j 0.31",
  fields: {
    generator: {
      kind: "choice",
      of: ["splitmix64", "xorshift"],
      default: "splitmix64",
      doc: "which sequence of numbers is drawn of the key's hash",
    },
    salt: saltField,
  },
  primary: "generator",
  cost: { lookup: "O(1) expected", change: "O(n)", memory: NUMBERED_MEMORY },
  create: ({ generator, salt }) =>
    new Numbered(generator === "xorshift" ? jumpBackXorshift : jumpBackSplitMix, salt),
});
