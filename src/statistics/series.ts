/** The time series: one row a window and node, for `series.csv` and for charts. */
import { metricNamed } from "./metrics/registry.ts";
import type { MetricSettings } from "./metrics/registry.ts";
import { metricValues } from "./run-summary.ts";
import type { RunRecord } from "./run-record.ts";
import { EVERYTHING, nameOf, ofNode, ofRegion } from "./selection.ts";
import type { Selection } from "./selection.ts";
import { windowsOf } from "./tally.ts";

/** Every file has these columns, after `start-ms`, `end-ms` and `of`. */
const COMMON_METRICS = [
  "requests",
  "rate",
  "availability",
  "mean",
  "p50",
  "p99",
  "wait",
  "utilization",
  "peak-utilization",
  "imbalance",
  "miss-rate",
  "remap-misses",
  "users-moved",
  "spillover",
] as const;

/** What not every run has. Each is a column where some row has a figure of it, as in the tables. */
const FEATURE_METRICS = [
  "lookups",
  "stale-users",
  "connections-open",
  "connections-opened",
  "connections-closed",
  "connections-broken",
  "connection-imbalance",
  "handshakes",
  "handshakes-resumed",
  "balancer-handshakes",
  "balancer-packets",
  "balancer-utilization",
  "balancer-wait",
  "response-hit-rate",
  "response-coalesced",
  "offload",
  "backend-opened",
  "backend-reuse",
  "backend-resumed",
  "backend-connections",
  "backend-busy",
  "backend-wait",
  "backend-overflow",
] as const;

/** Metrics of the columns after `start-ms`, `end-ms` and `of`, as `seriesRows` gives them. */
export const SERIES_METRICS = [...COMMON_METRICS, ...FEATURE_METRICS] as const;

/** A machine's row has figures for these alone, so that a fleet of thousands stays readable. */
const MACHINE_METRICS = new Set<string>([
  "requests",
  "rate",
  "wait",
  "utilization",
  "miss-rate",
  "connections-open",
]);

export const SERIES_COLUMNS: readonly string[] = [
  "start-ms",
  "end-ms",
  "of",
  ...SERIES_METRICS.map((name) => (name === "rate" ? "rate-per-second" : name)),
];

export interface SeriesSettings extends MetricSettings {
  readonly windowMs: number;
  /** Whether each machine gets its row; default true. */
  readonly machines?: boolean;
}

export type SeriesRow = readonly (string | number | null)[];

/**
 * Rows by window, then all, regions, balancers and machines in the record's order; the warm-up is
 * included. Cells as in the summary: six significant digits, rates per second, null where there is
 * no figure. O(windows × (cells × depth + nodes)).
 */
export function* seriesRows(record: RunRecord, settings: SeriesSettings): Generator<SeriesRow> {
  const forAll = SERIES_METRICS.map((name) => metricNamed(name)!);
  const forMachines = forAll.filter(({ name }) => MACHINE_METRICS.has(name));
  const selections: { readonly of: string; readonly selection: Selection; machine: boolean }[] = [
    EVERYTHING,
    ...record.regions.map((_, index) => ofRegion(index)),
    ...record.nodes.filter(({ kind }) => kind === "balancer").map(({ id }) => ofNode(id)),
  ].map((selection) => ({ selection, of: nameOf(record, selection), machine: false }));
  if (settings.machines ?? true) {
    for (const { id, kind, path } of record.nodes) {
      if (kind === "machine") selections.push({ of: path, selection: ofNode(id), machine: true });
    }
  }
  for (const window of windowsOf(record, settings.windowMs)) {
    for (const { of, selection, machine } of selections) {
      if (selection.kind === "node" && record.nodes[selection.id].joinedMs >= window.toMs) continue;
      const which = machine ? forMachines : forAll;
      const values = metricValues(window, selection, settings, which);
      const figures = SERIES_METRICS.map((name) => values[name] ?? null);
      yield [window.fromMs, window.toMs, of, ...figures];
    }
  }
}

export interface SeriesTable {
  readonly header: readonly string[];
  readonly rows: readonly SeriesRow[];
}

/**
 * What `series.csv` holds: the rows without the columns of features that none of them has, so that
 * a run without connections reads as if there were none. `before` heads what stands before the
 * series' own columns in each row. O(cells).
 */
export function seriesTable(
  rows: Iterable<SeriesRow>,
  before: readonly string[] = [],
): SeriesTable {
  const all = [...rows];
  const features = before.length + SERIES_COLUMNS.length - FEATURE_METRICS.length;
  const told = [...before, ...SERIES_COLUMNS].map(
    (_, column) => column < features || all.some((row) => row[column] !== null),
  );
  const pick = <T>(cells: readonly T[]): T[] => cells.filter((_, column) => told[column]);
  return { header: pick([...before, ...SERIES_COLUMNS]), rows: all.map(pick) };
}
