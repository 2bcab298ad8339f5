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
