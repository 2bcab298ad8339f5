/**
 * The files of a result: a pure function of what was run, so that `reproduce` can make them again.
 */
import { evaluateExpectations } from "../experiment/expectations.ts";
import type { ExpectationResult } from "../experiment/expectations.ts";
import type { ComparisonResult } from "../experiment/compare.ts";
import { settingsOf } from "../experiment/settings.ts";
import { comparisonReport } from "../report/comparison-report.ts";
import { csvText } from "../report/csv.ts";
import { jsonText } from "../report/json.ts";
import type { ComparisonManifest, RunManifest } from "../report/manifest.ts";
import { runReport } from "../report/run-report.ts";
import type { Report, Trends } from "../report/report-model.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { MetricValues, RunSummary, SummarySettings } from "../statistics/run-summary.ts";
import { summarize } from "../statistics/run-summary.ts";
import { SERIES_COLUMNS, seriesRows, seriesTable } from "../statistics/series.ts";
import type { SeriesRow, SeriesTable } from "../statistics/series.ts";
import { VERSION } from "../version.ts";
import type { Executed } from "./execute.ts";
import { seedsText } from "./options.ts";
import { printReport } from "./print-report.ts";
import type { ResultFiles } from "./result-folder.ts";
import { sha256 } from "./result-folder.ts";

/** Tables in files have the width that every terminal has. */
const FILE_WIDTH = 80;
/** Machines get their rows in series.csv as long as there are no more than this in all. */
const MOST_MACHINE_ROWS = 100_000;

export interface RunFigures {
  readonly settings: SummarySettings;
  readonly summary: RunSummary;
  readonly expectations: readonly ExpectationResult[];
  /** Lazily: only a result that is written needs it. */
  readonly series: () => Iterable<SeriesRow>;
  /** The courses of all selections but machines. */
  readonly trends: () => Trends;
}

/**
 * Everything that is taken from a run. One that was stopped is not held against what was expected
 * of the whole: its spans may lie beyond the end.
 */
export function figuresOf(scenario: Scenario, { record, stopped }: Executed): RunFigures {
  const settings = settingsOf(scenario, record.nodes);
  const machines = record.nodes.filter(({ kind }) => kind === "machine").length;
  const windows = record.endMs / scenario.windowMs;
  return {
    settings,
    summary: summarize(record, settings, VERSION),
    expectations: stopped === null ? evaluateExpectations(record, scenario.expect, settings) : [],
    series: () =>
      seriesRows(record, { ...settings, machines: machines * windows <= MOST_MACHINE_ROWS }),
    trends: () => trendsOf(seriesRows(record, { ...settings, machines: false }), "of"),
  };
}

const printed = (report: Report): string =>
  printReport(report, { width: FILE_WIDTH, colours: false });

const seriesText = ({ header, rows }: SeriesTable): string => csvText(header, rows);

/** What the rows of a time series tell of each selection, or of each variant as a whole. */
export function trendsOf(rows: Iterable<SeriesRow>, by: "of" | "variant"): Trends {
  const skipped = by === "of" ? 0 : 2;
  const courses = new Map<string, SeriesRow[]>();
  for (const row of rows) {
    const of = String(row[skipped + SERIES_COLUMNS.indexOf("of")]);
    if (by === "variant" && of !== "all") continue;
    const name = by === "of" ? of : String(row[0]);
    const known = courses.get(name);
    if (known === undefined) courses.set(name, [row]);
    else known.push(row);
  }
  return (of, metric) => {
    const column = SERIES_COLUMNS.indexOf(metric);
    const course = courses.get(of);
    if (column < 0 || course === undefined) return null;
    return course.map((row) => {
      const value = row[skipped + column];
      return typeof value === "number" ? value : null;
    });
  };
}

/** The tables of a run as its manifest tells it. */
export function runReportOf(
  { stopped, command: own }: RunManifest,
  { summary, expectations }: RunFigures,
  command = own,
): Report {
  const stoppedMs = stopped === null ? null : stopped.atMs;
  return runReport({ summary, expectations, stoppedMs, command });
}

export function runFiles(manifest: RunManifest, figures: RunFigures): ResultFiles {
  const { summary, expectations } = figures;
  const { partial } = manifest;
  const report = runReportOf(manifest, figures);
  return new Map([
    ["manifest.json", jsonText(manifest)],
    ["summary.json", jsonText({ ...summary, partial, expectations })],
    ["series.csv", seriesText(seriesTable(figures.series()))],
    ["table.txt", printed(report)],
  ]);
}

export interface FinishedRun {
  readonly variant: string;
  readonly seed: number;
  readonly fingerprint: string;
  readonly overall: MetricValues;
}

export interface ComparisonFigures {
  readonly result: ComparisonResult;
  readonly runs: readonly FinishedRun[];
  /** Lines of series.csv, of the first seed alone. */
  readonly series: readonly SeriesRow[];
}

/** The table of a comparison as its manifest tells it. */
export function comparisonReportOf(
  manifest: ComparisonManifest,
  result: ComparisonResult,
  command = manifest.command,
): Report {
  const scenario = manifest.variants[0]?.scenario;
  return comparisonReport({
    name: manifest.name,
    question: scenario?.question ?? "",
    expectation: scenario?.expectation ?? "",
    version: manifest.lbsim,
    result,
    seeds: seedsText(manifest.seeds),
    fingerprint: fingerprintOf(manifest),
    command,
  });
}

/** All runs' fingerprints as one of the same length. */
const fingerprintOf = ({ runs }: ComparisonManifest): string =>
  sha256(runs.map(({ fingerprint }) => fingerprint).join(" ")).slice(0, 16);

export function comparisonFiles(
  manifest: ComparisonManifest,
  { result, runs, series }: ComparisonFigures,
): ResultFiles {
  const { name, partial, seeds, lbsim: version } = manifest;
  return new Map([
    ["manifest.json", jsonText(manifest)],
    [
      "summary.json",
      jsonText({ format: 1, name, version, partial, seeds, comparison: result, runs }),
    ],
    ["series.csv", seriesText(seriesTable(series, ["variant", "seed"]))],
    ["table.txt", printed(comparisonReportOf(manifest, result))],
  ]);
}
