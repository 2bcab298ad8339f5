/** The columns of a comparison: what is taken from each run's summary. */
import { metricNamed } from "../statistics/metrics/registry.ts";
import type { MetricUnit } from "../statistics/metrics/registry.ts";
import type { EpisodeSummary, RunSummary } from "../statistics/run-summary.ts";

export interface ComparisonColumn {
  readonly name: string;
  /** Words of the head, without the unit. */
  readonly head: string;
  /** `rate` is per second here, as in summaries. */
  readonly unit: MetricUnit;
  readonly better: "lower" | "higher" | null;
  /** Left out where none of the runs has the figure. */
  readonly optional?: true;
  /** NaN where the run has no such figure. */
  of(summary: RunSummary): number;
}

/**
 * A column of any metric of the registry, over the whole run; undefined where there is none of that
 * name.
 */
export function metricColumn(name: string, head = name): ComparisonColumn | undefined {
  const metric = metricNamed(name);
  if (metric === undefined) return undefined;
  const { unit, better } = metric;
  return { name, head, unit, better, of: (summary) => summary.overall[name] ?? NaN };
}

const whole = (name: string, head: string): ComparisonColumn => metricColumn(name, head)!;

/** "The change" of a run is its first episode after the warm-up. */
export const changeOf = (summary: RunSummary): EpisodeSummary | undefined => summary.episodes[0];

const missRate = (
  period: "before" | "justAfter" | "longAfter",
  name: string,
  head: string,
): ComparisonColumn => ({
  name,
  head,
  unit: "share",
  better: "lower",
  of: (summary) => changeOf(summary)?.effects["miss-rate"][period] ?? NaN,
});

/** A run in which nothing changes has one miss rate, and that one is "before". */
const missRateBefore: ComparisonColumn = {
  ...missRate("before", "miss-rate-before", "miss rate before"),
  of(summary) {
    const change = changeOf(summary);
    if (change === undefined) return summary.overall["miss-rate"] ?? NaN;
    return change.effects["miss-rate"].before ?? NaN;
  },
};

const keysMoved: ComparisonColumn = {
  name: "keys-moved",
  head: "keys moved",
  unit: "share",
  better: "lower",
  of: (summary) => changeOf(summary)?.keysMoved ?? NaN,
};

const keysMovedLeast: ComparisonColumn = {
  name: "keys-moved-least",
  head: "least possible",
  unit: "share",
  better: null,
  of: (summary) => changeOf(summary)?.keysMovedLeast ?? NaN,
};

/** A run without sessions has no reloads, not reloads of no time. */
const reloadOf = ({ overall, sessions }: RunSummary): number =>
  sessions === undefined ? NaN : (overall.reload ?? NaN);

export const COMPARISON_COLUMNS: readonly ComparisonColumn[] = [
  whole("requests", "requests"),
  whole("availability", "availability"),
  whole("p50", "p50"),
  whole("p99", "p99"),
  whole("peak-utilization", "busiest"),
  whole("imbalance", "imbalance"),
  whole("starvation", "starving"),
  missRateBefore,
  missRate("justAfter", "miss-rate-just-after", "just after"),
  missRate("longAfter", "miss-rate-long-after", "long after"),
  keysMoved,
  keysMovedLeast,
  { ...whole("sessions-moved", "sessions moved"), optional: true },
  { ...whole("sessions-lost", "lost"), optional: true },
  { ...whole("session-bytes", "carried"), optional: true },
  { ...whole("reload", "reload"), optional: true, of: reloadOf },
];
