/**
 * One run's figures as plain JSON: what `summary.json` holds and what comparisons are made from.
 */
import { assert } from "../assert.ts";
import { backendsOf, conservationOf, sessionsOf } from "./conservation.ts";
import type { BackendsSummary, ConservationSummary, SessionsSummary } from "./conservation.ts";
import { changeEffects, WindowSeries } from "./change-effects.ts";
import type { EpisodeEffects } from "./change-effects.ts";
import { failovers } from "./failover.ts";
import { failoverSummary } from "./failover-summary.ts";
import type { FailoverSummary } from "./failover-summary.ts";
import { isThere, metricNamed, metrics } from "./metrics/registry.ts";
import type { MetricDefinition, MetricSettings, StarvationSettings } from "./metrics/registry.ts";
import { tidy, tidyMs } from "./rounding.ts";
import type { ChangeRecord, DisruptionRecord, NodeRecord, RunRecord } from "./run-record.ts";
import { connectionsOf } from "./connections-summary.ts";
import type { ConnectionsSummary } from "./connections-summary.ts";
import { EVERYTHING, ofClass, ofNode, ofRegion, treeOf } from "./selection.ts";
import type { Selection } from "./selection.ts";
import { spanOf, tallyIn } from "./tally.ts";
import type { Span } from "./tally.ts";

export type { SessionsSummary } from "./conservation.ts";
export type { FailoverSummary } from "./failover-summary.ts";

export const SUMMARY_FORMAT = 1;

/** What of the scenario the figures depend on or should carry with them. */
export interface SummarySettings extends MetricSettings {
  readonly name: string;
  readonly question: string;
  readonly expectation: string;
  readonly windowMs: number;
  readonly warmupMs: number;
  /** Balancers that are offered more than their machines, or their own cores, can serve. */
  readonly overloaded?: readonly Overload[];
}

export interface Overload {
  readonly path: string;
  /** Offered load, before anything spills over: 1 or more. */
  readonly load: number | null;
  /** Of the balancer's own cores, and not of the machines beneath it. */
  readonly own?: true;
}

/**
 * By metric's name, in the registry's order, to six significant digits; null where the metric is
 * not defined. Milliseconds, shares 0..1, counts; rates are per second here, as everything for
 * people.
 */
export type MetricValues = Readonly<Record<string, number | null>>;

export interface NamedMetrics {
  readonly name: string;
  readonly metrics: MetricValues;
}

export interface BalancerSummary {
  readonly path: string;
  readonly tier: number;
  readonly place: string | null;
  readonly strategy: string | null;
  /** A balancer right beneath the root. */
  readonly datacenter: boolean;
  /** Machines beneath it at any depth, later ones and former ones too. */
  readonly machines: number;
  readonly metrics: MetricValues;
}

export interface MachineSummary {
  readonly path: string;
  readonly place: string | null;
  readonly weight: number;
  readonly cores: number;
  readonly speed: number;
  /** Only what a machine has a figure for. */
  readonly metrics: MetricValues;
}

export interface ChangeSummary {
  readonly atMs: number | null;
  readonly balancer: string;
  readonly what: string;
  readonly targetsBefore: number;
  readonly targetsAfter: number;
  readonly disruption: DisruptionSummary | null;
  /** Only where it is so: caches were emptied, and the pool is as it was. */
  readonly purged?: true;
}
export type DisruptionSummary = { readonly [K in keyof DisruptionRecord]: number | null } & {
  /** Moved beyond what had to: moved − leastByShare. */
  readonly excess: number | null;
};

export interface EffectSummary {
  readonly before: number | null;
  readonly justAfter: number | null;
  readonly longAfter: number | null;
  /**
   * From the first change until the figure stayed within its band; 0: it never left; null: not seen
   * to be back.
   */
  readonly backAfterMs: number | null;
}

/**
 * Changes less than a window apart, with what they did to the users of the balancer above them all.
 */
