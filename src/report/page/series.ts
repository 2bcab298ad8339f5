/** Time series of a run for charts. */
import { metricNamed } from "../../statistics/metrics/registry.ts";
import { isThere } from "../../statistics/metrics/metric.ts";
import type { MetricDefinition } from "../../statistics/metrics/registry.ts";
import { MISSES } from "../../statistics/run-record.ts";
import type { RunRecord } from "../../statistics/run-record.ts";
import type { SummarySettings } from "../../statistics/run-summary.ts";
import { metricValues } from "../../statistics/run-summary.ts";
import { EVERYTHING, nameOf, ofClass, ofNode, ofRegion } from "../../statistics/selection.ts";
import type { Selection } from "../../statistics/selection.ts";
import { windowsOf } from "../../statistics/tally.ts";
import type { Figure, PageMetric, SelectionSeries, SeriesModel } from "./page-model.ts";
import { pointsOf } from "./spans.ts";

const METRIC_NAMES = [
  "rate",
  "error-rate",
  "p50",
  "p99",
  "utilization",
  "peak-utilization",
  "imbalance",
  "spillover",
  "miss-rate",
  ...MISSES.map((name) => `${name}-misses`),
  // Of runs that have such a thing; the others have no figure.
  "connections-open",
  "connections-opened",
  "connections-broken",
  "stale-users",
  "response-hit-rate",
  "offload",
  "balancer-utilization",
];

const definitions: readonly MetricDefinition[] = METRIC_NAMES.map((name) => metricNamed(name)!);

export const PAGE_METRICS: readonly PageMetric[] = definitions.map(({ name, unit }) => ({
  name,
  unit,
}));

/** All, then regions, classes where there are several, and balancers down to the datacenters. */
export function selectionsOf(record: RunRecord): Selection[] {
  const { regions, classes, nodes } = record;
  return [
    EVERYTHING,
    ...(regions.length > 1 ? regions.map((_, index) => ofRegion(index)) : []),
    ...(classes.length > 1 ? classes.map((_, index) => ofClass(index)) : []),
    ...nodes
      .filter(({ kind, tier }) => kind === "balancer" && tier > 0)
      .map(({ id }) => ofNode(id)),
  ].slice(0, MOST_SELECTIONS);
}
const MOST_SELECTIONS = 48;

/** Numbers that all series of all variants may have together: some 2 MB of JSON. */
const MOST_NUMBERS = 300_000;
const LEAST_POINTS = 240;
const MOST_POINTS = 4_000;

/** O(windows × selections × (cells × depth + nodes)). */
export function seriesModel(
  record: RunRecord,
  settings: SummarySettings,
  variants: number,
): SeriesModel {
  const selections = selectionsOf(record);
  const told = definitions.filter((definition) => isThere(definition, record)).length;
  const each = MOST_NUMBERS / (selections.length * told * variants);
  const most = Math.min(MOST_POINTS, Math.max(LEAST_POINTS, each));
  const { spans, edgesMs, gathered } = pointsOf(record, settings.windowMs, most);
  const of = selections.map((selection): SelectionSeries => {
    const rows = spans.map((span) => metricValues(span, selection, settings, definitions));
    return {
      of: nameOf(record, selection),
      values: definitions.map(({ name }) => known(rows.map((row) => row[name] ?? null))),
    };
  });
  if (gathered > 1) of[0] = { ...of[0], ...extremes(record, settings, gathered, spans.length) };
  return { edgesMs, gathered, of };
}

const known = (values: readonly Figure[]): readonly Figure[] | null =>
  values.every((value) => value === null) ? null : values;

/** What single windows had, so that a peak of one window is not averaged away. */
function extremes(
  record: RunRecord,
  settings: SummarySettings,
  gathered: number,
  points: number,
): Pick<SelectionSeries, "low" | "high"> {
  const rows = windowsOf(record, settings.windowMs).map((span) =>
    metricValues(span, EVERYTHING, settings, definitions),
  );
  const within = (name: string, pick: (...values: number[]) => number) =>
    known(
      Array.from({ length: points }, (_, point) => {
        const those = rows.slice(point * gathered, (point + 1) * gathered);
        const values = those.flatMap((row) => row[name] ?? []);
        return values.length === 0 ? null : pick(...values);
      }),
    );
  return {
    low: definitions.map(({ name }) => within(name, Math.min)),
    high: definitions.map(({ name }) => within(name, Math.max)),
  };
}
