/**
 * A recorded trace as a file: CSV with the header `time-ms,user,object,bytes,region`, a row a
 * request, in order of time. Times are ms from any zero, users, objects and bytes whole numbers ≥
 * 0, a region is a name. Read strictly: a trace that was cut short, sorted otherwise or edited by a
 * spreadsheet is refused with its line.
 */
import type { Trace } from "../scenario/scenario.ts";
import { MOST_MS } from "../units.ts";

export const TRACE_HEADER = "time-ms,user,object,bytes,region";

const LARGEST_ID = 2 ** 31 - 2;
const MOST_REGIONS = 65_535;

/** What is wrong with a trace file, and where; `message` holds all of it. */
export class TraceFormatError extends Error {
  override name = "TraceFormatError";
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly what: string;
  readonly would: string;

  constructor(line: number, column: number, what: string, would: string) {
    super(`line ${line}: ${what}, ${would}`);
    this.line = line;
    this.column = column;
    this.what = what;
    this.would = would;
  }
}

/** Columns that grow by doubling: 26 bytes a row. */
export class TraceColumns {
  length = 0;
  timeMs = new Float64Array(1024);
  user = new Int32Array(1024);
  object = new Int32Array(1024);
  bytes = new Float64Array(1024);
  region = new Uint16Array(1024);

  push(timeMs: number, user: number, object: number, bytes: number, region: number): void {
    if (this.length === this.timeMs.length) this.grow();
    const row = this.length++;
    this.timeMs[row] = timeMs;
    this.user[row] = user;
    this.object[row] = object;
    this.bytes[row] = bytes;
    this.region[row] = region;
  }

  /** The rows in this order (default: as pushed). */
  toTrace(regions: readonly string[], order: Uint32Array | null = null): Trace {
    const { length } = this;
    const rows = order ?? Uint32Array.from({ length }, (_, row) => row);
    const taken = {
      timeMs: Float64Array.from(rows, (row) => this.timeMs[row]),
      user: Int32Array.from(rows, (row) => this.user[row]),
      object: Int32Array.from(rows, (row) => this.object[row]),
      bytes: Float64Array.from(rows, (row) => this.bytes[row]),
      region: Uint16Array.from(rows, (row) => this.region[row]),
    };
    return { ...taken, regions, users: countOf(taken.user), objects: countOf(taken.object) };
  }

  private grow(): void {
    const length = 2 * this.timeMs.length;
    const { timeMs, user, object, bytes, region } = this;
    (this.timeMs = new Float64Array(length)).set(timeMs);
    (this.user = new Int32Array(length)).set(user);
    (this.object = new Int32Array(length)).set(object);
    (this.bytes = new Float64Array(length)).set(bytes);
    (this.region = new Uint16Array(length)).set(region);
  }
}

/** One more than the greatest id. */
const countOf = (ids: Int32Array): number => ids.reduce((most, id) => Math.max(most, id + 1), 0);

/** Cuts chunks of text into lines, numbered from 1; `\r\n` is a line's end too. */
export class LineFeed {
  line = 0;
  private rest = "";
  private readonly each: (text: string, line: number) => void;

  constructor(each: (text: string, line: number) => void) {
    this.each = each;
  }

  feed(chunk: string): void {
    let from = 0;
    for (let end = chunk.indexOf("\n"); end >= 0; end = chunk.indexOf("\n", from)) {
      this.emit(this.rest + chunk.slice(from, end));
      this.rest = "";
      from = end + 1;
    }
    this.rest += chunk.slice(from);
  }

  /** The last line, where it had no end. */
  finish(): void {
    if (this.rest !== "") this.emit(this.rest);
    this.rest = "";
  }

  private emit(text: string): void {
    this.line++;
    const start = this.line === 1 && text.startsWith("\uFEFF") ? 1 : 0;
    const end = text.endsWith("\r") ? text.length - 1 : text.length;
    this.each(text.slice(start, end), this.line);
  }
}

/** Reads a trace as its text comes in. */
export class TraceReader {
  private readonly columns = new TraceColumns();
  private readonly regions = new Map<string, number>();
  private readonly lines = new LineFeed((text, line) => this.read(text, line));

  /** Throws `TraceFormatError`. */
  feed(chunk: string): void {
    this.lines.feed(chunk);
  }