export interface EpisodeSummary {
  readonly startMs: number | null;
  readonly endMs: number | null;
  readonly of: string;
  readonly changes: readonly ChangeSummary[];
  /**
   * Summed over the changes of a pool (a key that moves twice counts twice), mean over the pools;
   * null where no keys are placed.
   */
  readonly keysMoved: number | null;
  readonly keysMovedLeast: number | null;
  readonly periodsMs: {
    readonly before: readonly (number | null)[];
    readonly justAfter: readonly (number | null)[];
    readonly longAfter: readonly (number | null)[];
  };
  /** By metric: see `EFFECT_METRICS`; what the run has nothing of is left out. */
  readonly effects: Readonly<Record<string, EffectSummary>>;
  /** Those that the changes caused; null where nothing is looked up, and of purges alone. */
  readonly remapMisses: number | null;
  /** Targets that were believed down afterwards although they were up. */
  readonly falseAlarms: number;
}

export interface RunSummary {
  readonly format: typeof SUMMARY_FORMAT;
  readonly name: string;
  readonly question: string;
  readonly expectation: string;
  readonly version: string;
  readonly seed: number;
  readonly fingerprint: string;
  readonly endMs: number;
  /** What ended before is left out of all figures but `conservation`. */
  readonly warmupMs: number;
  readonly windowMs: number;
  readonly starvation: StarvationSettings;
  readonly events: number;
  readonly conservation: ConservationSummary;
  /** Only where there are sessions. */
  readonly sessions?: SessionsSummary;
  /** Only where clients have any. */
  readonly connections?: ConnectionsSummary;
  /** Only where balancers have connections to their targets. */
  readonly backends?: BackendsSummary;
  readonly overloaded: readonly Overload[];
  readonly overall: MetricValues;
  readonly regions: readonly NamedMetrics[];
  readonly classes: readonly NamedMetrics[];
  readonly balancers: readonly BalancerSummary[];
  readonly machines: readonly MachineSummary[];
  readonly episodes: readonly EpisodeSummary[];
  readonly failovers: readonly FailoverSummary[];
}

/** All of a run's figures from the warm-up to the end. O(slices × cells + nodes × metrics). */
export function summarize(
  record: RunRecord,
  settings: SummarySettings,
  version: string,
): RunSummary {
  const { name, question, expectation, windowMs, warmupMs } = settings;
  const { share, windowMs: starvationMs, fairRequests, waitMs } = settings.starvation;
  const span = spanOf(record, Math.min(warmupMs, record.endMs), record.endMs);
  const series = new WindowSeries(record, windowMs, settings);
  const figures = (selection: Selection) => metricValues(span, selection, settings, metrics);
  const conservation = conservationOf(record);
  const backends = backendsOf(record);
  assert(backends?.holds ?? true, "opened = closed + broken + open, of balancers' connections");
  assert(
    conservation.holds,
    "born = completed + rejected + timed out + failed + unroutable + in flight",
  );
  return {
    format: SUMMARY_FORMAT,
    name,
    question,
    expectation,
    version,
    seed: record.seed,
    fingerprint: record.fingerprint,
    endMs: record.endMs,
    warmupMs,
    windowMs,
    starvation: { share, windowMs: starvationMs, fairRequests, waitMs },
    events: record.events,
    conservation,
    ...(record.sessions === null ? {} : { sessions: sessionsOf(record.sessions) }),
    ...(record.connections === null ? {} : { connections: connectionsOf(record) }),
    ...(backends === undefined ? {} : { backends }),
    overloaded: (settings.overloaded ?? []).map(({ load, ...one }) => ({
      ...one,
      load: tidy(load ?? NaN),
    })),
    overall: figures(EVERYTHING),
    regions: record.regions.map((region, i) => ({ name: region, metrics: figures(ofRegion(i)) })),
    classes: record.classes.map((kind, i) => ({ name: kind, metrics: figures(ofClass(i)) })),
    balancers: record.nodes
      .filter(({ kind }) => kind === "balancer")
      .map((node) => ({
        path: node.path,
        tier: node.tier,
        place: node.place,
        strategy: node.strategy,
        datacenter: node.tier === 1,
        machines: treeOf(record.nodes).machines[node.id].length,
        metrics: figures(ofNode(node.id)),
      })),
    machines: machinesOf(record, span, settings),
    episodes: changeEffects(record, windowMs, warmupMs, settings, series).map((episode) =>
      episodeSummary(record.nodes, episode),
    ),
    failovers: failovers(record, windowMs, warmupMs, series).map((failover) =>
      failoverSummary(record.nodes, failover),
    ),
  };
}

