/**
 * What a change of a pool did to its users: miss rate and p99 before it, just after it and long
 * after it, and how long until they were back. Changes that follow each other within one window are
 * one *episode*: a datacenter's machines are not believed down all in the same instant.
 */
import { isThere, metricNamed } from "./metrics/registry.ts";
import type { MetricDefinition, MetricSettings } from "./metrics/registry.ts";
import { MISSES } from "./run-record.ts";
import type { ChangeRecord, NodeRecord, RunRecord } from "./run-record.ts";
import { EVERYTHING, ofNode } from "./selection.ts";
import type { Selection } from "./selection.ts";
import { tallyIn, tallyOf, windowsOf } from "./tally.ts";
import type { Span, Tally } from "./tally.ts";

/** Windows at most that make up "before". */
export const BEFORE_WINDOWS = 10;
/** Windows that make up "just after". */
export const JUST_AFTER_WINDOWS = 2;
/** "Long after" is the last part of the time until the next episode or the end. */
export const LONG_AFTER_PART = 1 / 3;
/** A figure is back when it stays in its band for so many windows with a figure. */
export const SETTLED_WINDOWS = 3;
/** The band ends at the worst of the windows before, plus this part of it … */
export const BAND_PART = 0.1;
/** … or, for shares, plus this much: 0.1 points. */
export const BAND_SHARE = 0.001;
/** … of misses 1 point: a few keys more or less are no illness. */
export const MISS_BAND_SHARE = 0.01;

export interface Episode {
  /** First and last change. */
  readonly startMs: number;
  readonly endMs: number;
  /** The nearest balancer above all that changed: whose users are looked at. */
  readonly balancer: number;
  readonly changes: readonly ChangeRecord[];
}

/** Changes after the warm-up, by time, joined where they lie less than a window apart. */
export function episodesOf(record: RunRecord, windowMs: number, warmupMs: number): Episode[] {
  const changes = record.changes
    .filter(({ atMs }) => atMs > 0 && atMs >= warmupMs)
    .toSorted((a, b) => a.atMs - b.atMs);
  const groups: ChangeRecord[][] = [];
  let lastMs = -Infinity;
  for (const change of changes) {
    if (change.atMs - lastMs < windowMs) groups[groups.length - 1].push(change);
    else groups.push([change]);
    lastMs = change.atMs;
  }
  return groups.map((group) => ({
    startMs: group[0].atMs,
    endMs: group[group.length - 1].atMs,
    balancer: group
      .map((change) => change.balancer)
      .reduce((a, b) => commonAncestor(record.nodes, a, b)),
    changes: group,
  }));
}

function commonAncestor(nodes: readonly NodeRecord[], a: number, b: number): number {
  let [one, other] = [a, b];
  while (one !== other) {
    if (nodes[one].tier >= nodes[other].tier) one = nodes[one].parent;
    else other = nodes[other].parent;
  }
  return one;
}

export interface Periods {
  readonly before: readonly [number, number];
  readonly justAfter: readonly [number, number];
  readonly longAfter: readonly [number, number];
}

/**
 * `onsetMs`: when that began which led to the episode, its start where nothing did; `sinceMs`: end
 * of the episode before or of the warm-up; `untilMs`: begin of what comes next, or the run's end.
 */
export function periodsOf(
  episode: Pick<Episode, "startMs" | "endMs"> & { readonly onsetMs?: number },
  windowMs: number,
  sinceMs: number,
  untilMs: number,
): Periods {
  const { startMs, endMs, onsetMs = startMs } = episode;
  return {
    before: [Math.max(sinceMs, onsetMs - BEFORE_WINDOWS * windowMs), onsetMs],
    justAfter: [startMs, Math.min(untilMs, endMs + JUST_AFTER_WINDOWS * windowMs)],
    longAfter: [untilMs - (untilMs - endMs) * LONG_AFTER_PART, untilMs],
  };
}

export interface BeforeAndAfter {
  readonly before: number;
  readonly justAfter: number;
  readonly longAfter: number;
}

export interface Effect {
  readonly metric: string;
  readonly values: BeforeAndAfter;
  /**
   * From the episode's begin until the figure stayed within its band; 0: it never left; NaN: not
   * seen to be back.
   */
  readonly backAfterMs: number;
}

export interface EpisodeEffects {
  readonly episode: Episode;
  readonly periods: Periods;
  readonly effects: readonly Effect[];
  /**
   * Remap misses until the next episode (or the end), less what as long a time had before the first
   * one: those that it caused. NaN where nothing is looked up, and of purges: they move no key.
   */
  readonly remapMisses: number;
  /** Targets that were believed down until then although they were up: it fed on itself. */
  readonly falseAlarms: number;
}

