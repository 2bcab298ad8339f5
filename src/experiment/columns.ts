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
  /** Of an optional one: whether this run alone makes it stand there; by default a figure does. */
  readonly asks?: (summary: RunSummary) => boolean;
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

type Period = "before" | "justAfter" | "longAfter";

/** A share around the change, by the name of the metric. */
const around =
  (metric: string, traits: Pick<ComparisonColumn, "better" | "optional">) =>
  (period: Period, name: string, head: string): ComparisonColumn => ({
    name,
    head,
    unit: "share",
    ...traits,
    of: (summary) => changeOf(summary)?.effects[metric]?.[period] ?? NaN,
  });

const missRate = around("miss-rate", { better: "lower" });
/** Of the response caches, where there are any. */
const responseHits = around("response-hit-rate", { better: "higher", optional: true });

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

/** Where nobody asks for names, or opens connections, it is no time and not a time of nought. */
const resolveOf = ({ overall }: RunSummary): number =>
  (overall.lookups ?? null) === null ? NaN : (overall.resolve ?? NaN);
const connectOf = ({ overall, connections, backends }: RunSummary): number =>
  connections === undefined && backends === undefined ? NaN : (overall.connect ?? NaN);
/** Where names and layers change the way; beside such a variant all others tell theirs. */
const changesTheWay = ({ overall, connections }: RunSummary): boolean =>
  connections !== undefined || (overall.lookups ?? null) !== null;

/** Shown where balancers do so much more than pick that they have the figure `where`. */
const ofProxies = (name: string, head: string, where = name): ComparisonColumn => ({
  ...whole(name, head),
  optional: true,
  of: ({ overall }) => ((overall[where] ?? null) === null ? NaN : (overall[name] ?? NaN)),
});

/**
 * Hit rate of the response caches of one tier: the first that has any (an edge), or the next behind
 * it (its shield); by requests, where a tier has several.
 */
const cacheHits = (nth: number, name: string, head: string): ComparisonColumn => ({
  ...whole("response-hit-rate", head),
  name,
  optional: true,
  of({ balancers }) {
    const caches = balancers.filter(({ metrics }) => typeof metrics[HITS] === "number");
    const tiers = [...new Set(caches.map(({ tier }) => tier))].toSorted((a, b) => a - b);
    let hits = 0;
    let requests = 0;
    for (const { tier, metrics } of caches) {
      if (tier !== tiers[nth]) continue;
      requests += metrics.requests ?? 0;
      hits += (metrics[HITS] ?? 0) * (metrics.requests ?? 0);
    }
    return hits / requests;
  },
});
const HITS = "response-hit-rate";

/**
 * Where connecting costs round trips, near and far users differ so much that the median of all lies
 * in the gap between them and says nothing: one of a region instead.
 */
const regionP50 = (
  pick: (...values: number[]) => number,
  name: string,
  head: string,
): ComparisonColumn => ({
  ...whole("p50", head),
  name,
  optional: true,
  of({ connections, regions }) {
    if (connections === undefined || regions.length < 2) return NaN;
    return pick(...regions.map(({ metrics }) => metrics.p50 ?? NaN));
  },
});

export const COMPARISON_COLUMNS: readonly ComparisonColumn[] = [
  whole("requests", "requests"),
  whole("availability", "availability"),
  whole("p50", "p50"),
  regionP50(Math.min, "p50-best-region", "best region's p50"),
  regionP50(Math.max, "p50-worst-region", "worst region's p50"),
  whole("p99", "p99"),
  whole("peak-utilization", "busiest"),
  whole("imbalance", "imbalance"),
  whole("starvation", "starving"),
  missRateBefore,
  missRate("justAfter", "miss-rate-just-after", "just after"),
  missRate("longAfter", "miss-rate-long-after", "long after"),
  responseHits("before", "response-hits-before", "response hits before"),
  responseHits("justAfter", "response-hits-just-after", "response hits just after"),
  responseHits("longAfter", "response-hits-long-after", "response hits long after"),
  keysMoved,
  keysMovedLeast,
  { ...whole("users-moved", "users moved"), optional: true },
  { ...whole("stale-users", "stale attempts"), optional: true },
  { ...whole("sessions-moved", "sessions moved"), optional: true },
  { ...whole("sessions-lost", "lost"), optional: true },
  { ...whole("session-bytes", "carried"), optional: true },
  { ...whole("session-demand", "saving, opening"), optional: true },
  { ...whole("reload", "reload"), optional: true, of: reloadOf },
  { ...whole("connections-opened", "connections opened"), optional: true },
  { ...whole("connections-broken", "broken"), optional: true },
  { ...whole("reconnects", "reconnects"), optional: true },
  { ...whole("connections-open", "open at the end"), optional: true },
  { ...whole("connection-imbalance", "their imbalance"), optional: true },
  { ...whole("resolve", "resolve"), optional: true, of: resolveOf },
  { ...whole("connect", "connect"), optional: true, of: connectOf },
  { ...whole("network", "network"), optional: true, asks: changesTheWay },
  ofProxies("balancer", "balancer", "balancer-utilization"),
  ofProxies("balancer-utilization", "balancer busy"),
  ofProxies("backend-opened", "opened to targets"),
  ofProxies("backend-reuse", "reused"),
  ofProxies("backend-connections", "held there"),
  ofProxies("offload", "offload"),
  cacheHits(0, "first-cache-hits", "hits: first cache"),
  cacheHits(1, "next-cache-hits", "hits: next cache"),
  ofProxies("origin-rate", "origin", "offload"),
  ofProxies("origin-utilization", "origin busy", "offload"),
];

/** What an episode set off, from its keys to what users felt of it, in this order. */
export interface ChainColumn extends Omit<ComparisonColumn, "of"> {
  readonly of: (episode: EpisodeSummary) => number;
}

const rise = (episode: EpisodeSummary, metric: string): number => {
  const effect = episode.effects[metric];
  return (effect?.justAfter ?? NaN) - (effect?.before ?? NaN);
};

/** Until p99, miss rate and errors are all back in their bands; NaN if one is not seen to be. */
function backAfterMs({ effects }: EpisodeSummary): number {
  const known = ["p99", "miss-rate", "error-rate"].flatMap((metric) => {
    const effect = effects[metric];
    return effect === undefined || effect.before === null ? [] : [effect.backAfterMs ?? NaN];
  });
  return known.length === 0 ? NaN : Math.max(...known);
}

const chain = (
  name: string,
  head: string,
  unit: MetricUnit,
  of: (episode: EpisodeSummary) => number,
  better: "lower" | null = "lower",
): ChainColumn => ({ name, head, unit, better, of });

export const CHAIN_COLUMNS: readonly ChainColumn[] = [
  chain("keys-moved", "keys moved", "share", (episode) => episode.keysMoved ?? NaN),
  chain("remap-misses", "remap misses", "count", ({ remapMisses }) => remapMisses ?? NaN),
  chain("busy-added", "busy added", "share", (episode) => rise(episode, "utilization")),
  chain("origin-added", "origin added", "rate", (episode) => rise(episode, "origin-rate")),
  chain("p99-before", "p99 before", "ms", ({ effects }) => effects.p99?.before ?? NaN, null),
  chain("p99-just-after", "just after", "ms", ({ effects }) => effects.p99?.justAfter ?? NaN),
  chain("p99-long-after", "long after", "ms", ({ effects }) => effects.p99?.longAfter ?? NaN),
  chain("back", "back after", "ms", backAfterMs),
  chain("false-alarms", "false alarms", "count", ({ falseAlarms }) => falseAlarms),
];
