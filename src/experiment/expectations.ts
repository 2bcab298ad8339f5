/** What a scenario expects, held against what its run measured. */
import { assert } from "../assert.ts";
import type { Expectation } from "../scenario/scenario.ts";
import { metricNamed } from "../statistics/metrics/registry.ts";
import type { MetricSettings, MetricUnit } from "../statistics/metrics/registry.ts";
import { tidy } from "../statistics/rounding.ts";
import type { RunRecord } from "../statistics/run-record.ts";
import { nameOf, selectionOf } from "../statistics/selection.ts";
import { tallyOf } from "../statistics/tally.ts";

export interface ExpectationResult {
  readonly metric: string;
  readonly unit: MetricUnit;
  /** `all`, `region:europe`, `class:browse` or a node's path. */
  readonly of: string;
  /** The span that was really looked at: from slice to slice. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Exclusive bounds, in the metric's unit (rates per ms). */
  readonly above: number | null;
  readonly below: number | null;
  /**
   * In the metric's unit, rounded as all that is written; null: there was no such figure, and then
   * nothing is as expected.
   */
  readonly observed: number | null;
  readonly passed: boolean;
  /** `file:line` of the expectation. */
  readonly where: string;
}

export interface ExpectationSettings extends MetricSettings {
  /** Without `during`, what happened before is not looked at. */
  readonly warmupMs: number;
}

/** Times at which the run's slices should be cut so that every `during` is met exactly. */
export const timesAsked = (expectations: readonly Expectation[]): number[] =>
  expectations.flatMap(({ duringMs }) => (duringMs === null ? [] : [...duringMs]));

/**
 * Failed ones first, else in the scenario's order. The reader has checked metrics and names before:
 * both are asserted.
 */
export function evaluateExpectations(
  record: RunRecord,
  expectations: readonly Expectation[],
  settings: ExpectationSettings,
): ExpectationResult[] {
  const results = expectations.map((expectation) => evaluate(record, expectation, settings));
  return [...results.filter(({ passed }) => !passed), ...results.filter(({ passed }) => passed)];
}

function evaluate(
  record: RunRecord,
  expectation: Expectation,
  settings: ExpectationSettings,
): ExpectationResult {
  const { above, below, where } = expectation;
  const metric = metricNamed(expectation.metric);
  assert(metric !== undefined, `no metric named ${expectation.metric}`);
  const selection = selectionOf(record, expectation.of);
  assert(selection !== null, `nothing in this run is named ${expectation.of}`);
  const [fromMs, toMs] = expectation.duringMs ?? [
    Math.min(settings.warmupMs, record.endMs),
    record.endMs,
  ];
  const tally = tallyOf(record, selection, fromMs, toMs);
  const observed = metric.of(tally, settings);
  return {
    metric: metric.name,
    unit: metric.unit,
    of: nameOf(record, selection),
    fromMs: tally.span.fromMs,
    toMs: tally.span.toMs,
    above,
    below,
    observed: tidy(observed),
    // A comparison with NaN is false: what was not observed is not as expected.
    passed: (above === null || observed > above) && (below === null || observed < below),
    where,
  };
}

/** One expectation as its scenario has it, and whether a run did as expected. */
export type Judged = Omit<Expectation, "where"> & {
  readonly unit: MetricUnit;
  readonly passed: boolean;
};

/** In the scenario's order: what several runs of it, or of its variants, are compared by. */
export const judge = (
  record: RunRecord,
  expectations: readonly Expectation[],
  settings: ExpectationSettings,
): Judged[] =>
  expectations.map((expectation) => {
    const { metric, of, duringMs, above, below } = expectation;
    const { unit, passed } = evaluate(record, expectation, settings);
    return { metric, unit, of, duringMs, above, below, passed };
  });

/** The same one in all variants of a comparison. */
export type JudgedAcross = Omit<Judged, "passed"> & {
  /** By row of the comparison: in how many of its seeds it held; null: it is not expected there. */
  readonly held: readonly (number | null)[];
};

/** @param runs by row of the comparison, what was judged in each of its finished runs */
export function judgedAcross(runs: readonly (readonly (readonly Judged[])[])[]): JudgedAcross[] {
  const known = new Map<string, Omit<Judged, "passed">>();
  const held = runs.map(() => new Map<string, number>());
  for (const [row, finished] of runs.entries()) {
    for (const judged of finished) {
      // What a scenario says twice counts once a seed.
      const passes = new Map<string, boolean>();
      for (const { passed, ...expectation } of judged) {
        const key = JSON.stringify(expectation);
        if (!known.has(key)) known.set(key, expectation);
        passes.set(key, passed);
      }
      for (const [key, passed] of passes) {
        held[row].set(key, (held[row].get(key) ?? 0) + (passed ? 1 : 0));
      }
    }
  }
  return [...known].map(([key, expectation]) => ({
    ...expectation,
    held: held.map((counts) => counts.get(key) ?? null),
  }));
}