/** What is looked at around every change. */
export const EFFECT_METRICS = [
  "miss-rate",
  "remap-misses",
  "mean",
  "p99",
  "error-rate",
  "utilization",
  "origin-rate",
  "origin-utilization",
  "response-hit-rate",
] as const;

const HITS = "response-hit-rate";
const REMAP = MISSES.indexOf("remap");

/**
 * All episodes of a run. `series` may be given by who has it already. O(episodes × slices + windows
 * × cells).
 */
export function changeEffects(
  record: RunRecord,
  windowMs: number,
  warmupMs: number,
  settings: MetricSettings,
  series: WindowSeries = new WindowSeries(record, windowMs, settings),
): EpisodeEffects[] {
  const episodes = episodesOf(record, windowMs, warmupMs);
  /** The time before the first episode in which keys may move: as it usually is. */
  let usualMs: readonly [number, number] | null = null;
  /** By balancer, metrics that were not seen to be back when its next episode began. */
  const unwell = new Map<number, ReadonlySet<string>>();
  return episodes.map((episode, index) => {
    const sinceMs = index > 0 ? episodes[index - 1].endMs : warmupMs;
    const nextMs = index + 1 < episodes.length ? episodes[index + 1].startMs : record.endMs;
    const onsetMs = disturbedFrom(record, sinceMs, episode.startMs);
    const untilMs = disturbedFrom(record, episode.endMs, nextMs);
    const periods = periodsOf({ ...episode, onsetMs }, windowMs, sinceMs, untilMs);
    const selection = whose(record, episode);
    const tallyIt = ([fromMs, toMs]: readonly [number, number]) =>
      tallyOf(record, selection, fromMs, Math.max(fromMs, toMs));
    const tallies = {
      before: tallyIt(periods.before),
      justAfter: tallyIt(periods.justAfter),
      longAfter: tallyIt(periods.longAfter),
    };
    const effects = EFFECT_METRICS.map((name) => metricNamed(name)!)
      .filter((metric) => isThere(metric, record))
      .map((metric): Effect => {
        const of = selectionFor(metric, selection, series);
        const figure = (tally: Tally): number =>
          metric.of(of === selection ? tally : tallyIn(tally.span, of), settings);
        const values = {
          before: figure(tallies.before),
          justAfter: figure(tallies.justAfter),
          longAfter: figure(tallies.longAfter),
        };
        const course = illnessOf(metric, series.of(metric, of));
        const when = { baseline: periods.before, startMs: episode.startMs, untilMs };
        const backMs = backIn(series.windows, course, bandOf(metric), when);
        const isUnwell = unwell.get(episode.balancer)?.has(metric.name) === true;
        const backAfterMs = isUnwell ? NaN : backMs - episode.startMs;
        return { metric: metric.name, values, backAfterMs };
      });
    const stillIll = effects.filter(({ values, backAfterMs }) => {
      return Number.isNaN(backAfterMs) && !Number.isNaN(values.before);
    });
    unwell.set(episode.balancer, new Set(stillIll.map(({ metric }) => metric)));
    const mayMove = episode.changes.some(({ purged }) => purged !== true);
    if (mayMove) usualMs ??= periods.before;
    return {
      episode,
      periods,
      effects,
      remapMisses:
        mayMove && usualMs !== null
          ? remapMissesOf(tallyIt(usualMs), tallyIt([episode.startMs, nextMs]))
          : NaN,
      falseAlarms: falseAlarms(record, episode.startMs, nextMs),
    };
  });
}

/** Those that the metric has a figure of: all for what is nobody's part. */
function selectionFor(
  metric: MetricDefinition,
  selection: Selection,
  series: WindowSeries,
): Selection {
  if (metric.whole === true) return EVERYTHING;
  if (metric.name !== HITS) return selection;
  // A balancer's own cache, not those beneath it: one that has none speaks of all there are.
  return series.of(metric, selection).every(Number.isNaN) ? EVERYTHING : selection;
}

/** Less is better: of a share that is to be high, what is missing of all. */
const illnessOf = ({ better }: MetricDefinition, values: readonly number[]): readonly number[] =>
  better === "higher" ? values.map((value) => 1 - value) : values;

/**
 * Changes of the truth that balancers find out about later, if at all: what follows is not the old.
 */
const DISTURBANCES: ReadonlySet<string> = new Set(["failed", "slowed", "cut", "rate"]);

