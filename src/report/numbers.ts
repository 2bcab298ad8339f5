/**
 * Numbers for people. `humanise` gives one number with its unit (12.3 ms, 1.25 s, 16.7 %, 1.2 M);
 * `formatColumn` gives the numbers of one column in one unit with equally many decimals, so that
 * they can be compared by eye.
 */
import type { Column, Unit, Value } from "./report-model.ts";

export const MISSING = "–";

/** Three significant digits without an exponent: 0.0123, 1.25, 12.3, 123, 1230. */
export function significant(value: number): string {
  const rounded = Number(value.toPrecision(3));
  const size = Math.abs(rounded);
  if (size === 0) return "0";
  if (size >= 100) return rounded.toFixed(0);
  if (size >= 10) return rounded.toFixed(1);
  return rounded.toFixed(2 + firstDecimal(size));
}

/** 1234567 → 1,234,567. */
export function grouped(value: number): string {
  const [whole = "", decimals] = value.toFixed(Number.isInteger(value) ? 0 : 1).split(".");
  const groups = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return decimals === undefined ? groups : `${groups}.${decimals}`;
}

interface Scale {
  /** Values from this size on are written in this unit. */
  readonly from: number;
  readonly label: string;
  readonly divisor: number;
}
const DURATIONS: readonly Scale[] = [
  { from: 7_200_000, label: "h", divisor: 3_600_000 },
  { from: 120_000, label: "min", divisor: 60_000 },
  { from: 1_000, label: "s", divisor: 1_000 },
  { from: 1, label: "ms", divisor: 1 },
  { from: 0, label: "µs", divisor: 0.001 },
];
const LARGE: readonly Scale[] = [
  { from: 1e9, label: "G", divisor: 1e9 },
  { from: 1e6, label: "M", divisor: 1e6 },
  { from: 0, label: "", divisor: 1 },
];

const SIZES: readonly Scale[] = [
  { from: 2 ** 40, label: "TiB", divisor: 2 ** 40 },
  { from: 2 ** 30, label: "GiB", divisor: 2 ** 30 },
  { from: 2 ** 20, label: "MiB", divisor: 2 ** 20 },
  { from: 2 ** 10, label: "KiB", divisor: 2 ** 10 },
  { from: 0, label: "B", divisor: 1 },
];

const scaleOf = (scales: readonly Scale[], size: number): Scale =>
  scales.find((scale) => size >= scale.from) ?? scales[scales.length - 1];

/** Percent with as many decimals as keep it apart from 0 and from 1. */
export function percentDecimals(share: number): number {
  const size = Math.abs(share);
  const distance = Math.min(size === 0 ? 1 : size, size === 1 ? 1 : Math.abs(1 - size));
  if (distance >= 0.0005) return 1;
  return distance >= 0.00005 ? 2 : 3;
}

function large(value: number): string {
  const size = Math.abs(value);
  if (size < 1e6)
    return size < 100 && !Number.isInteger(value) ? significant(value) : grouped(Math.round(value));
  const scale = scaleOf(LARGE, size);
  return `${significant(value / scale.divisor)} ${scale.label}`;
}

/** One value with its unit; times of the simulation too. null and NaN: a dash. */
export function humanise(value: Value, unit: Unit): string {
  if (value === null) return MISSING;
  if (typeof value === "string") return value;
  if (!Number.isFinite(value)) return Number.isNaN(value) ? MISSING : value > 0 ? "∞" : "−∞";
  const negative = value < 0 ? "−" : "";
  const size = Math.abs(value);
  switch (unit) {
    case "share":
      return `${negative}${(size * 100).toFixed(percentDecimals(size))} %`;
    case "ms": {
      if (size === 0) return "0 ms";
      const scale = scaleOf(DURATIONS, size);
      return `${negative}${significant(size / scale.divisor)} ${scale.label}`;
    }
    case "rate":
      return `${negative}${large(size)}/s`;
    case "count":
      return `${negative}${large(size)}`;
    case "bytes": {
      const scale = scaleOf(SIZES, size);
      return `${negative}${significant(size / scale.divisor)} ${scale.label}`;
    }
    default:
      return `${negative}${significant(size)}`;
  }
}

