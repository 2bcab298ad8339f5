/**
 * Reads a comparison's `summary.json` back. It is checked as manifests are: against damage and
 * edits, not to tell anybody how to write one.
 */
import type { ComparisonResult } from "../experiment/compare.ts";
import type { MetricValues } from "../statistics/run-summary.ts";
import {
  flag,
  ifGiven,
  isRecord,
  list,
  number,
  oneOf,
  orNull,
  record,
  text,
  whole,
} from "./manifest-check.ts";

const UNITS = ["share", "ms", "count", "rate", "ratio", "bytes"] as const;
const VERDICTS = ["equal", "none shown", "better", "worse", "higher", "lower", "unknown"] as const;

const column = record({
  name: text,
  head: text,
  unit: oneOf(...UNITS),
  better: orNull(oneOf("lower", "higher")),
});
const figure = orNull(number);
const estimate = { count: whole, mean: figure, half: figure };
const change = record({ atMs: figure, of: text, what: list(text, 1) });

const comparison = record({
  columns: list(column, 1),
  level: number,
  planned: whole,
  done: whole,
  partial: flag,
  change: orNull(change),
  chainColumns: list(column),
  chains: list(record({ change, rows: list(record({ label: text, cells: list(figure) })) })),
  rows: list(
    record({
      label: text,
      seeds: list(whole),
      fingerprints: list(text),
      equalToFirst: flag,
      cells: list(
        record({
          ...estimate,
          best: flag,
          difference: orNull(record({ ...estimate, verdict: oneOf(...VERDICTS) })),
        }),
      ),
    }),
    1,
  ),
  expectations: ifGiven(
    list(
      record({
        metric: text,
        unit: oneOf(...UNITS),
        of: orNull(text),
        duringMs: orNull(list(number, 2)),
        above: figure,
        below: figure,
        held: list(orNull(whole)),
      }),
    ),
  ),
});

const runs = list(record({ variant: text, seed: whole, fingerprint: text, overall: record({}) }));

/** A comparison's summary: what its runs amounted to, and each run's own figures. */
export interface ComparisonSummary {
  readonly comparison: ComparisonResult;
  readonly runs: readonly ComparedRun[];
}

export interface ComparedRun {
  readonly variant: string;
  readonly seed: number;
  readonly fingerprint: string;
  readonly overall: MetricValues;
}

/** One sentence why it is none; null: it is one. */
const problemOf = (value: Record<string, unknown>): string | null =>
  comparison(value.comparison, "comparison") ??
  (hasCells(value.comparison) ? null : "its rows and columns do not match") ??
  runs(value.runs, "runs") ??
  (haveFigures(value.runs) ? null : "its runs' figures are no numbers");

const isSummary = (
  value: Record<string, unknown>,
): value is Record<string, unknown> & ComparisonSummary => problemOf(value) === null;

const haveFigures = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every(
    (run) =>
      isRecord(run) &&
      isRecord(run.overall) &&
      Object.values(run.overall).every((each) => each === null || typeof each === "number"),
  );

/** Every row has a cell a column, every expectation one a row: shapes alone do not say so. */
function hasCells(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const width = (lines: unknown, columns: unknown): boolean =>
    Array.isArray(lines) &&
    Array.isArray(columns) &&
    lines.every(
      (line) => isRecord(line) && Array.isArray(line.cells) && line.cells.length === columns.length,
    );
  const chains: readonly unknown[] = Array.isArray(value.chains) ? value.chains : [];
  const expectations: readonly unknown[] = Array.isArray(value.expectations)
    ? value.expectations
    : [];
  const rows = Array.isArray(value.rows) ? value.rows.length : 0;
  return (
    width(value.rows, value.columns) &&
    expectations.every(
      (one) => isRecord(one) && Array.isArray(one.held) && one.held.length === rows,
    ) &&
    chains.every((chain) => isRecord(chain) && width(chain.rows, value.chainColumns))
  );
}

/** The text of a comparison's `summary.json`, or one sentence why it is none. */
export function parseComparison(content: string): ComparisonSummary | string {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return "it is not JSON, or was cut off";
  }
  if (!isRecord(value)) return "it is no summary of lbsim";
  if (value.format !== 1) {
    return `its format is ${JSON.stringify(value.format)?.slice(0, 40) ?? "missing"}, this version reads 1`;
  }
  if (isSummary(value)) return value;
  return `it is no summary of a comparison, ${problemOf(value) ?? "it is damaged"}`;
}