/** Rounded figures of one selection. */
export function metricValues(
  span: Span,
  selection: Selection,
  settings: MetricSettings,
  which: readonly MetricDefinition[],
): MetricValues {
  const tally = tallyIn(span, selection);
  const values: Record<string, number | null> = {};
  for (const metric of which) {
    if (!isThere(metric, span.record)) continue;
    const value = metric.of(tally, settings);
    values[metric.name] = tidy(metric.unit === "rate" ? value * 1000 : value);
  }
  return values;
}

function machinesOf(record: RunRecord, span: Span, settings: MetricSettings): MachineSummary[] {
  const which = metrics.filter((metric) => metric.machines);
  return record.nodes
    .filter(({ kind }) => kind === "machine")
    .map(({ id, path, place, weight, cores, speed }) => ({
      path,
      place,
      weight,
      cores,
      speed,
      metrics: metricValues(span, ofNode(id), settings, which),
    }));
}

function episodeSummary(
  nodes: readonly NodeRecord[],
  { episode, periods, effects, remapMisses, falseAlarms }: EpisodeEffects,
): EpisodeSummary {
  const { startMs, endMs, balancer, changes } = episode;
  const byName: Record<string, EffectSummary> = {};
  for (const { metric, values, backAfterMs } of effects) {
    const perSecond = metricNamed(metric)?.unit === "rate" ? 1000 : 1;
    byName[metric] = {
      before: tidy(values.before * perSecond),
      justAfter: tidy(values.justAfter * perSecond),
      longAfter: tidy(values.longAfter * perSecond),
      backAfterMs: tidyMs(backAfterMs),
    };
  }
  return {
    startMs: tidyMs(startMs),
    endMs: tidyMs(endMs),
    of: nodes[balancer].path,
    changes: changes.map((change) => changeSummary(nodes, change)),
    keysMoved: tidy(movedInAll(changes, ({ moved }) => moved)),
    keysMovedLeast: tidy(movedInAll(changes, ({ leastByWeight }) => leastByWeight)),
    periodsMs: {
      before: periods.before.map(tidyMs),
      justAfter: periods.justAfter.map(tidyMs),
      longAfter: periods.longAfter.map(tidyMs),
    },
    effects: byName,
    remapMisses: tidy(remapMisses),
    falseAlarms,
  };
}

/** Summed over the changes of each pool, and of that the mean over the pools whose keys moved. */
function movedInAll(
  changes: readonly ChangeRecord[],
  of: (disruption: DisruptionRecord) => number,
): number {
  const byPool = new Map<number, number>();
  for (const { balancer, disruption } of changes) {
    if (disruption === null) continue;
    byPool.set(balancer, (byPool.get(balancer) ?? 0) + of(disruption));
  }
  let sum = 0;
  for (const moved of byPool.values()) sum += moved;
  return sum / byPool.size;
}

function changeSummary(nodes: readonly NodeRecord[], change: ChangeRecord): ChangeSummary {
  const { atMs, balancer, what, targetsBefore, targetsAfter, disruption, purged } = change;
  const plain = { balancer: nodes[balancer].path, what, targetsBefore, targetsAfter };
  if (disruption === null) {
    return { atMs: tidyMs(atMs), ...plain, disruption: null, ...(purged && { purged }) };
  }
  const { keys, moved, leastByWeight, leastByShare, strayed, greatestHeir } = disruption;
  return {
    atMs: tidyMs(atMs),
    ...plain,
    disruption: {
      keys,
      moved: tidy(moved),
      leastByWeight: tidy(leastByWeight),
      leastByShare: tidy(leastByShare),
      strayed: tidy(strayed),
      greatestHeir: greatestHeir === null ? null : tidy(greatestHeir),
      excess: tidy(moved - leastByShare),
    },
  };
}
