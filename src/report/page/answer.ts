/** The answer in one sentence, made from the numbers: which variant, by how much, how sure. */
import type { ExpectationResult } from "../../experiment/expectations.ts";
import type { ComparisonColumn } from "../../experiment/columns.ts";
import type { ComparisonResult, ComparisonRow } from "../../experiment/compare.ts";
import { PAIRS_LEAST } from "../../statistics/across-runs.ts";
import { excludesZero, pairedDifference } from "../../statistics/intervals.ts";
import { metricNamed } from "../../statistics/metrics/registry.ts";
import type { RunSummary } from "../../statistics/run-summary.ts";
import type { ComparedRun } from "../comparison-check.ts";
import { formatDifferences, humanise } from "../numbers.ts";
import { verdictOf } from "../run-report.ts";

type Column = Omit<ComparisonColumn, "of">;

export interface Answer {
  readonly answer: string;
  readonly also: readonly string[];
}

/** Differences of availability below this decide nothing while latency may. */
const NOTABLE_SHARE = 0.001;
/** And other shares that differ by less are not worth a line. */
const NOTABLE_POINTS = 0.005;
const MOST_ALSO = 3;

/**
 * `expected`: metrics that the scenario expects something of. `runs`: figures by seed, for what the
 * comparison has not paired itself.
 */
export function comparisonAnswer(
  result: ComparisonResult,
  expected: readonly string[],
  runs: readonly ComparedRun[],
): Answer {
  const { columns, rows } = result;
  if (rows.length < 2) return { answer: "There is one variant, and nothing to compare.", also: [] };
  const main = mainColumn(result, expected);
  if (main < 0)
    return { answer: "No figure is there that variants could be compared by.", also: [] };
  const shown = columns.flatMap((column, index) => {
    const tells = index !== main && isTelling(column) && differs(rows, index);
    return tells && (column.unit !== "share" || widthOf(rows, index) >= NOTABLE_POINTS)
      ? [index]
      : [];
  });
  const telling = shown
    .toSorted((a, b) => weightOf(rows, b) - weightOf(rows, a))
    .slice(0, MOST_ALSO);
  return {
    answer: sentenceOf(result, main, runs),
    also: telling.toSorted((a, b) => a - b).map((index) => rangeOf(columns[index], rows, index)),
  };
}

const isTelling = ({ better, name }: Column): boolean =>
  better !== null && name !== "requests" && name !== "starvation";

/**
 * The best one really differs from the first, or is the first and really differs from the worst.
 */
function leads(rows: readonly ComparisonRow[], index: number, column: Column): boolean {
  const [best, other] = ends(rows, index, column);
  const measured = best === rows[0] ? other : best;
  return /better|worse/.test(measured?.cells[index].difference?.verdict ?? "");
}

/**
 * The best row and the one that it is told against: the first, or the worst where it is the first.
 */
function ends(
  rows: readonly ComparisonRow[],
  index: number,
  { better }: Column,
): readonly [best: ComparisonRow, other: ComparisonRow | undefined] {
  const sorted = rows
    .filter(({ cells }) => cells[index].mean !== null)
    .toSorted((a, b) => {
      const difference = (a.cells[index].mean ?? 0) - (b.cells[index].mean ?? 0);
      return better === "lower" ? difference : -difference;
    });
  const [best] = sorted;
  const other = best === rows[0] ? sorted.at(-1) : rows[0];
  return [best, other === best ? undefined : other];
}

const differs = (rows: readonly ComparisonRow[], index: number): boolean =>
  rows.some(({ cells }) => /better|worse/.test(cells[index].difference?.verdict ?? ""));

/** To the last digit, seed by seed, in all variants; or nobody has the figure. */
const isSame = (rows: readonly ComparisonRow[], index: number): boolean => {
  const [{ cells: first }, ...others] = rows;
  const { mean, half } = first[index];
  return others.every(({ cells }) => {
    const { difference, ...own } = cells[index];
    if (own.mean !== mean || own.half !== half) return false;
    return mean === null || (difference?.mean === 0 && (difference.half ?? 0) === 0);
  });
};

const meansOf = (rows: readonly ComparisonRow[], index: number): number[] =>
  rows.flatMap(({ cells }) => cells[index].mean ?? []);

/** How far apart the variants are; and the same next to the greatest of them. */
function widthOf(rows: readonly ComparisonRow[], index: number): number {
  const means = meansOf(rows, index);
  return Math.max(...means) - Math.min(...means);
}
const weightOf = (rows: readonly ComparisonRow[], index: number): number =>
  widthOf(rows, index) / Math.max(...meansOf(rows, index).map(Math.abs));

/**
 * Availability where half of the variants lack some, else the first metric that the scenario
 * expects something of, else p99; the next one where that shows no difference.
 */
function mainColumn({ columns, rows }: ComparisonResult, expected: readonly string[]): number {
  const at = (name: string): number =>
    columns.findIndex(
      (column, index) =>
        column.name === name && rows.some(({ cells }) => cells[index].mean !== null),
    );
  const availability = at("availability");
  const means = availability < 0 ? [] : meansOf(rows, availability);
  const unavailable = means.filter((mean) => Math.max(...means) - mean >= NOTABLE_SHARE).length;
  const others = expected.filter((name) => name !== "availability");
  const order = [...others, "p99", "p50", "availability"];
  const asked = order.map(at).filter((index) => index >= 0 && isTelling(columns[index]));
  const wanted = unavailable * 2 >= rows.length ? [availability, ...asked] : asked;
  return wanted.find((index) => leads(rows, index, columns[index])) ?? wanted[0] ?? -1;
}

