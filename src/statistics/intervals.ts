/** Means with their intervals, from independent runs. */
import { mean, quantileSorted, sampleStandardDeviation } from "simple-statistics";
import { assert } from "../assert.ts";
import type { RandomStream } from "../random/stream.ts";
import { studentQuantile } from "./student.ts";

export const LEVEL = 0.95;

export interface Estimate {
  /** Values that there were: NaN is none. */
  readonly count: number;
  /** NaN without values. */
  readonly mean: number;
  /** Half the width of the interval; NaN below two values. */
  readonly half: number;
}

/**
 * Mean ± t·s/√n (Student's t, n − 1 degrees of freedom): `level` of such intervals cover the true
 * mean if the values are independent and about normal. NaN among the values is left out and not
 * counted. O(n).
 */
export function estimate(values: readonly number[], level = LEVEL): Estimate {
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return { count: 0, mean: NaN, half: NaN };
  if (known.length === 1) return { count: 1, mean: known[0], half: NaN };
  const half =
    (studentQuantile(level, known.length - 1) * sampleStandardDeviation(known)) /
    Math.sqrt(known.length);
  return { count: known.length, mean: mean(known), half };
}

/**
 * The estimate of b − a over pairs (same index = same seed); pairs in which one has no value are
 * left out.
 */
export function pairedDifference(
  a: readonly number[],
  b: readonly number[],
  level = LEVEL,
): Estimate {
  assert(a.length === b.length, "pairs need lists of equal length");
  return estimate(
    b.map((value, index) => value - a[index]),
    level,
  );
}

/**
 * Whether the interval leaves zero outside. Below two values there is no interval, and nothing is
 * shown.
 */
export const excludesZero = ({ mean: middle, half }: Estimate): boolean => Math.abs(middle) > half;

/** How far the mean of independent runs lies from what theory says, in its own standard errors. */
export function distanceInSigmas(values: readonly number[], expected: number): number {
  const error = sampleStandardDeviation([...values]) / Math.sqrt(values.length);
  return Math.abs(mean([...values]) - expected) / error;
}

export interface RatioInterval {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Σ numerators / Σ denominators with a percentile interval from `rounds` resamples of the pairs
 * (Efron 1979): for ratios such as "1.8 times as fast", whose errors are not normal. Deterministic
 * for a stream. O(rounds × n).
 */
export function bootstrapRatio(
  numerators: readonly number[],
  denominators: readonly number[],
  random: RandomStream,
  rounds = 2000,
  level = LEVEL,
): RatioInterval {
  const n = numerators.length;
  assert(n > 0 && n === denominators.length, "pairs need lists of equal length");
  const drawn = new Float64Array(rounds);
  for (let round = 0; round < rounds; round++) {
    let above = 0;
    let below = 0;
    for (let i = 0; i < n; i++) {
      const pick = random.below(n);
      above += numerators[pick];
      below += denominators[pick];
    }
    drawn[round] = above / below;
  }
  const sorted = Array.from(drawn.toSorted());
  let above = 0;
  let below = 0;
  for (let i = 0; i < n; i++) {
    above += numerators[i];
    below += denominators[i];
  }
  return {
    ratio: above / below,
    low: quantileSorted(sorted, (1 - level) / 2),
    high: quantileSorted(sorted, (1 + level) / 2),
  };
}
