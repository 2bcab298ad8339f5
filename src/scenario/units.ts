/**
 * Quantities as people write them, read strictly: a number, then its unit. Our own, because the
 * usual parsers guess: a doubtful text here is a problem that says what to write instead.
 */
import type { NumberKind } from "../definition.ts";
import { MOST_MS } from "../units.ts";
import { quote } from "./problem.ts";
import { nearestName } from "./suggest.ts";

/** A value in the one unit of its kind, or what is wrong and what would be right. */
export type Parsed<T = number> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly what: string; readonly would: string };

export type QuantityKind = Exclude<NumberKind, "quantity">;

interface Scale {
  readonly times: number;
  /** Divided by, where that is the exact one of the two. */
  readonly over: number;
}
const times = (factor: number): Scale => ({ times: factor, over: 1 });
const over = (factor: number): Scale => ({ times: 1, over: factor });

const DURATIONS: ReadonlyMap<string, Scale> = new Map([
  ["ns", over(1_000_000)],
  ["us", over(1_000)],
  ["µs", over(1_000)],
  ["μs", over(1_000)],
  ["ms", times(1)],
  ["s", times(1_000)],
  ["min", times(60_000)],
  ["h", times(3_600_000)],
  ["d", times(86_400_000)],
]);
const RATES: ReadonlyMap<string, Scale> = new Map([
  ["/ms", times(1)],
  ["/s", over(1_000)],
  ["/min", over(60_000)],
  ["/h", over(3_600_000)],
]);
const SIZES: ReadonlyMap<string, Scale> = new Map([
  ["B", times(1)],
  ["kB", times(1_000)],
  ["MB", times(1_000_000)],
  ["GB", times(1_000_000_000)],
  ["TB", times(1_000_000_000_000)],
  ["KiB", times(1_024)],
  ["MiB", times(1_048_576)],
  ["GiB", times(1_073_741_824)],
  ["TiB", times(1_099_511_627_776)],
]);
const BANDWIDTHS: ReadonlyMap<string, Scale> = new Map([
  ...[...SIZES].map(
    ([unit, { times: bytes }]) => [`${unit}/s`, { times: bytes, over: 1_000 }] as const,
  ),
  ["kbit/s", over(8)],
  ["Mbit/s", times(125)],
  ["Gbit/s", times(125_000)],
]);
const MULTIPLES: ReadonlyMap<string, Scale> = new Map([
  ["", times(1)],
  ["k", times(1_000)],
  ["M", times(1_000_000)],
  ["G", times(1_000_000_000)],
]);
const SHARES: ReadonlyMap<string, Scale> = new Map([
  ["", times(1)],
  ["%", over(100)],
]);

/** What the units of other programs are called here. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ["m", "min"],
  ["mins", "min"],
  ["minute", "min"],
  ["minutes", "min"],
  ["sec", "s"],
  ["secs", "s"],
  ["second", "s"],
  ["seconds", "s"],
  ["msec", "ms"],
  ["millis", "ms"],
  ["usec", "us"],
  ["hr", "h"],
  ["hrs", "h"],
  ["hour", "h"],
  ["hours", "h"],
  ["day", "d"],
  ["days", "d"],
  ["rps", "/s"],
  ["qps", "/s"],
  ["req/s", "/s"],
  ["hz", "/s"],
  ["/sec", "/s"],
  ["/second", "/s"],
  ["/m", "/min"],
  ["/minute", "/min"],
  ["/hour", "/h"],
  ["rpm", "/min"],
  ["b", "B"],
  ["kb", "kB"],
  ["mb", "MB"],
  ["gb", "GB"],
  ["tb", "TB"],
  ["kib", "KiB"],
  ["mib", "MiB"],
  ["gib", "GiB"],
  ["bytes", "B"],
  ["k", "k"],
  ["percent", "%"],
  ["pct", "%"],
]);

interface Kind {
  readonly units: ReadonlyMap<string, Scale>;
  /** With its article: "a duration". */
  readonly noun: string;
  readonly example: string;
  /** The units that stand in messages. */
  readonly listed: string;
}

