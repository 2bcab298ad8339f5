/**
 * Variants side by side for people: one row a variant, then what differs from the first and whether
 * that is real.
 */
import type { ComparisonCell, ComparisonResult, ComparisonRow } from "../experiment/compare.ts";
import { PAIRS_LEAST, VERDICT_WORDS } from "../statistics/across-runs.ts";
import type { Verdict } from "../statistics/across-runs.ts";
import { PARTS } from "../statistics/run-record.ts";
import { LEAST_NOTE } from "./change-tables.ts";
import { clock, formatDifferences, humanise, MISSING } from "./numbers.ts";
import { filled, withoutEmptyColumns } from "./report-model.ts";
import type { Column, Report, Table } from "./report-model.ts";
import { expectedText, wordsOf } from "./run-report.ts";

export interface ComparisonReportParts {
  readonly name: string;
  readonly question: string;
  readonly expectation: string;
  readonly version: string;
  readonly result: ComparisonResult;
  /** As `1..10`. */
  readonly seeds: string;
  /** Of all runs together. */
  readonly fingerprint: string;
  readonly command: string;
}

export function comparisonReport(parts: ComparisonReportParts): Report {
  const { result } = parts;
  const tables = [
    variantTable(result),
    ...chainTables(result),
    differenceTable(result),
    expectationTable(result),
  ];
  return {
    title: parts.name,
    words: wordsOf(parts),
    verdicts: [],
    facts: [{ label: "runs", text: `${result.done} of ${result.planned} (${variants(result)})` }],
    tables: filled(tables).map(withoutEmptyColumns),
    notes: result.partial
      ? [
          `Partial: stopped by hand after ${result.done} of ${result.planned} runs. ` +
            "Differences are taken from the pairs that are complete.",
        ]
      : [],
    footer: [
      { label: "seeds", text: parts.seeds },
      { label: "fingerprint", text: parts.fingerprint },
      { label: "version", text: `lbsim ${parts.version}` },
      { label: "again", text: parts.command },
    ],
  };
}

function variants({ rows }: ComparisonResult): string {
  const seeds = Math.max(0, ...rows.map((row) => row.seeds.length));
  const words = `${rows.length} ${rows.length === 1 ? "variant" : "variants"}`;
  return `${words} × ${seeds} ${seeds === 1 ? "seed" : "seeds"}, the same traffic for all`;
}

/** Columns that are read together stay together where the table is split. */
const GROUPS: readonly (readonly string[])[] = [
  ["p50", "p99"],
  ["peak-utilization", "imbalance", "starvation"],
  ["miss-rate-before", "miss-rate-just-after", "miss-rate-long-after"],
  ["response-hits-before", "response-hits-just-after", "response-hits-long-after"],
  ["keys-moved", "keys-moved-least"],
  ["sessions-moved", "sessions-lost", "session-bytes", "session-demand", "reload"],
  [
    "connections-opened",
    "connections-broken",
    "reconnects",
    "connections-open",
    "connection-imbalance",
  ],
];

/** As where a run tells where its time goes. */
const PARTS_SCALE: ReadonlySet<string> = new Set([...PARTS, "mean"]);

function variantTable(result: ComparisonResult): Table {
  const columns = result.columns.map(({ name, head, unit }): Column => {
    const group = GROUPS.findIndex((names) => names.includes(name));
    return {
      head,
      unit,
      ...(group < 0 ? {} : { group: String(group) }),
      ...(PARTS_SCALE.has(name) && { scale: "parts" }),
    };
  });
  const seeds = Math.max(0, ...result.rows.map((row) => row.seeds.length));
  return {
    title: seeds > 1 ? `Variants: mean of ${seeds} seeds` : "Variants",
    columns: [{ head: "variant", unit: "text" }, ...columns],
    rows: result.rows.map(({ label, cells }) => ({
      cells: [label, ...cells.map((cell) => cell.mean)],
      best: cells.flatMap((cell, index) => (cell.best ? [index + 1] : [])),
      of: label,
    })),
    notes: ["* best of its column", ...changeNote(result), ...leastNote(result)],
    keepRows: true,
    trend: "p99",
  };
}

const CHAIN_GROUPS: readonly (readonly string[])[] = [
  ["keys-moved", "remap-misses", "busy-added", "origin-added"],
  ["p99-before", "p99-just-after", "p99-long-after", "back"],
];

const CHAIN_P99: ReadonlySet<string> = new Set(["p99-before", "p99-just-after", "p99-long-after"]);

/** One table a change, where caches were remapped: from the keys to what users felt. */
function chainTables({ chains, chainColumns }: ComparisonResult): Table[] {
  const misses = chainColumns.findIndex(({ name }) => name === "remap-misses");
  const alarms = chainColumns.findIndex(({ name }) => name === "false-alarms");
  return chains.flatMap(({ change, rows }): Table[] => {
    if (rows.every(({ cells }) => cells[misses] === null)) return [];
    const quiet = rows.every(({ cells }) => (cells[alarms] ?? 0) === 0);
    const shown = chainColumns.flatMap((column, index) => {
      return quiet && index === alarms ? [] : [{ ...column, index }];
    });
    const keys = chainColumns.findIndex(({ name }) => name === "keys-moved");
    const moved = rows.some(({ cells }) => cells[keys] !== null);
    const back = chainColumns.findIndex(({ name }) => name === "back");
    const recovered = rows.some(({ cells }) => cells[back] !== null);
    const table: Table = {
      title: `What the change at ${clock(change.atMs ?? NaN)} set off (${firstOf(change.what)})`,
      columns: [
        { head: "variant", unit: "text" },
        ...shown.map(({ name, head, unit }): Column => {
          const group = CHAIN_GROUPS.findIndex((names) => names.includes(name));
          return {
            head,
            unit,
            ...(group < 0 ? {} : { group: `chain ${group}` }),
            ...(CHAIN_P99.has(name) && { scale: "p99" }),
          };
        }),
      ],
      rows: rows.map(({ label, cells }) => ({
        cells: [label, ...shown.map(({ index }) => cells[index])],
      })),
      notes: [
        `${moved ? "Keys moved: summed over the pool's changes. " : ""}Added: just after less before.`,
        recovered
          ? "Back after: until p99, miss rate and errors stay in their bands of before; – where one " +
            "was not seen to in every seed, or had not recovered from the change before."
          : "No variant's p99, miss rate and errors were all seen to be back in every seed.",
        ...(quiet ? [] : ["False alarms: targets believed down although they were up."]),
      ],
      keepRows: true,
    };
    return [table];
  });
}

