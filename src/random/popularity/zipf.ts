import { exp, expm1, log, pow } from "../../maths/elementary.ts";
import { definePopularity } from "./popularity.ts";
import type { RankFiller } from "./popularity.ts";
import type { RandomStream } from "../stream.ts";

/**
 * Ranks in *steps*: one rank each up to WIDENING, then step after step of 1/WIDENING of its first
 * rank. The weight of a step's first rank, k^−s, times its width covers the step; steps are drawn
 * by an alias table over these covers (Walker 1977; built as in Vose, IEEE Trans. Softw. Eng.
 * 17(9), 1991), a rank within the step evenly, and it is kept with the chance of its own weight
 * over the cover's. That is rejection from a staircase, hence exactly Zipf's law, no sum over all
 * ranks being needed.
 *
 * Why not one alias table over all ranks, or rejection-inversion (Hörmann, Derflinger, ACM TOMACS
 * 6(3), 1996)? A million ranks have some 700 steps: 20 KiB that stay in the first cache and evict
 * nobody. Between other work on memory a draw measures 17 ns, from an alias table of 8 MB 31 ns
 * (alone in the cache 16 and 12). Rejection-inversion takes as long at exponent 1 and computes
 * several powers a draw at others; here less than two draws in a hundred compute one.
 */
const WIDENING = 64;

interface Steps {
  /** Log₂ of the number of slots. */
  readonly bits: number;
  /**
   * By slot, two entries: the part of the slot that is its own (of 2^(32 − bits)), and whose the
   * rest is.
   */
  readonly slots: Int32Array;
  /** By step, two entries: first rank (0-based), width. */
  readonly ranks: Int32Array;
  /** Every rank is kept with at least this chance: most need no power. */
  readonly surelyKept: number;
}

function rankSteps(count: number): number[] {
  const ranks: number[] = [];
  for (let first = 1; first <= count;) {
    const width = Math.min(Math.max(1, Math.floor(first / WIDENING)), count + 1 - first);
    ranks.push(first - 1, width);
    first += width;
  }
  return ranks;
}

/**
 * Vose's method; deterministic, O(slots). Slots are split to 2^−32 of all: a rare step's
 * probability is off by less than 10^−9, that of a frequent one, which fills many slots, by less
 * than 10^−6 of itself.
 */
function aliasSlots(weights: Float64Array): Int32Array {
  const size = weights.length;
  const slots = new Int32Array(2 * size);
  const own = 4294967296 / size;
  let total = 0;
  for (const weight of weights) total += weight;
  const scaled = weights.map((weight) => (weight / total) * size);
  const small: number[] = [];
  const large: number[] = [];
  for (let i = 0; i < size; i++) (scaled[i] < 1 ? small : large).push(i);
  while (small.length > 0 && large.length > 0) {
    const less = small.pop()!;
    const more = large[large.length - 1];
    slots[2 * less] = Math.round(scaled[less] * own);
    slots[2 * less + 1] = more;
    scaled[more] -= 1 - scaled[less];
    if (scaled[more] < 1) small.push(large.pop()!);
  }
  // What is left is 1 but for rounding.
  for (const i of small.concat(large)) {
    slots[2 * i] = own;
    slots[2 * i + 1] = i;
  }
  return slots;
}

function buildSteps(count: number, exponent: number): Steps {
  const ranks = Int32Array.from(rankSteps(count));
  const length = ranks.length / 2;
  const bits = Math.max(1, 32 - Math.clz32(length - 1));
  const weights = new Float64Array(1 << bits);
  for (let step = 0; step < length; step++) {
    weights[step] = ranks[2 * step + 1] * pow(ranks[2 * step] + 1, -exponent);
  }
  return {
    bits,
    slots: aliasSlots(weights),
    ranks,
    surelyKept: pow(1 + 1 / WIDENING, -exponent),
  };
}

/**
 * The last few tables and sums, by count and exponent: pure functions of both, so sharing shows
 * nowhere.
 */
const REMEMBERED = 32;
function remembered<T>(cache: Map<string, T>, key: string, make: () => T): T {
  let value = cache.get(key);
  if (value === undefined) {
    value = make();
    if (cache.size >= REMEMBERED) cache.clear();
    cache.set(key, value);
  }
  return value;
}
const stepsCache = new Map<string, Steps>();
const sumCache = new Map<string, number>();

function zipfFiller(count: number, exponent: number, stream: RandomStream): RankFiller {
  const key = `${count}/${exponent}`;
  const { bits, slots, ranks, surelyKept } = remembered(stepsCache, key, () =>
    buildSteps(count, exponent),
  );
  const shift = 32 - bits;
  const mask = (1 << shift) - 1;
  return (into) => {
    for (let i = 0; i < into.length;) {
      const word = stream.uint32();
      const slot = word >>> shift;
      const step = (word & mask) < slots[2 * slot] ? slot : slots[2 * slot + 1];
      const first = ranks[2 * step];
      // Where in the step, and the rest of the same draw as the height under the cover: 53 bits
      // serve both.
      const place = stream.double() * ranks[2 * step + 1];
      const offset = place | 0;
      const height = place - offset;
      if (height < surelyKept || height < pow((first + 1) / (first + offset + 1), exponent)) {
        into[i++] = first + offset;
      }
    }
  };
}

/** Terms summed one by one before the Euler–Maclaurin formula takes over. */
const SUMMED = 256;

/**
 * Σ k^−s for k = 1 … count, relative error about 1e−15, at most 256 powers: Euler–Maclaurin with
 * two correction terms, of which the first left out is below s⁵ · 256^−(s+5) / 30240.
 */
function zipfSum(count: number, s: number): number {
  let sum = 0;
  const summed = Math.min(count, SUMMED);
  for (let k = summed; k >= 1; k--) sum += pow(k, -s);
  if (count === summed) return sum;
  const a = summed;
  const octaves = log(count / a);
  const integral = s === 1 ? octaves : (exp((1 - s) * log(a)) * expm1((1 - s) * octaves)) / (1 - s);
  const first = (power: number): number => pow(count, -s - power) - pow(a, -s - power);
  return (
    sum + integral + first(0) / 2 - (s / 12) * first(1) + ((s * (s + 1) * (s + 2)) / 720) * first(3)
  );
}

export const zipf = definePopularity({
  name: "zipf",
  summary: "the k-th object is asked for in proportion to 1/k^exponent",
  follows: "Zipf's law by rejection from a staircase; O(1) a draw, some 20 KiB for any count",
  fields: {
    exponent: {
      kind: "number",
      doc: "0 is uniform, 0.6 to 1.1 is usual for web objects",
      min: 0,
      max: 20,
      default: 1,
    },
  },
  primary: "exponent",
  filler: ({ exponent }, count, stream) => zipfFiller(count, exponent, stream),
  probability: ({ exponent }, count, rank) =>
    pow(rank + 1, -exponent) /
    remembered(sumCache, `${count}/${exponent}`, () => zipfSum(count, exponent)),
});
