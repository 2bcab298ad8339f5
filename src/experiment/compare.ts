/**
 * Variants side by side on the same traffic: one row a variant, one cell a column, each with the
 * difference to the first row and whether it is real. Runs may arrive in any order, from anywhere;
 * what they amount to depends on the plan alone.
 */
import { assert } from "../assert.ts";
import { acrossRuns } from "../statistics/across-runs.ts";
import type { RunValues, VariantResult, Verdict } from "../statistics/across-runs.ts";
import { changesInWords } from "../statistics/change-words.ts";
import type { Estimate } from "../statistics/intervals.ts";
import { LEVEL } from "../statistics/intervals.ts";
import { tidy } from "../statistics/rounding.ts";
import type { EpisodeSummary, RunSummary } from "../statistics/run-summary.ts";
import { CHAIN_COLUMNS, COMPARISON_COLUMNS, changeOf } from "./columns.ts";
import type { ComparisonColumn } from "./columns.ts";
import { judgedAcross } from "./expectations.ts";
import type { Judged, JudgedAcross } from "./expectations.ts";

export interface PlannedRun {
  readonly label: string;
  readonly seed: number;
  readonly run: () => RunSummary;
}

/** null: no figure. `half`: half the width of the 95 % interval, null below two values. */
export interface ComparisonEstimate {
  readonly count: number;
  readonly mean: number | null;
  readonly half: number | null;
}

export interface ComparisonCell extends ComparisonEstimate {
  /** No variant's mean is better. */
  readonly best: boolean;
  /** This row minus the first, paired by seed; null in the first row. */
  readonly difference: (ComparisonEstimate & { readonly verdict: Verdict }) | null;
}

export interface ComparisonRow {
  readonly label: string;
  /** Seeds of the finished runs. */
  readonly seeds: readonly number[];
  /** By seed, as `seeds`. */
  readonly fingerprints: readonly string[];
  readonly equalToFirst: boolean;
  /** One a column. */
  readonly cells: readonly ComparisonCell[];
}

/** The change that "before" and "after" speak of, as the first finished run saw it. */
export interface ComparedChange {
  readonly atMs: number | null;
  /** The nearest balancer above all that changed. */
  readonly of: string;
  /** One sentence a kind of change and balancer. */
  readonly what: readonly string[];
}

/**
 * What one change set off in each variant: means over the finished seeds, in the order of `rows`.
 */
export interface ComparedChain {
  readonly change: ComparedChange;
  readonly rows: readonly { readonly label: string; readonly cells: readonly (number | null)[] }[];
}

/** So many changes have their chain told. */
const MOST_CHAINS = 3;

/** Plain JSON. */
export interface ComparisonResult {
  readonly columns: readonly Omit<ComparisonColumn, "of">[];
  /** Of the intervals. */
  readonly level: number;
  readonly planned: number;
  readonly done: number;
  /** Some planned runs are missing. */
  readonly partial: boolean;
  readonly change: ComparedChange | null;
  readonly chainColumns: readonly Omit<ComparisonColumn, "of">[];
  /** The first changes of the first finished run; in others the change at the same time. */
  readonly chains: readonly ComparedChain[];
  /**
   * In the order of the plan; variants of which nothing is finished are left out, but for the
   * first.
   */
  readonly rows: readonly ComparisonRow[];
  /** Only where something is expected. */
  readonly expectations?: readonly JudgedAcross[];
}

type Plan = readonly { readonly label: string; readonly seed: number }[];

/** Gathers finished runs. */
export class Comparison {
  private readonly plan: Plan;
  private readonly columns: readonly ComparisonColumn[];
  /** By column: whether a run so far has made it stand there. */
  private readonly asked: boolean[];
  /** By index in the plan. */
  private readonly finished: (RunValues | undefined)[];
  private readonly changes: (ComparedChange | null)[];
  private readonly episodes: (readonly EpisodeSummary[] | undefined)[];
  private readonly judged: (readonly Judged[])[];

  /** Each label with each seed occurs at most once in a plan. */
  constructor(plan: Plan, columns: readonly ComparisonColumn[] = COMPARISON_COLUMNS) {
    const pairs = new Set(plan.map(({ label, seed }) => `${seed} ${label}`));
    assert(pairs.size === plan.length, "a plan has each variant with each seed once");
    this.plan = plan;
    this.columns = columns;
    this.finished = plan.map(() => undefined);
    this.asked = columns.map(() => false);
    this.changes = plan.map(() => null);
    this.episodes = plan.map(() => undefined);
    this.judged = plan.map(() => []);
  }

  /** The run at that index of the plan is finished. */
  add(index: number, summary: RunSummary, judged: readonly Judged[] = []): void {
    const { seed } = this.plan[index];
    assert(summary.seed === seed, "a run keeps the seed that it was planned with");
    const values = this.columns.map((column) => column.of(summary));
    for (const [column, { asks }] of this.columns.entries()) {
      this.asked[column] ||= asks === undefined ? !Number.isNaN(values[column]) : asks(summary);
    }
    this.finished[index] = { seed, fingerprint: summary.fingerprint, values };
    this.episodes[index] = summary.episodes;
    this.judged[index] = judged;
    const change = changeOf(summary);
    if (change !== undefined) this.changes[index] = comparedChange(change);
  }

