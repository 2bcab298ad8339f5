/** A report's page: its model, and the model laid into the built page. */
import type { ComparisonResult } from "../../experiment/compare.ts";
import type { ExpectationResult } from "../../experiment/expectations.ts";
import { describeEvent } from "../../scenario/describe-events.ts";
import { describeScenario } from "../../scenario/describe.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { PlacementHistory } from "../../simulator/placement-history.ts";
import type { RunRecord } from "../../statistics/run-record.ts";
import type { RunSummary, SummarySettings } from "../../statistics/run-summary.ts";
import type { ComparedRun } from "../comparison-check.ts";
import { jsonText } from "../json.ts";
import type { Fact, Report } from "../report-model.ts";
import { comparisonAnswer, runAnswer } from "./answer.ts";
import { flowsModel, mapModel } from "./flows.ts";
import { heatModel } from "./heat.ts";
import { intervalTable } from "./intervals.ts";
import { latencyModel } from "./latency.ts";
import { lookAt } from "./look.ts";
import { PAGE_FORMAT } from "./page-model.ts";
import type { MapModel, PageEvent, PageModel, VariantModel } from "./page-model.ts";
import { placementModel } from "./placement.ts";
import { PAGE_METRICS, seriesModel } from "./series.ts";
import { treeTable } from "./tree.ts";

/** One run of a variant, as far as pictures need it. */
export interface PageRun {
  readonly label: string;
  readonly scenario: Scenario;
  readonly record: RunRecord;
  readonly settings: SummarySettings;
  readonly placements: readonly PlacementHistory[];
}

/** A variant's pictures, and the map that they lie on. */
export interface PageVariant {
  readonly model: VariantModel;
  readonly map: MapModel;
  readonly scenario: Scenario;
}

/**
 * Made as soon as a run is over, so that its record can go. `variants`: how many share the page.
 */
export function pageVariant(run: PageRun, variants: number): PageVariant {
  const { label, scenario, record, settings, placements } = run;
  const { windowMs } = scenario;
  return {
    scenario,
    map: mapModel(scenario, record),
    model: {
      label,
      seed: record.seed,
      fingerprint: record.fingerprint,
      series: seriesModel(record, settings, variants),
      heat: heatModel(record, windowMs, variants),
      latency: latencyModel(record, settings),
      flows: flowsModel(record, windowMs),
      placements: placements.map((history) => placementModel(record, history)),
    },
  };
}

export interface RunPageParts {
  /** The run's tables, as a terminal shows them. */
  readonly report: Report;
  readonly summary: RunSummary;
  readonly expectations: readonly ExpectationResult[];
  readonly variant: PageVariant;
}

export function runPage({ report, summary, expectations, variant }: RunPageParts): PageModel {
  const { answer, also } = runAnswer(summary, expectations);
  return {
    ...commonOf(report, [variant], summary.version),
    kind: "run",
    answer,
    also,
    comparison: null,
    tables: report.tables,
  };
}

export interface ComparisonPageParts {
  readonly report: Report;
  readonly result: ComparisonResult;
  readonly runs: readonly ComparedRun[];
  readonly version: string;
  /** At least one. */
  readonly variants: readonly PageVariant[];
}

export function comparisonPage(parts: ComparisonPageParts): PageModel {
  const { report, result, runs, version, variants } = parts;
  const expected = variants[0].scenario.expect.map(({ metric }) => metric);
  const { answer, also } = comparisonAnswer(result, expected, runs);
  return {
    ...commonOf(report, variants, version),
    kind: "comparison",
    answer,
    also,
    comparison: intervalTable(result),
    // The first table is the comparison itself, in more columns than a terminal has.
    tables: report.tables.filter(({ title }) => !title.startsWith("Variants")),
  };
}

type Own = "kind" | "answer" | "also" | "comparison" | "tables";

function commonOf(
  report: Report,
  variants: readonly PageVariant[],
  version: string,
): Omit<PageModel, Own> {
  const [{ scenario, map }] = variants;
  const models = variants.map(({ model }) => model);
  const events = eventsOf(scenario);
  const { warmupMs } = scenario;
  const { responseCache, targets } = scenario.root;
  const isCachedBefore =
    responseCache !== undefined && targets.every(({ kind }) => kind === "balancer");
  const looked = { map, metrics: PAGE_METRICS, events, warmupMs, isCachedBefore };
  return {
    format: PAGE_FORMAT,
    version,
    name: report.title,
    words: [...report.words, ...reasonOf(scenario)],
    verdicts: report.verdicts,
    facts: report.facts,
    notes: [...report.notes, ...gatheredNote(models, scenario.windowMs)],
    events,
    metrics: PAGE_METRICS,
    map,
    variants: models,
    look: lookAt({ ...looked, variants: models }),
    tree: treeTable(scenario),
    described: describeScenario(scenario),
    scenario: jsonText(scenario),
    footer: report.footer,
  };
}

const reasonOf = ({ reason }: Scenario): Fact[] =>
  reason === "" ? [] : [{ label: "because", text: reason }];

const eventsOf = (scenario: Scenario): PageEvent[] =>
  scenario.events.map((event, index) => ({
    atMs: event.atMs,
    sign: String(index + 1),
    text: describeEvent(event, scenario),
  }));

function gatheredNote(variants: readonly VariantModel[], windowMs: number): string[] {
  const series = Math.max(...variants.map(({ series: { gathered } }) => gathered));
  const heat = Math.max(...variants.map((variant) => variant.heat?.gathered ?? 1));
  if (series === 1 && heat === 1) return [];
  return [
    `So that the page stays small, a point of the time series stands for ${series} windows of ` +
      `${windowMs} ms (the shaded band goes from the least to the greatest of them), a column of ` +
      `the heat map for ${heat}. series.csv has every window.`,
  ];
}

/** What stands in the built page where the model goes. */
const SLOT = '<script type="application/json" id="model"></script>';

/** null: the template is not this version's page. */
export function pageText(template: string, model: PageModel): string | null {
  const at = template.indexOf(SLOT);
  if (at < 0) return null;
  // No text inside can end the element or begin another: `<` occurs in JSON's strings alone.
  const json = JSON.stringify(model).replaceAll("<", "\\u003c");
  const inside = at + SLOT.indexOf("</script>");
  return template.slice(0, inside) + json + template.slice(inside);
}