/** When the truth first changed in (afterMs, beforeMs): a fault comes before the belief in it. */
function disturbedFrom({ notices }: RunRecord, afterMs: number, beforeMs: number): number {
  const first = notices.find(({ atMs, what }) => {
    return atMs > afterMs && atMs < beforeMs && DISTURBANCES.has(what);
  });
  return first?.atMs ?? beforeMs;
}

function remapMissesOf(usual: Tally, after: Tally): number {
  const lasted = ({ span }: Tally): number => span.toMs - span.fromMs;
  if (after.hits + after.misses.reduce((sum, count) => sum + count, 0) === 0) return NaN;
  const rate = lasted(usual) > 0 ? usual.misses[REMAP] / lasted(usual) : 0;
  return Math.max(0, after.misses[REMAP] - rate * lasted(after));
}

/**
 * Targets that a balancer began to believe down in [fromMs, toMs) while nothing had failed there.
 */
function falseAlarms(record: RunRecord, fromMs: number, toMs: number): number {
  const failed = new Set<number>();
  const alarmed = new Set<number>();
  for (const { atMs, what, node } of record.notices) {
    if (atMs >= toMs) break;
    if (what === "failed") failed.add(node);
    else if (what === "recovered") failed.delete(node);
    else if (what === "believed-down" && atMs >= fromMs) {
      let at = node;
      while (at >= 0 && !failed.has(at)) at = record.nodes[at].parent;
      if (at < 0) alarmed.add(node);
    }
  }
  return alarmed.size;
}

/** The root's users are all, those that reached no balancer among them. */
const whose = (record: RunRecord, { balancer }: Episode): Selection =>
  record.nodes[balancer].parent < 0 ? EVERYTHING : ofNode(balancer);

/** Figures by window of the whole run, made once for each metric and selection. */
export class WindowSeries {
  private readonly known = new Map<string, number[]>();
  private made: readonly Span[] | null = null;

  constructor(
    private readonly record: RunRecord,
    private readonly windowMs: number,
    private readonly settings: MetricSettings,
  ) {}

  /** Made when somebody first asks: most runs have no change and no failure to look into. */
  get windows(): readonly Span[] {
    this.made ??= windowsOf(this.record, this.windowMs);
    return this.made;
  }

  of(metric: MetricDefinition, selection: Selection): readonly number[] {
    const key = `${metric.name} ${JSON.stringify(selection)}`;
    let values = this.known.get(key);
    if (values === undefined) {
      values = this.windows.map((window) => metric.of(tallyIn(window, selection), this.settings));
      this.known.set(key, values);
    }
    return values;
  }
}

export interface Band {
  readonly part: number;
  readonly share: number;
}

export const bandOf = (metric: MetricDefinition): Band => ({
  part: BAND_PART,
  share:
    metric.unit !== "share"
      ? 0
      : metric.name.startsWith("miss-") || metric.name === HITS
        ? MISS_BAND_SHARE
        : BAND_SHARE,
});

/**
 * The time at which a figure, where less is better, is back in its band after `startMs`: the end of
 * the last window out of it before `SETTLED_WINDOWS` windows in a row are inside. `startMs` itself
 * if no window leaves the band first; NaN if it is not back before `untilMs`, or if there is
 * nothing to compare or to be compared with. Windows without a figure say nothing.
 */
export function backIn(
  windows: readonly Span[],
  values: readonly number[],
  band: Band,
  when: {
    readonly baseline: readonly [number, number];
    readonly startMs: number;
    readonly untilMs: number;
  },
): number {
  let worst = NaN;
  for (let k = 0; k < windows.length; k++) {
    const { fromMs, toMs } = windows[k];
    if (fromMs < when.baseline[0] || toMs > when.baseline[1] || Number.isNaN(values[k])) continue;
    if (Number.isNaN(worst) || values[k] > worst) worst = values[k];
  }
  if (Number.isNaN(worst)) return NaN;
  const limit = worst * (1 + band.part) + band.share;
  let backMs = when.startMs;
  let inside = 0;
  let seen = 0;
  for (let k = 0; k < windows.length; k++) {
    const { fromMs, toMs } = windows[k];
    if (toMs <= when.startMs || fromMs >= when.untilMs || Number.isNaN(values[k])) continue;
    seen++;
    if (values[k] > limit) {
      backMs = toMs;
      inside = 0;
    } else if (++inside >= SETTLED_WINDOWS && backMs > when.startMs) {
      return backMs;
    }
  }
  // Never out of the band, or inside at the end for too short a time to say so.
  return seen > 0 && backMs === when.startMs ? backMs : NaN;
}
