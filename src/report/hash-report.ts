/** Placement structures side by side: balance, what changes move, what they cost. */
import type { Comparison, StructureFigures } from "../laboratory/comparison.ts";
import type { Explanation } from "../laboratory/explain.ts";
import { csvText } from "./csv.ts";
import { grouped, humanise } from "./numbers.ts";
import { filled, withoutEmptyColumns } from "./report-model.ts";
import type { Column, Fact, Report, Row, Table, Value } from "./report-model.ts";

export interface HashReportParts {
  readonly comparison: Comparison;
  /** Where the keys come from: `key-1-0 …`, or a file. */
  readonly keysFrom: string;
  readonly seed: number;
  readonly version: string;
  readonly command: string;
  /** What was left out of the input. */
  readonly notes: readonly string[];
}

export function hashReport(parts: HashReportParts): Report {
  const { comparison, keysFrom } = parts;
  const { bound, keys, nodes, weighted } = comparison;
  const facts: Fact[] = [
    { label: "nodes", text: `${grouped(nodes)}${weighted ? ", of unequal weights" : ""}` },
    { label: "keys", text: `${grouped(keys)}, ${keysFrom}` },
  ];
  if (bound !== null) {
    facts.push({ label: "bound", text: `${bound} times the fair part of a node, rounded up` });
  }
  const tables = [
    balanceTable(comparison),
    boundTable(comparison),
    ...changeTables(comparison),
    costTable(comparison),
  ];
  return {
    title: "Placement without a simulation",
    words: [],
    verdicts: [],
    facts,
    tables: filled(tables).map(withoutEmptyColumns),
    notes: parts.notes,
    footer: [
      { label: "seed", text: String(parts.seed) },
      { label: "version", text: `lbsim ${parts.version}` },
      { label: "again", text: parts.command },
    ],
  };
}

const NAME: Column = { head: "structure", unit: "text" };

const REPEATS_TOLD: Readonly<Record<Comparison["repeats"], string>> = {
  none: "",
  counted: ", each as often as it is asked for",
  unknown: ", and more where keys repeat",
};

function balanceTable(comparison: Comparison): Table {
  const { structures, chance, keys, repeats, weighted } = comparison;
  const deaf = structures.filter((one) => !one.weighted).map(({ structure }) => structure);
  return {
    title: "Balance: a node's share of the keys over its fair share",
    columns: [
      NAME,
      { head: "max/mean", unit: "factor" },
      { head: "σ/μ", unit: "share" },
      { head: "least", unit: "factor", group: "spread" },
      { head: "p1", unit: "factor", group: "spread" },
      { head: "p50", unit: "factor", group: "spread" },
      { head: "p99", unit: "factor", group: "spread" },
      { head: "greatest", unit: "factor", group: "spread" },
      { head: "without a key", unit: "count" },
    ],
    rows: structures.map(({ structure, balance }): Row => {
      const { imbalance, deviation, least, p1, p50, p99, greatest, empty } = balance;
      const without = empty === 0 ? null : empty;
      // Of equal weights the greatest is max/mean once more.
      const most = weighted ? greatest : null;
      return { cells: [structure, imbalance, deviation, least, p1, p50, p99, most, without] };
    }),
    notes: [
      `Chance alone gives an even spread a σ/μ of ${humanise(chance, "share")} with ` +
        `${grouped(keys)} keys${REPEATS_TOLD[repeats]}.`,
      ...(weighted && deaf.length > 0 ? [`Weights are ignored by ${deaf.join(", ")}.`] : []),
    ],
    keepRows: true,
  };
}

/** No rows without a bound. */
function boundTable({ structures }: Comparison): Table {
  return {
    title: "Bound: keys that went on from full nodes",
    columns: [
      NAME,
      { head: "pushed on", unit: "share" },
      { head: "full nodes passed at most", unit: "count" },
    ],
    rows: structures.flatMap(({ structure, bounded }): Row[] =>
      bounded === null ? [] : [{ cells: [structure, bounded.pushed, bounded.longest] }],
    ),
    notes: ["Changes give all keys out anew in the same order: some move since others do."],
    keepRows: true,
  };
}

const CHANGE_COLUMNS: readonly Column[] = [
  { head: "keys moved", unit: "share", group: "moved" },
  { head: "least possible", unit: "share", group: "moved" },
  { head: "excess", unit: "share", group: "moved", signed: true },
  { head: "among those that stayed", unit: "share" },
  { head: "heirs of a lost node", unit: "count", group: "heirs" },
  { head: "greatest heir", unit: "share", group: "heirs" },
  { head: "max/mean after", unit: "factor" },
];

/** A table a change; of one structure alone, one table with a row a change. */
function changeTables({ structures, changes }: Comparison): Table[] {
  const inherited = structures.some(({ changes: all }) => all.some(({ heirs }) => heirs !== null));
  const draws = Math.max(0, ...changes.map((change) => change.draws));
  const notes = [
    ...(draws > 1 ? [`Random changes: means of ${draws} draws.`] : []),
    "Least possible: what even shares before and after would need.",
    ...(inherited
      ? ["Greatest heir: the greatest part of one lost node's keys that went to one other node."]
      : []),
  ];
  if (structures.length === 1 && changes.length > 1) {
    const [only] = structures;
    const rows = changes.map(({ words }, index) => changeRow(words, only, index));
    const columns = [{ head: "change", unit: "text" } as const, ...CHANGE_COLUMNS];
    return [{ title: `Changes under ${only.structure}`, columns, rows, notes, keepRows: true }];
  }
  return changes.map(({ words }, index) => ({
    title: `Change: ${words}`,
    columns: [NAME, ...CHANGE_COLUMNS],
    rows: structures.map((one) => changeRow(one.structure, one, index)),
    notes: index === changes.length - 1 ? notes : [],
    keepRows: true,
  }));
}