  /** Throws `TraceFormatError`. */
  finish(): Trace {
    this.lines.finish();
    if (this.columns.length === 0) {
      const line = Math.max(1, this.lines.line);
      throw new TraceFormatError(
        line,
        1,
        "the trace has no rows",
        `write ${TRACE_HEADER} and a row`,
      );
    }
    return this.columns.toTrace([...this.regions.keys()]);
  }

  private read(text: string, line: number): void {
    if (line === 1) {
      if (text === TRACE_HEADER) return;
      throw new TraceFormatError(
        1,
        1,
        "this is not the header of a trace",
        `write ${TRACE_HEADER}`,
      );
    }
    const ends = commasIn(text, line);
    const timeMs = this.timeIn(text.slice(0, ends[0]), line);
    const user = wholeIn(text, ends[0] + 1, ends[1], line, "user", LARGEST_ID);
    const object = wholeIn(text, ends[1] + 1, ends[2], line, "object", LARGEST_ID);
    const bytes = wholeIn(text, ends[2] + 1, ends[3], line, "bytes", Number.MAX_SAFE_INTEGER);
    const region = this.regionIn(text.slice(ends[3] + 1), line, ends[3] + 2);
    this.columns.push(timeMs, user, object, bytes, region);
  }

  private timeIn(text: string, line: number): number {
    if (!/^\d+(\.\d+)?$/.test(text)) {
      throw new TraceFormatError(line, 1, `time-ms is ${quoted(text)}`, "write ms like 1234.5");
    }
    const timeMs = Number(text);
    if (timeMs > MOST_MS) {
      const would = `it must be at most ${MOST_MS}`;
      throw new TraceFormatError(line, 1, `time-ms is ${quoted(text)}`, would);
    }
    const { columns } = this;
    if (columns.length > 0 && timeMs < columns.timeMs[columns.length - 1]) {
      const before = columns.timeMs[columns.length - 1];
      throw new TraceFormatError(line, 1, `${text} comes after ${before}`, "sort by time-ms");
    }
    return timeMs;
  }

  private regionIn(name: string, line: number, column: number): number {
    const known = this.regions.get(name);
    if (known !== undefined) return known;
    if (!/^[\p{L}\p{N}_-]+$/u.test(name)) {
      const would = "write a name of letters, digits, - and _";
      throw new TraceFormatError(line, column, `region is ${quoted(name)}`, would);
    }
    if (this.regions.size === MOST_REGIONS) {
      throw new TraceFormatError(line, column, "too many regions", `have at most ${MOST_REGIONS}`);
    }
    this.regions.set(name, this.regions.size);
    return this.regions.size - 1;
  }
}

/** Reads a whole trace. Throws `TraceFormatError` at the first thing that is wrong. */
export function parseTrace(text: string): Trace {
  const reader = new TraceReader();
  reader.feed(text);
  return reader.finish();
}

/**
 * The file of a trace in pieces of some 1,000 lines, header first; `parseTrace` of it gives the
 * trace back.
 */
export function* formatTrace(trace: Trace): Generator<string> {
  let piece = `${TRACE_HEADER}\n`;
  for (let row = 0; row < trace.timeMs.length; row++) {
    const ids = `${trace.user[row]},${trace.object[row]},${trace.bytes[row]}`;
    piece += `${plainDecimal(trace.timeMs[row])},${ids},${trace.regions[trace.region[row]]}\n`;
    if (row % 1000 === 999) {
      yield piece;
      piece = "";
    }
  }
  if (piece !== "") yield piece;
}

/** Without exponent: below 1 µs nothing is kept. */
const plainDecimal = (ms: number): string => String(Math.round(ms * 1000) / 1000);

function commasIn(text: string, line: number): number[] {
  const ends: number[] = [];
  for (let at = text.indexOf(","); at >= 0; at = text.indexOf(",", at + 1)) ends.push(at);
  if (ends.length === 4) return ends;
  const what = text === "" ? "this line is empty" : `this line has ${ends.length + 1} values`;
  throw new TraceFormatError(line, 1, what, `write five: ${TRACE_HEADER}`);
}

function wholeIn(
  text: string,
  from: number,
  to: number,
  line: number,
  column: string,
  most: number,
): number {
  const digits = text.slice(from, to);
  const value = /^\d+$/.test(digits) ? Number(digits) : -1;
  if (value >= 0 && value <= most) return value;
  const would = `write a whole number from 0 to ${most}`;
  throw new TraceFormatError(line, from + 1, `${column} is ${quoted(digits)}`, would);
}

function quoted(text: string): string {
  if (text === "") return "empty";
  return `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`;
}
