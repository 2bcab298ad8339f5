/**
 * A report as text: verdicts first, then facts, tables and the lines that let anybody repeat it.
 */
import { displayWidth, wrapped } from "../report/display-width.ts";
import { humanise } from "../report/numbers.ts";
import type { Fact, Report, Table, Trends, Verdict } from "../report/report-model.ts";
import { sparkline } from "../report/sparkline.ts";
import { metricNamed } from "../statistics/metrics/registry.ts";
import { layoutTable } from "../report/table-layout.ts";
import { printTable } from "./print-table.ts";
import { harmless, styleFor } from "./style.ts";
import type { Style } from "./style.ts";

export interface PrintOptions {
  readonly width: number;
  readonly colours: boolean;
  /** Where they are known, rows end with a small picture of their course. */
  readonly trends?: Trends;
}

/** Ends with a line feed; blocks are one empty line apart. */
export function printReport(report: Report, options: PrintOptions): string {
  const { width, colours, trends } = options;
  const style = styleFor(colours);
  const blocks = [
    [style.bold(harmless(report.title)), ...factLines(report.words, width, style)],
    report.verdicts.flatMap((verdict) => verdictLines(verdict, width, style)),
    factLines(report.facts, width, style),
    ...report.tables.map((table) => {
      const shown = trends === undefined ? table : withTrends(table, trends);
      return [printTables(shown, width, style)];
    }),
    report.notes.flatMap((note) => wrapped(harmless(note), width)),
    footerLines(report.footer, style),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n").trimEnd())
    .join("\n\n")}\n`;
}

/** One table of the model, in as many parts as the width asks for. */
export function printTables(table: Table, width: number, style: Style): string {
  const clean: Table = {
    ...table,
    title: harmless(table.title),
    columns: table.columns.map((column) => ({ ...column, head: harmless(column.head) })),
    rows: table.rows.map((row) => ({
      ...row,
      cells: row.cells.map((cell) => (typeof cell === "string" ? harmless(cell) : cell)),
    })),
    notes: table.notes.flatMap((note) => wrapped(harmless(note), width)),
  };
  return layoutTable(clean, width)
    .map((part) => printTable({ ...part, title: wrapped(part.title, width).join("\n") }, style))
    .join("\n");
}

const TREND_WIDTH = 16;

/** A column more, with the course of each row's metric; all rows share one scale. */
export function withTrends(table: Table, trends: Trends): Table {
  const { trend } = table;
  const metric = trend === undefined ? undefined : metricNamed(trend);
  if (trend === undefined || metric === undefined) return table;
  const courses = table.rows.map(({ of }) => (of === undefined ? null : trends(of, trend)));
  const known = courses.flatMap((course) => course ?? []).filter((value) => value !== null);
  if (known.length < 2) return table;
  const most = known.reduce((greatest, value) => Math.max(greatest, value), 0);
  return {
    ...table,
    columns: [...table.columns, { head: `${trend} over time`, unit: "text" }],
    rows: table.rows.map((row, i) => ({
      ...row,
      cells: [...row.cells, sparkline(courses[i] ?? [], TREND_WIDTH, most)],
    })),
    notes: [...table.notes, `${trend} over time: █ is ${humanise(most, metric.unit)}.`],
  };
}

function factLines(facts: readonly Fact[], width: number, style: Style): string[] {
  const indent = Math.max(0, ...facts.map((fact) => displayWidth(fact.label))) + 2;
  return facts.flatMap(({ label, text }) => {
    const [first = "", ...more] = wrapped(harmless(text), Math.max(20, width - indent));
    const head = `${label}${" ".repeat(indent - displayWidth(label))}`;
    return [`${style.dim(head)}${first}`, ...more.map((line) => `${" ".repeat(indent)}${line}`)];
  });
}

function verdictLines(verdict: Verdict, width: number, style: Style): string[] {
  const mark = verdict.passed ? style.good("✓") : style.bad("✗");
  const [first = "", ...more] = wrapped(harmless(verdict.text), width - 2);
  return [`${mark} ${first}`, ...more.map((line) => `  ${line}`)];
}

/** A command must be copied in one piece: footers are never wrapped. */
const footerLines = (facts: readonly Fact[], style: Style): string[] => {
  const indent = Math.max(0, ...facts.map((fact) => displayWidth(fact.label))) + 2;
  return facts.map(({ label, text }) =>
    style.dim(`${label}${" ".repeat(indent - displayWidth(label))}${harmless(text)}`),
  );
};