function changeRow(name: string, { changes }: StructureFigures, index: number): Row {
  const one = changes[index];
  const { moved, least, excess, strayed, heirs, greatestHeir, imbalanceAfter } = one;
  return { cells: [name, moved, least, excess, strayed, heirs, greatestHeir, imbalanceAfter] };
}

function costTable({ structures }: Comparison): Table {
  const hasTimes = structures.some(({ timing }) => timing !== null);
  return {
    title: "Cost, in n nodes",
    columns: [
      NAME,
      { head: "lookup", unit: "text" },
      { head: "change", unit: "text" },
      { head: "bytes", unit: "count" },
      { head: "hash of keys", unit: "text" },
      { head: "lookup, ns", unit: "count" },
      { head: "build, µs", unit: "count" },
      { head: "update, µs", unit: "count" },
    ],
    rows: structures.map(({ structure, cost, bytes, hash, timing }): Row => {
      const build = microseconds(timing?.buildNs);
      const update = microseconds(timing?.updateNs);
      const lookup = timing?.lookupNs ?? null;
      return {
        cells: [structure, cost.lookup, cost.change, bytes, hash, lookup, build, update],
      };
    }),
    notes: hasTimes ? ["Times are of this machine and this run; update: the first change."] : [],
    keepRows: true,
  };
}

const microseconds = (ns: number | null | undefined): number | null =>
  ns === null || ns === undefined ? null : ns / 1000;

type Figure = (row: CsvRow) => Value | undefined;

/** One row of the CSV: a structure before all changes, or after one of them. */
interface CsvRow {
  readonly comparison: Comparison;
  readonly one: StructureFigures;
  readonly change: number | null;
}

const changed = ({ one, change }: CsvRow): StructureFigures["changes"][number] | null =>
  change === null ? null : one.changes[change];
const unchanged = ({ one, change }: CsvRow): StructureFigures["balance"] | null =>
  change === null ? one.balance : null;
const timed = ({ one, change }: CsvRow): StructureFigures["timing"] =>
  change === null ? one.timing : null;

/** Shares are parts of 1. */
const CSV_COLUMNS: readonly (readonly [head: string, figure: Figure])[] = [
  ["structure", ({ one }) => one.structure],
  ["hash", ({ one }) => one.hash],
  ["nodes", ({ comparison }) => comparison.nodes],
  ["keys", ({ comparison }) => comparison.keys],
  ["change", ({ comparison, change }) => comparison.changes[change ?? -1]?.change],
  ["draws", ({ comparison, change }) => comparison.changes[change ?? -1]?.draws],
  ["imbalance", (row) => unchanged(row)?.imbalance ?? changed(row)?.imbalanceAfter],
  ["deviation", (row) => unchanged(row)?.deviation ?? changed(row)?.deviationAfter],
  ["least", (row) => unchanged(row)?.least],
  ["p0.5", (row) => unchanged(row)?.p0_5],
  ["p1", (row) => unchanged(row)?.p1],
  ["p50", (row) => unchanged(row)?.p50],
  ["p99", (row) => unchanged(row)?.p99],
  ["p99.5", (row) => unchanged(row)?.p99_5],
  ["greatest", (row) => unchanged(row)?.greatest],
  ["empty", (row) => unchanged(row)?.empty],
  ["moved", (row) => changed(row)?.moved],
  ["moved-least", (row) => changed(row)?.least],
  ["moved-least-by-share", (row) => changed(row)?.leastByShare],
  ["excess", (row) => changed(row)?.excess],
  ["strayed", (row) => changed(row)?.strayed],
  ["heirs", (row) => changed(row)?.heirs],
  ["greatest-heir", (row) => changed(row)?.greatestHeir],
  ["bytes", ({ one, change }) => (change === null ? one.bytes : null)],
  ["lookup-ns", (row) => timed(row)?.lookupNs],
  ["build-ns", (row) => timed(row)?.buildNs],
  ["update-ns", (row) => timed(row)?.updateNs],
];

/** Where there is a bound. */
const CSV_BOUND_COLUMNS: typeof CSV_COLUMNS = [
  ["bound", ({ comparison }) => comparison.bound],
  ["pushed", ({ one, change }) => (change === null ? one.bounded?.pushed : null)],
  ["full-passed", ({ one, change }) => (change === null ? one.bounded?.longest : null)],
];

/** A row a structure before all changes, then one a change. */
export function hashCsv(comparison: Comparison): string {
  const rows = comparison.structures.flatMap((one): CsvRow[] => [
    { comparison, one, change: null },
    ...comparison.changes.map((_, change) => ({ comparison, one, change })),
  ]);
  const columns = comparison.bound === null ? CSV_COLUMNS : [...CSV_COLUMNS, ...CSV_BOUND_COLUMNS];
  return csvText(
    columns.map(([head]) => head),
    rows.map((row) => columns.map(([, figure]) => figure(row) ?? null)),
  );
}

/** Why a key lands where it does: one block of facts a structure. */
export function explainReport(key: string, found: readonly Explanation[]): Report {
  return {
    title: `Where "${key}" lands`,
    words: [],
    verdicts: [],
    facts: found.flatMap(({ structure, hash, value, owner, steps }): Fact[] => [
      { label: structure, text: `${owner}, by ${hash} ${value}` },
      ...steps.map((text) => ({ label: "", text })),
    ]),
    tables: [],
    notes: [],
    footer: [],
  };
}
