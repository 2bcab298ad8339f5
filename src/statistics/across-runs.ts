/**
 * Numbers of single runs become knowledge: each variant was run with several seeds, and the same
 * seed means the same traffic for all variants, so what is compared is the difference within each
 * pair.
 */
import { estimate, excludesZero, pairedDifference } from "./intervals.ts";
import type { Estimate } from "./intervals.ts";

export interface ComparedColumn {
  readonly name: string;
  readonly better: "lower" | "higher" | null;
}

/** One finished run of a variant. */
export interface RunValues {
  readonly seed: number;
  readonly fingerprint: string;
  /** One a column; NaN where the run has no such figure. */
  readonly values: readonly number[];
}

export interface VariantRuns {
  readonly label: string;
  readonly runs: readonly RunValues[];
}

/**
 * `equal`: every pair of runs has the same fingerprint, so they are the same to the byte. `none
 * shown`: the interval spans zero. `better`, `worse`: it does not; `higher`, `lower` where neither
 * is good. `unknown`: fewer than `PAIRS_LEAST` pairs with a figure.
 */
export type Verdict = "equal" | "none shown" | "better" | "worse" | "higher" | "lower" | "unknown";

/**
 * Two pairs have one degree of freedom: their interval rests on a single comparison of two numbers,
 * and one pair has none at all.
 */
export const PAIRS_LEAST = 3;

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  equal: "equal to the byte",
  "none shown": "no difference shown",
  better: "better",
  worse: "worse",
  higher: "higher",
  lower: "lower",
  unknown: "too few runs to say",
};

export interface Difference extends Estimate {
  readonly verdict: Verdict;
}

export interface VariantResult {
  readonly label: string;
  readonly seeds: readonly number[];
  /** One a column: mean over the runs with its interval. */
  readonly estimates: readonly Estimate[];
  /**
   * One a column: this variant minus the first one, over the seeds that both have. Null for the
   * first.
   */
  readonly differences: readonly Difference[] | null;
  /** Every run that both have ended with the same fingerprint. False for the first. */
  readonly equalToFirst: boolean;
  /** Columns in which no variant's mean is better; empty where all are equal. */
  readonly best: readonly number[];
}

/** O(variants × runs × columns). The order of runs does not matter: they are sorted by seed. */
export function acrossRuns(
  columns: readonly ComparedColumn[],
  variants: readonly VariantRuns[],
): VariantResult[] {
  const sorted = variants.map(({ label, runs }) => ({
    label,
    runs: runs.toSorted((a, b) => a.seed - b.seed),
  }));
  const estimates = sorted.map(({ runs }) =>
    columns.map((_, column) => estimate(runs.map(({ values }) => values[column]))),
  );
  const best = bestOf(columns, estimates);
  return sorted.map(({ label, runs }, row) => {
    const pairs = row === 0 ? [] : pairsOf(sorted[0].runs, runs);
    const equalToFirst =
      pairs.length > 0 && pairs.every(([a, b]) => a.fingerprint === b.fingerprint);
    return {
      label,
      seeds: runs.map(({ seed }) => seed),
      estimates: estimates[row],
      differences:
        row === 0
          ? null
          : columns.map((column, index) => differenceOf(pairs, column, index, equalToFirst)),
      equalToFirst,
      best: best[row],
    };
  });
}

type Pair = readonly [RunValues, RunValues];

function pairsOf(first: readonly RunValues[], other: readonly RunValues[]): Pair[] {
  const bySeed = new Map(first.map((run) => [run.seed, run]));
  return other.flatMap((run): Pair[] => {
    const partner = bySeed.get(run.seed);
    return partner === undefined ? [] : [[partner, run]];
  });
}

function differenceOf(
  pairs: readonly Pair[],
  { better }: ComparedColumn,
  index: number,
  equal: boolean,
): Difference {
  const difference = pairedDifference(
    pairs.map(([a]) => a.values[index]),
    pairs.map(([, b]) => b.values[index]),
  );
  return { ...difference, verdict: verdictOf(difference, better, equal) };
}

/** Pure, so that its table can be tested: see `Verdict`. */
export function verdictOf(
  difference: Estimate,
  better: "lower" | "higher" | null,
  equal: boolean,
): Verdict {
  // Equal outcomes do not make equal what is not an outcome, such as keys that nobody asked for.
  if (equal && !(Math.abs(difference.mean) > 0)) return "equal";
  if (difference.count < PAIRS_LEAST) return "unknown";
  if (!excludesZero(difference)) return "none shown";
  const direction = difference.mean > 0 ? "higher" : "lower";
  if (better === null) return direction;
  return direction === better ? "better" : "worse";
}

function bestOf(
  columns: readonly ComparedColumn[],
  estimates: readonly (readonly Estimate[])[],
): number[][] {
  const best: number[][] = estimates.map(() => []);
  columns.forEach(({ better }, column) => {
    if (better === null) return;
    const means = estimates.map((row) => row[column].mean);
    const known = means.filter((value) => !Number.isNaN(value));
    if (known.length < 2) return;
    const wanted = known.reduce(better === "lower" ? minimum : maximum);
    if (known.every((value) => value === wanted)) return;
    means.forEach((value, row) => {
      if (value === wanted) best[row].push(column);
    });
  });
  return best;
}

const minimum = (a: number, b: number): number => Math.min(a, b);
const maximum = (a: number, b: number): number => Math.max(a, b);