const KINDS: Readonly<Record<QuantityKind, Kind>> = {
  duration: {
    units: DURATIONS,
    noun: "a duration",
    example: "5ms",
    listed: "ns, us, ms, s, min, h, d",
  },
  rate: { units: RATES, noun: "a rate", example: "8_000/s", listed: "/ms, /s, /min, /h" },
  size: {
    units: SIZES,
    noun: "a size",
    example: "64KiB",
    listed: "B, kB, MB, GB, TB, KiB, MiB, GiB, TiB",
  },
  bandwidth: {
    units: BANDWIDTHS,
    noun: "a bandwidth",
    example: "1GiB/s",
    listed: "kB/s, MB/s, GB/s, KiB/s, MiB/s, GiB/s, kbit/s, Mbit/s, Gbit/s",
  },
  share: { units: SHARES, noun: "a share", example: "20% or 0.2", listed: "%" },
  count: { units: MULTIPLES, noun: "a count", example: "40_000 or 40k", listed: "k, M, G" },
  number: { units: new Map([["", times(1)]]), noun: "a number", example: "1.5", listed: "" },
};

const NUMBER = /^([+-]?(?:\d+(?:_\d+)*)(?:\.\d+(?:_\d+)*)?(?:[eE][+-]?\d{1,3})?) ?(.*)$/su;
const LONGEST = 60;

/** Number and unit apart; null where the text begins with no number. */
function split(text: string): { number: number; digits: string; unit: string } | null {
  if (text.length > LONGEST) return null;
  const match = NUMBER.exec(text);
  if (match === null) return null;
  const digits = match[1];
  return { number: Number(digits.replaceAll("_", "")), digits, unit: match[2] };
}

/**
 * One quantity: durations in ms and at most `MOST_MS`, rates per ms, sizes in bytes, shares 0..1
 * (not bounded here), counts whole. Zero needs no unit. Never throws.
 */
export function parseQuantity(text: string, kind: QuantityKind): Parsed {
  const { units, noun, example } = KINDS[kind];
  const parts = split(text);
  if (parts === null) {
    return {
      ok: false,
      what: `${quote(text)} is not ${noun}`,
      would: `write for example ${example}`,
    };
  }
  let scale = units.get(parts.unit);
  // A rate's number may carry a multiple: 8k/s.
  if (scale === undefined && kind === "rate" && /^[kM]\//.test(parts.unit)) {
    const rest = units.get(parts.unit.slice(1));
    const multiple = MULTIPLES.get(parts.unit[0]);
    if (rest !== undefined && multiple !== undefined) {
      scale = { times: multiple.times * rest.times, over: rest.over };
    }
  }
  if (scale === undefined && parts.unit === "" && parts.number === 0) scale = times(1);
  if (scale === undefined) return wrongUnit(text, parts, kind);
  const value = (parts.number * scale.times) / scale.over;
  if (kind === "duration" && value > MOST_MS) {
    const would = `it must be at most ${formatDuration(MOST_MS)}`;
    return { ok: false, what: `${quote(text)} is too long`, would };
  }
  if (!Number.isFinite(value)) {
    return {
      ok: false,
      what: `${quote(text)} is too large`,
      would: `write for example ${example}`,
    };
  }
  if (kind === "count" && !Number.isSafeInteger(value)) {
    return {
      ok: false,
      what: `${quote(text)} is not a whole number`,
      would: `write for example ${example}`,
    };
  }
  return { ok: true, value };
}

/** What a number without a unit most likely wants. */
const UNITS_FIRST: Readonly<Record<QuantityKind, readonly string[]>> = {
  duration: ["ms", "s"],
  rate: ["/s"],
  size: ["B", "KiB"],
  bandwidth: ["MiB/s", "GiB/s"],
  share: [],
  count: [],
  number: [],
};

function wrongUnit(
  text: string,
  parts: { readonly digits: string; readonly unit: string },
  kind: QuantityKind,
): Parsed {
  const { units, noun, example, listed } = KINDS[kind];
  const { digits, unit } = parts;
  if (unit === "") {
    const written = UNITS_FIRST[kind].map((name) => digits + name).join(" or ");
    return { ok: false, what: `${digits} has no unit`, would: `write ${written}` };
  }
  for (const [other, { units: theirs, noun: their }] of Object.entries(KINDS)) {
    if (other !== kind && other !== "number" && theirs.has(unit)) {
      // "5m" as a duration is no count of millions, but minutes of someone who is used to that.
      if (kind === "duration" && other === "count") continue;
      const wanted = `${noun} is wanted here`;
      return {
        ok: false,
        what: `${quote(text)} is ${their}, ${wanted}`,
        would: `such as ${example}`,
      };
    }
  }
  const spelled = otherName(unit, units);
  if (spelled !== null) {
    return {
      ok: false,
      what: `${quote(unit)} is not a unit of ${bare(noun)}`,
      would: `write ${digits}${spelled}`,
    };
  }
  if (listed === "") {
    return {
      ok: false,
      what: `${quote(text)} is not ${noun}`,
      would: `write ${digits} without a unit`,
    };
  }
  return {
    ok: false,
    what: `${quote(unit)} is not a unit of ${bare(noun)}`,
    would: `known are ${listed}`,
  };
}