function sentenceOf(
  { columns, rows, level }: ComparisonResult,
  main: number,
  runs: readonly ComparedRun[],
): string {
  const column = columns[main];
  const [winner, other] = ends(rows, main, column);
  const pairs = Math.max(0, ...rows.map(({ cells }) => cells[main].difference?.count ?? 0));
  const word = column.better === "lower" ? "lowest" : "highest";
  const name = wordOf(column);
  const mean = humanise(winner.cells[main].mean, column.unit);
  const sure = `${humanise(level, "share").replace(".0", "")} interval, ${pairs} seeds paired`;
  // The first row has no difference of its own.
  const difference = (winner === rows[0] ? other : winner)?.cells[main].difference ?? null;
  const lead = `${winner.label} has the ${word} ${name}, ${mean}`;
  if (other === undefined || difference === null) return `${lead}.`;
  const theirs = humanise(other.cells[main].mean, column.unit);
  const said = `${lead} against ${theirs} with ${other.label}`;
  if (isSame(rows, main)) {
    const seeds = pairs === 1 ? "the one seed" : `each of ${pairs} seeds`;
    const all = columns.every((_, index) => isSame(rows, index)) ? "every figure" : `the ${name}`;
    return `No difference at all: ${all} of the ${rows.length} variants is the same in ${seeds} (${name} ${mean}).`;
  }
  if (pairs < PAIRS_LEAST) return `${said}; ${pairs} seeds are too few to say how sure that is.`;
  if (!/better|worse/.test(difference.verdict)) {
    return `No difference in ${name} is shown: ${said}, which chance alone may do (${sure}).`;
  }
  const { unit, texts } = formatDifferences([difference.mean], [difference.half], column.unit);
  const points = column.unit === "share" ? "points" : unit;
  const size = (texts[0] ?? "").replace(/^[+−]/, "");
  const others = rows.filter((row) => row !== winner && row !== other);
  return `${said}: a difference of ${size} ${points} (${sure}).${asGood(others, winner, column, runs)}`;
}

/** Those that their own pairs with the best do not tell apart from it. */
function asGood(
  others: readonly ComparisonRow[],
  winner: ComparisonRow,
  { name }: Column,
  runs: readonly ComparedRun[],
): string {
  const valueOf = (variant: string, seed: number): number =>
    runs.find((run) => run.variant === variant && run.seed === seed)?.overall[name] ?? NaN;
  const near = others.filter(({ label }) => {
    const { seeds } = winner;
    const difference = pairedDifference(
      seeds.map((seed) => valueOf(winner.label, seed)),
      seeds.map((seed) => valueOf(label, seed)),
    );
    return difference.count >= PAIRS_LEAST && !excludesZero(difference);
  });
  if (near.length === 0) return "";
  const names = near.length > MOST_NAMED ? `${near.length} others` : listed(near);
  return ` ${names} ${near.length === 1 ? "is" : "are"} no different from it as far as these seeds tell.`;
}

const MOST_NAMED = 3;

function listed(rows: readonly ComparisonRow[]): string {
  const labels = rows.map(({ label }) => label);
  const last = labels.pop() ?? "";
  return labels.length === 0 ? last : `${labels.join(", ")} and ${last}`;
}

/** `miss rate just after: 1.96 % (rendezvous) to 30.6 % (mod-n)`. */
function rangeOf(column: Column, rows: readonly ComparisonRow[], index: number): string {
  const sorted = rows
    .filter(({ cells }) => cells[index].mean !== null)
    .toSorted((a, b) => (a.cells[index].mean ?? 0) - (b.cells[index].mean ?? 0));
  const say = (row: ComparisonRow): string =>
    `${humanise(row.cells[index].mean, column.unit)} (${row.label})`;
  return `${wordOf(column)}: from ${say(sorted[0])} to ${say(sorted[sorted.length - 1])}`;
}

const WORDS: Readonly<Record<string, string>> = {
  "peak-utilization": "utilization of the busiest machine",
  "miss-rate-before": "miss rate before the change",
  "miss-rate-just-after": "miss rate just after the change",
  "miss-rate-long-after": "miss rate long after the change",
  "keys-moved": "share of keys moved by the change",
};
const wordOf = ({ name }: Column): string => WORDS[name] ?? name.replaceAll("-", " ");

/** A run alone: its figures, and what was not as expected. */
export function runAnswer(summary: RunSummary, expectations: readonly ExpectationResult[]): Answer {
  const { overall } = summary;
  const say = (name: string): string =>
    humanise(overall[name] ?? null, metricNamed(name)?.unit ?? "ratio");
  const failed = expectations.filter(({ passed }) => !passed);
  const figures =
    `${say("availability")} of ${say("requests")} requests were answered, ` +
    `half of them within ${say("p50")} and 99 % within ${say("p99")}; ` +
    `the machines were busy for ${say("utilization")} of the time`;
  if (expectations.length === 0) return { answer: `${figures}.`, also: [] };
  const held = expectations.length - failed.length;
  const verdict =
    failed.length === 0
      ? (["", "The one expectation holds", "Both expectations hold"][held] ??
        `All ${held} expectations hold`)
      : `${failed.length} of ${expectations.length} expectations ${failed.length === 1 ? "does" : "do"} not hold`;
  return { answer: `${verdict}: ${figures}.`, also: failed.map((one) => verdictOf(one).text) };
}