/** A time of the simulation, exactly: 5 min 30 s, 250 ms, 1 h. */
export function clock(ms: number): string {
  if (!Number.isFinite(ms)) return "∞";
  const parts: string[] = [];
  let rest = Math.round(ms * 1000) / 1000;
  for (const [label, size] of [
    ["h", 3_600_000],
    ["min", 60_000],
  ] as const) {
    const whole = Math.floor(rest / size);
    if (whole > 0) parts.push(`${whole} ${label}`);
    rest -= whole * size;
  }
  rest = Math.round(rest * 1000) / 1000;
  if (rest >= 1000 || (rest > 0 && parts.length > 0)) parts.push(`${trimmed(rest / 1000, 3)} s`);
  else if (rest > 0 || parts.length === 0) parts.push(`${trimmed(rest, 3)} ms`);
  return parts.join(" ");
}

const trimmed = (value: number, decimals: number): string =>
  String(Number(value.toFixed(decimals)));

export interface ColumnTexts {
  /** What the head says about the unit; empty where there is none. */
  readonly unit: string;
  readonly texts: readonly string[];
}

/** All columns of a table; those of one scale in one unit. */
export function formatColumns(
  columns: readonly Column[],
  rows: readonly (readonly Value[])[],
): ColumnTexts[] {
  const valuesOf = (index: number): Value[] => rows.map((cells) => cells[index] ?? null);
  return columns.map(({ unit, scale, signed }, index) => {
    const beside = columns.flatMap((other, at) =>
      scale !== undefined && other.scale === scale && other.unit === unit ? valuesOf(at) : [],
    );
    return formatColumn(valuesOf(index), unit, signed, beside);
  });
}

/**
 * All numbers of a column in one unit and with one number of decimals; strings pass as they are.
 * The unit fits the values `beside` it too.
 */
export function formatColumn(
  values: readonly Value[],
  unit: Unit,
  signed = false,
  beside: readonly Value[] = [],
): ColumnTexts {
  const numbers = numbersOf(values);
  const scale = columnScale([...numbers, ...numbersOf(beside)], unit);
  const scaled = numbers.map((value) => Math.abs(value / scale.divisor));
  const decimals =
    unit === "share"
      ? shareDecimals(numbers)
      : unit === "ms"
        ? durationDecimals(scaled, scale)
        : columnDecimals(scaled, unit);
  const texts = values.map((value) => {
    if (value === null) return MISSING;
    if (typeof value === "string") return value;
    if (!Number.isFinite(value)) return humanise(value, unit);
    const text = fixed(Math.abs(value / scale.divisor), decimals);
    // A difference that rounds to nothing has no sign; a duration is none and not nothing.
    if (Number(text.replaceAll(",", "")) === 0) {
      return unit === "ms" && value > 0 && !signed ? below(decimals) : text;
    }
    return `${value < 0 ? "−" : signed ? "+" : ""}${text}`;
  });
  return { unit: scale.label, texts };
}

/** `<0.001`: less than what the last decimal can tell. */
const below = (decimals: number): string =>
  decimals === 0 ? "<1" : `<0.${"1".padStart(decimals, "0")}`;

const numbersOf = (values: readonly Value[]): number[] =>
  values.filter((value): value is number => typeof value === "number" && Number.isFinite(value));

/**
 * Half the widths of intervals in the unit and with the decimals that `formatColumn` gives `means`.
 */
export function formatHalves(
  means: readonly Value[],
  halves: readonly (number | null)[],
  unit: Unit,
): readonly (string | null)[] {
  const { divisor } = columnScale(numbersOf(means), unit);
  const shown = formatColumn(means, unit).texts.find((text) => /\d$/.test(text)) ?? "";
  const decimals = shown.split(".")[1]?.length ?? 0;
  return halves.map((half) => (half === null ? null : fixed(half / divisor, decimals)));
}

/**
 * Differences with half the widths of their intervals, as `−9.78 ± 0.46`: the greatest interval
 * decides about the decimals, since digits beyond it say nothing. null where there is no such
 * figure.
 */
export function formatDifferences(
  means: readonly (number | null)[],
  halves: readonly (number | null)[],
  unit: Unit,
): { readonly unit: string; readonly texts: readonly (string | null)[] } {
  const known = [...means, ...halves].filter((value) => value !== null);
  const scale = columnScale(known, unit);
  const wide = halves.filter((half) => half !== null && half > 0).length > 0 ? halves : means;
  const greatest = Math.max(0, ...wide.map((value) => Math.abs(value ?? 0) / scale.divisor));
  const decimals = greatest >= 100 ? 0 : greatest >= 10 ? 1 : greatest >= 0.1 ? 2 : 3;
  const most = unit === "share" || greatest === 0 ? 2 : 3;
  const round = (value: number): string => fixed(value / scale.divisor, Math.min(decimals, most));
  const texts = means.map((mean, index) => {
    if (mean === null) return null;
    const size = round(Math.abs(mean));
    const sign = Number(size.replaceAll(",", "")) === 0 ? "" : mean > 0 ? "+" : "−";
    const half = halves[index] ?? null;
    const interval = half === null ? "" : ` ± ${round(half)}`;
    return `${sign}${size}${interval}`;
  });
  return { unit: scale.label, texts };
}

