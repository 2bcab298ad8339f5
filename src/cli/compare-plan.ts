/** Carries out the plan of a comparison: what `compare` runs and `reproduce` runs again. */
import { Comparison } from "../experiment/compare.ts";
import type { ComparisonResult } from "../experiment/compare.ts";
import { judge } from "../experiment/expectations.ts";
import { comparisonManifest } from "../report/manifest.ts";
import type { ComparisonManifest, InputEntry, OverrideEntry } from "../report/manifest.ts";
import type { RunPlan } from "../scenario/plan-runs.ts";
import type { Inputs, Scenario } from "../scenario/scenario.ts";
import type { SeriesRow } from "../statistics/series.ts";
import { execute } from "./execute.ts";
import type { Executed } from "./execute.ts";
import type { Interrupt } from "./io.ts";
import { figuresOf } from "./result-files.ts";
import type { ComparisonFigures, FinishedRun, RunFigures } from "./result-files.ts";

export interface PlanEntry {
  readonly label: string;
  readonly seed: number;
  readonly scenario: Scenario;
}

export interface Compared extends ComparisonFigures {
  readonly result: ComparisonResult;
}

export interface CompareHooks {
  readonly interrupt: Interrupt;
  /** Part of all runs done, requests so far, what is being done. */
  readonly onProgress: (done: number, requests: number, doing: string) => void;
  /** Each finished run of the first seed, before its record goes. */
  readonly onFirst?: (entry: PlanEntry, executed: Executed, figures: RunFigures) => void;
  /** Whether a run is to be carried out; all of them unless told otherwise. */
  readonly wanted?: (entry: PlanEntry) => boolean;
}

/**
 * All variants of one seed before the next seed: whenever it is stopped, what is finished can be
 * compared in pairs. A run that is stopped in its middle is dropped.
 */
export async function comparePlan(
  plan: readonly PlanEntry[],
  inputs: Inputs,
  { interrupt, onProgress, onFirst, wanted = () => true }: CompareHooks,
): Promise<Compared> {
  const comparison = new Comparison(plan);
  const order = [...plan.entries()].filter(([, entry]) => wanted(entry));
  const seeds = [...new Set(plan.map(({ seed }) => seed))];
  order.sort(
    ([a, one], [b, other]) => seeds.indexOf(one.seed) - seeds.indexOf(other.seed) || a - b,
  );
  const runs: FinishedRun[] = [];
  const series: SeriesRow[] = [];
  let born = 0;
  for (const [index, entry] of order) {
    const { label, seed, scenario } = entry;
    const doing = `${label}, seed ${seed}`;
    const executed = await execute(scenario, inputs, seed, {
      interrupt,
      onPiece: (part, requests) =>
        onProgress((runs.length + part) / order.length, born + requests, doing),
    });
    if (executed.stopped !== null) break;
    const figures = figuresOf(scenario, executed);
    const { summary, settings } = figures;
    comparison.add(index, summary, judge(executed.record, scenario.expect, settings));
    runs.push({ variant: label, seed, fingerprint: summary.fingerprint, overall: summary.overall });
    if (seed === seeds[0]) {
      for (const row of figures.series()) series.push([label, seed, ...row]);
      onFirst?.(entry, executed, figures);
    }
    born += executed.record.bornTotal;
  }
  return { result: comparison.result(), runs, series };
}

interface ManifestFields {
  readonly command: string;
  readonly overrides: readonly OverrideEntry[];
  readonly inputs: readonly InputEntry[];
}

/** The plan as a manifest keeps it: each variant's scenario once, with the first seed in it. */
export function manifestOf(
  { runs: plan, labels, seeds }: Pick<RunPlan, "runs" | "labels" | "seeds">,
  { result, runs }: Compared,
  fields: ManifestFields,
): ComparisonManifest {
  const variants = labels.flatMap((label) => {
    const first = plan.find((entry) => entry.label === label);
    return first === undefined ? [] : [{ label, scenario: first.scenario }];
  });
  return comparisonManifest({
    name: variants[0].scenario.name,
    partial: result.partial,
    seeds,
    runs: runs.map(({ variant, seed, fingerprint }) => ({ variant, seed, fingerprint })),
    variants,
    ...fields,
  });
}