/** A title has room for one kind of change. */
const firstOf = ([first, ...more]: readonly string[]): string =>
  more.length === 0 ? first : `${first}; and ${more.length} more`;

function changeNote({ change }: ComparisonResult): string[] {
  if (change === null) return [];
  return [
    `Before and after: the change at ${clock(change.atMs ?? NaN)} (${change.what.join("; ")}).`,
  ];
}

function leastNote({ columns, rows }: ComparisonResult): string[] {
  const index = columns.findIndex(({ name }) => name === "keys-moved-least");
  const known = index >= 0 && rows.some(({ cells }) => cells[index].mean !== null);
  return known ? [LEAST_NOTE] : [];
}

const UNMOVED = new Set<Verdict>(["equal", "none shown", "unknown"]);
const MARKS: Readonly<Record<string, string>> = {
  better: " ✓",
  worse: " ✗",
};

/** One row a figure, one column a variant: the difference to the first variant, paired by seed. */
function differenceTable(result: ComparisonResult): Table {
  const [first, ...others] = result.rows;
  const percent = humanise(result.level, "share").replace(".0", "");
  const pairs = others.some(({ cells }) =>
    cells.some(({ difference }) => (difference?.count ?? 0) >= PAIRS_LEAST),
  );
  const rows = result.columns.flatMap(({ head, name, unit, better }, index) => {
    // The traffic is the same: how many of its requests ended in the span says nothing of its own.
    if (name === "requests") return [];
    const cells = others.map((row) => row.cells[index]);
    if (cells.every((cell) => cell.difference === null || cell.difference.mean === null)) return [];
    // Of what is neither good nor bad, only a difference is news.
    const quiet = cells.every(
      ({ difference }) => difference === null || UNMOVED.has(difference.verdict),
    );
    if (better === null && quiet) return [];
    const { label, texts } = differences(cells, unit);
    return [{ cells: [`${groupWord(name)}${head}${label === "" ? "" : `, ${label}`}`, ...texts] }];
  });
  return {
    title: `Differences to ${first?.label ?? "the first"}, with ${percent} intervals`,
    columns: [
      { head: "figure", unit: "text" },
      ...others.map(({ label }): Column => ({ head: label, unit: "text" })),
    ],
    rows: others.length > 0 ? rows : [],
    notes: [
      "✓ better, ✗ worse: the interval of the paired differences (Student's t) leaves out zero.",
      ...(pairs
        ? []
        : [`No verdict from fewer than ${PAIRS_LEAST} seeds: ask for more with --seeds 1..10.`]),
    ],
  };
}

const NEGLIGIBLE = "negligible";
const roundsToZero = (text: string): boolean => /^[+−]?0(\.0+)?( |$)/.test(text);

const groupWord = (name: string): string =>
  name === "miss-rate-just-after" || name === "miss-rate-long-after" ? "miss rate " : "";

function differences(
  cells: readonly ComparisonCell[],
  unit: Column["unit"],
): { readonly label: string; readonly texts: readonly string[] } {
  const means = cells.map(({ difference }) => difference?.mean ?? null);
  const halves = cells.map(({ difference }) => difference?.half ?? null);
  const { unit: label, texts } = formatDifferences(means, halves, unit);
  const said = cells.map(({ difference }, index) => {
    const text = texts[index];
    if (difference === null || text === null) return MISSING;
    const { verdict } = difference;
    if (verdict === "none shown" || verdict === "equal") return VERDICT_WORDS[verdict];
    const mark = MARKS[verdict] ?? "";
    // Real, but smaller than what is printed: a mark beside a nought would only puzzle.
    return mark !== "" && roundsToZero(text) ? NEGLIGIBLE : `${text}${mark}`;
  });
  // A difference of shares is in percentage points.
  return { label: unit === "share" ? "points" : label, texts: said };
}

/** One row a variant, one column an expectation: in how many of its seeds it held. */
function expectationTable({ rows, expectations = [] }: ComparisonResult): Table {
  const heldIn = ({ seeds }: ComparisonRow, count: number | null): string | null =>
    count === null ? null : `${count} of ${seeds.length} ${count === seeds.length ? "✓" : "✗"}`;
  return {
    title: "Expectations: in how many seeds each holds",
    columns: [
      { head: "variant", unit: "text" },
      ...expectations.map((one): Column => ({ head: expectedText(one), unit: "text" })),
    ],
    rows:
      expectations.length === 0
        ? []
        : rows.map((row, index) => ({
            cells: [row.label, ...expectations.map(({ held }) => heldIn(row, held[index]))],
          })),
    notes: [
      "The exit code does not depend on them here, since variants are there to differ; that of " +
        "lbsim run does.",
    ],
    keepRows: true,
  };
}