  /** What is there so far. O(runs × columns). */
  result(): ComparisonResult {
    const columns = this.columns.flatMap((column, index) => {
      return column.optional === true && !this.asked[index] ? [] : [{ column, index }];
    });
    const labels = this.plan
      .map(({ label }) => label)
      .filter((label, index, all) => all.indexOf(label) === index);
    const variants = labels
      .map((label) => ({
        label,
        runs: this.runsOf(label).map((run) => ({
          ...run,
          values: columns.map(({ index }) => run.values[index]),
        })),
      }))
      // The first row stays, even empty: what the others are compared with does not depend on who
      // is ready first.
      .filter(({ runs }, index) => index === 0 || runs.length > 0);
    const expectations = judgedAcross(
      variants.map(({ label }) => {
        return this.judged.filter((_, index) => this.plan[index].label === label);
      }),
    );
    const done = this.finished.filter((run) => run !== undefined).length;
    return {
      columns: columns.map(({ column: { name, head, unit, better } }) => ({
        name,
        head,
        unit,
        better,
      })),
      level: LEVEL,
      planned: this.plan.length,
      done,
      partial: done < this.plan.length,
      change: this.changes.find((change) => change !== null) ?? null,
      chainColumns: CHAIN_COLUMNS.map(({ name, head, unit, better }) => {
        return { name, head, unit, better };
      }),
      chains: this.chains(variants.map(({ label }) => label)),
      rows: acrossRuns(
        columns.map(({ column }) => column),
        variants,
      ).map((variant) => rowOf(variant, this.runsOf(variant.label))),
      ...(expectations.length > 0 && { expectations }),
    };
  }

  private chains(labels: readonly string[]): ComparedChain[] {
    const first = this.episodes.find((episodes) => episodes !== undefined) ?? [];
    return first.slice(0, MOST_CHAINS).map((told, k) => ({
      change: comparedChange(told),
      rows: labels.map((label) => {
        const same = this.plan.flatMap((planned, index) => {
          if (planned.label !== label) return [];
          return sameEpisode(first, k, this.episodes[index] ?? []) ?? [];
        });
        return { label, cells: CHAIN_COLUMNS.map(({ of }) => tidy(meanOf(same.map(of)))) };
      }),
    }));
  }

  private runsOf(label: string): RunValues[] {
    return this.plan
      .flatMap((planned, index): RunValues[] => {
        const run = this.finished[index];
        return planned.label === label && run !== undefined ? [run] : [];
      })
      .toSorted((a, b) => a.seed - b.seed);
  }
}

const comparedChange = ({ startMs, of, changes }: EpisodeSummary): ComparedChange => ({
  atMs: startMs,
  of,
  what: changesInWords(changes),
});

/**
 * In another run, the first episode that begins nearer to `told[k]` than to its neighbours: a
 * failure is believed at another moment with every seed.
 */
function sameEpisode(
  told: readonly EpisodeSummary[],
  k: number,
  episodes: readonly EpisodeSummary[],
): EpisodeSummary | undefined {
  const at = (episode: EpisodeSummary | undefined, none: number): number =>
    episode?.startMs ?? none;
  const startMs = at(told[k], NaN);
  const fromMs = (startMs + at(told[k - 1], -Infinity)) / 2;
  const toMs = (startMs + at(told[k + 1], Infinity)) / 2;
  return episodes.find((episode) => at(episode, NaN) > fromMs && at(episode, NaN) <= toMs);
}

/** NaN if one has no figure: what was not seen to be back in one seed has no mean time. */
const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function rowOf(variant: VariantResult, runs: readonly RunValues[]): ComparisonRow {
  const { label, seeds, estimates, differences, equalToFirst, best } = variant;
  return {
    label,
    seeds,
    fingerprints: runs.map(({ fingerprint }) => fingerprint),
    equalToFirst,
    cells: estimates.map((estimate, column) => ({
      ...rounded(estimate),
      best: best.includes(column),
      difference:
        differences === null
          ? null
          : { ...rounded(differences[column]), verdict: differences[column].verdict },
    })),
  };
}

const rounded = ({ count, mean, half }: Estimate): ComparisonEstimate => ({
  count,
  mean: tidy(mean),
  half: tidy(half),
});

export interface RunDone {
  readonly index: number;
  readonly label: string;
  readonly seed: number;
  readonly summary: RunSummary;
  /** What would come out if it were stopped here; made only when asked for. */
  readonly soFar: () => ComparisonResult;
}

/**
 * Runs the plan in its order and yields after each run, so that whoever drives it may stop in
 * between and keep what is complete. Returns the result when all are done.
 */
export function* compareRuns(
  plan: readonly PlannedRun[],
  columns: readonly ComparisonColumn[] = COMPARISON_COLUMNS,
): Generator<RunDone, ComparisonResult> {
  const comparison = new Comparison(plan, columns);
  for (const [index, { label, seed, run }] of plan.entries()) {
    const summary = run();
    comparison.add(index, summary);
    yield { index, label, seed, summary, soFar: () => comparison.result() };
  }
  return comparison.result();
}
