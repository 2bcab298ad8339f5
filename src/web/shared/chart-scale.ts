/** The axes' words and steps: simulated time in clock steps, values in their unit. */
import { clock, formatColumn, humanise } from "../../report/numbers.ts";
import type { Unit } from "../../report/report-model.ts";

/** Room for the ticks left of a plot and beside it, in CSS pixels: alike, so that times line up. */
export const GUTTER = 66;
export const RIGHT = 12;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Steps in ms that a clock has. */
export const CLOCK_STEPS: readonly number[] = [
  0.1,
  0.2,
  0.5,
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12, 24, 48, 96, 168].map((count) => count * HOUR),
];

export const clockTicks = (splits: readonly (number | null)[]): string[] =>
  splits.map((ms) => (ms === null ? "" : ms === 0 ? "0" : clock(ms)));

/** Ticks of one axis: one unit, no needless decimals. `20 %`, `150 ms`, `1,500/s`. */
export function unitTicks(splits: readonly (number | null)[], unit: Unit): string[] {
  // Seconds beside milliseconds: a logarithmic axis has both.
  if (unit === "ms" && Math.max(...splits.map((each) => each ?? 0)) >= 2_000) {
    return splits.map((each) => (each === null ? "" : shortest(humanise(each, unit))));
  }
  const { unit: label, texts } = formatColumn(splits, unit);
  const known = texts.filter((_, index) => splits[index] !== null);
  const zeros = Math.min(
    ...known.map((text) => /\.?0*$/.exec(text.includes(".") ? text : "")![0].length),
  );
  const gap = label === "" || label.startsWith("/") ? "" : " ";
  return texts.map((text, index) =>
    splits[index] === null ? "" : `${text.slice(0, text.length - zeros)}${gap}${label}`,
  );
}

/** 1.00 s → 1 s, 2.50 s → 2.5 s. */
const shortest = (text: string): string => text.replace(/\.0+(?= )|(\.\d*[1-9])0+(?= )/, "$1");

const FACTORS = [[1], [1, 2, 5], [1, 2, 3, 4, 5, 6, 7, 8, 9]] as const;

/** Round numbers between two values above 0: powers of ten, more where those are few. */
export function logTicks(least: number, most: number): number[] {
  const first = Math.floor(Math.log10(least));
  const last = Math.ceil(Math.log10(most));
  const powers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  for (const factors of FACTORS) {
    const ticks = powers
      .flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)))
      .filter((tick) => tick >= least && tick <= most);
    if (ticks.length >= 4) return ticks;
  }
  // Less than half a power: there even steps look even.
  return [0, 1, 2, 3].map((step) => Number((least + ((most - least) * step) / 3).toPrecision(3)));
}

/** Part of the x axis that is shown; null is all of it. */
export type Range = readonly [from: number, to: number] | null;

/** Which keys do what to the part shown; null where the key does nothing. */
export function rangeAfterKey(key: string, range: Range, whole: readonly [number, number]) {
  const [from, to] = range ?? whole;
  const width = to - from;
  switch (key) {
    case "ArrowLeft":
      return within(from - width / 8, to - width / 8, whole);
    case "ArrowRight":
      return within(from + width / 8, to + width / 8, whole);
    case "+":
    case "=":
      return within(from + width / 4, to - width / 4, whole);
    case "-":
      return within(from - width / 2, to + width / 2, whole);
    default:
      return null;
  }
}

/** Moved, and where it is too wide cut, so that it stays inside. */
export function within(
  from: number,
  to: number,
  [least, greatest]: readonly [number, number],
): readonly [number, number] {
  const width = Math.min(to - from, greatest - least);
  const start = Math.min(Math.max(from, least), greatest - width);
  return [start, start + width];
}
