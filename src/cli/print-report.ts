/**
 * A report as text: verdicts first, then facts, tables and the lines that let anybody repeat it.
 */
import { displayWidth, wrapped } from "../report/display-width.ts";
import type { Fact, Report, Table, Verdict } from "../report/report-model.ts";
import { layoutTable } from "../report/table-layout.ts";
import { printTable } from "./print-table.ts";
import { harmless, styleFor } from "./style.ts";
import type { Style } from "./style.ts";

export interface PrintOptions {
  readonly width: number;
  readonly colours: boolean;
}

/** Ends with a line feed; blocks are one empty line apart. */
export function printReport(report: Report, { width, colours }: PrintOptions): string {
  const style = styleFor(colours);
  const blocks = [
    [style.bold(harmless(report.title)), ...factLines(report.words, width, style)],
    report.verdicts.flatMap((verdict) => verdictLines(verdict, width, style)),
    factLines(report.facts, width, style),
    ...report.tables.map((table) => [printTables(table, width, style)]),
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
    .map((part) => printTable(part, style))
    .join("\n");
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