const fixed = (value: number, decimals: number): string => {
  const [whole = "", rest] = value.toFixed(decimals).split(".");
  const groups = whole.length > 4 ? grouped(Number(whole)) : whole;
  return rest === undefined ? groups : `${groups}.${rest}`;
};

function columnScale(numbers: readonly number[], unit: Unit): Scale {
  const sizes = numbers.map(Math.abs).filter((size) => size > 0);
  const greatest = Math.max(0, ...sizes);
  const least = Math.min(Infinity, ...sizes);
  switch (unit) {
    case "share":
      return { from: 0, label: "%", divisor: 0.01 };
    case "ms":
      // Milliseconds are what such figures are compared in; seconds and microseconds only where all
      // agree.
      if (least >= 1_000 && least < Infinity) return { from: 0, label: "s", divisor: 1_000 };
      if (greatest > 0 && greatest < 0.1) return { from: 0, label: "µs", divisor: 0.001 };
      return { from: 0, label: "ms", divisor: 1 };
    case "rate": {
      const scale = least >= 1e6 && least < Infinity ? scaleOf(LARGE, least) : LARGE[2];
      return { ...scale, label: `${scale.label}/s` };
    }
    case "bytes":
      // Four digits at most for the greatest, so that the least keeps some.
      return scaleOf(SIZES, Math.max(least === Infinity ? 0 : least, greatest / 1024));
    case "count":
      return least >= 1e7 && least < Infinity ? scaleOf(LARGE, least) : LARGE[2];
    default:
      return { from: 0, label: "", divisor: 1 };
  }
}

/** Decimals that leave the greatest value with about four digits; whole things have none. */
function columnDecimals(sizes: readonly number[], unit: Unit): number {
  const greatest = Math.max(0, ...sizes);
  if (unit === "ratio") return greatest >= 100 ? 1 : 2;
  if (unit === "factor") return greatest >= 10 ? 2 : 3;
  if (sizes.every((size) => Number.isInteger(size)) || greatest >= 1000) return 0;
  if (greatest >= 20) return 1;
  return greatest >= 2 ? 2 : 3;
}

/** At which decimal a size begins: 0 from 1 on, 1 for 0.5, 3 for 0.002. */
function firstDecimal(size: number): number {
  let decimals = 0;
  for (let edge = 1; size < edge && decimals < 9; edge /= 10) decimals++;
  return decimals;
}

/** Nanoseconds: nothing is told of less. */
const MOST_DECIMALS: Readonly<Record<string, number>> = { ms: 6, µs: 3 };

/**
 * As others, but three digits of a column of small ones, and one of a small one beside great ones
 * as long as three decimals will do.
 */
function durationDecimals(sizes: readonly number[], { label }: Scale): number {
  const greatest = Math.max(0, ...sizes);
  const least = Math.min(Infinity, ...sizes.filter((size) => size > 0));
  const usual = columnDecimals(sizes, "ms");
  if (!(greatest > 0)) return usual;
  const small = greatest < 0.1 ? firstDecimal(greatest) + 2 : usual;
  const seen = Math.min(3, firstDecimal(least));
  return Math.min(Math.max(small, seen), MOST_DECIMALS[label] ?? usual);
}

/** Differences of this size should be seen: 0.01 points. */
const VISIBLE_SHARE = 0.0001;

/** As each value alone needs, and two where two values would look alike that differ visibly. */
function shareDecimals(shares: readonly number[]): number {
  const sorted = shares.toSorted((a, b) => a - b);
  let decimals = 1;
  for (const [index, share] of sorted.entries()) {
    decimals = Math.max(decimals, percentDecimals(share));
    const before = sorted[index - 1] ?? -Infinity;
    const alike = (share * 100).toFixed(1) === (before * 100).toFixed(1);
    if (alike && share - before >= VISIBLE_SHARE) decimals = Math.max(decimals, 2);
  }
  return decimals;
}