function otherName(unit: string, units: ReadonlyMap<string, Scale>): string | null {
  const plain = unit.toLowerCase().replaceAll(" ", "");
  const renamed = OTHER_NAMES.get(plain);
  if (renamed !== undefined && units.has(renamed)) return renamed;
  if (plain === "m" && units.has("M")) return "M";
  for (const known of units.keys()) if (known !== "" && known.toLowerCase() === plain) return known;
  const known = [...units.keys()].filter((name) => name !== "");
  return plain.length > 1 ? nearestName(plain, known) : null;
}

function bare(noun: string): string {
  return noun.replace(/^an? /, "");
}

/**
 * `5min..6min` or `5min..end`, in ms; `end` is given as Infinity. The first must be before the
 * second.
 */
export function parseSpan(text: string): Parsed<readonly [number, number]> {
  const would = "write for example 5min..6min";
  const at = text.indexOf("..");
  if (at < 0 || text.length > 2 * LONGEST) {
    return { ok: false, what: `${quote(text)} is not a span of time`, would };
  }
  const from = parseQuantity(text.slice(0, at).trim(), "duration");
  if (!from.ok) return from;
  const last = text.slice(at + 2).trim();
  const to =
    last === "end" ? ({ ok: true, value: Infinity } as const) : parseQuantity(last, "duration");
  if (!to.ok) return to;
  if (from.value < 0 || to.value <= from.value) {
    return {
      ok: false,
      what: `the span ${quote(text)} is empty`,
      would: "the earlier time stands first",
    };
  }
  return { ok: true, value: [from.value, to.value] };
}

/** `20` (seeds 1 … 20 from the scenario's own) or `1..20`: whole numbers, both ends included. */
export function parseSeeds(text: string, first: number): Parsed<readonly number[]> {
  const would = "write for example 10 or 1..20";
  const match = /^(\d{1,15})(?:\.\.(\d{1,15}))?$/.exec(text.replaceAll("_", ""));
  if (match === null) return { ok: false, what: `${quote(text)} is not a number of seeds`, would };
  const from = match[2] === undefined ? first : Number(match[1]);
  const count = match[2] === undefined ? Number(match[1]) : Number(match[2]) - from + 1;
  if (count < 1) return { ok: false, what: `${quote(text)} holds no seed`, would };
  if (count > MOST_SEEDS) {
    return { ok: false, what: `${quote(text)} is more than ${MOST_SEEDS} seeds`, would };
  }
  return { ok: true, value: Array.from({ length: count }, (_, i) => from + i) };
}

const MOST_SEEDS = 10_000;

/**
 * The article and name of a kind with an example, for messages about other types: "a duration such
 * as 5ms".
 */
export function kindInWords(kind: QuantityKind): string {
  return `${KINDS[kind].noun} such as ${KINDS[kind].example}`;
}

/** A duration with the unit that reads best: 90s, 10min, 2.5ms. Exact up to 12 digits. */
export function formatDuration(ms: number): string {
  if (ms === 0) return "0ms";
  const scales: readonly (readonly [string, number])[] = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["min", 60_000],
    ["s", 1_000],
    ["ms", 1],
  ];
  for (const [unit, size] of scales) {
    if (ms >= size && Number.isInteger((ms / size) * 10)) return `${round12(ms / size)}${unit}`;
  }
  if (ms >= 1_000) return `${round12(ms / 1_000)}s`;
  if (ms >= 1) return `${round12(ms)}ms`;
  return ms >= 0.001 ? `${round12(ms * 1_000)}us` : `${round12(ms * 1_000_000)}ns`;
}

function round12(value: number): number {
  return Number(value.toPrecision(12));
}
