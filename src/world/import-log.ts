/**
 * An access log → a trace. A client's address becomes a user, a URL an object, both numbered in the
 * order in which the log first names them; times count from the first request; rows are sorted by
 * time, equal times in order of the file.
 *
 * A log that knows only whole seconds (NCSA formats) would have all requests of a second arrive at
 * once: its n requests of one second are spread evenly over it, at 0, 1/n, 2/n … in order of the
 * file. Nothing is drawn. A log with any fraction of a second is kept as it is. Times are rounded
 * to whole microseconds.
 */
import type { Trace } from "../scenario/scenario.ts";
import type { JsonFields, LogEntry } from "./import-lines.ts";
import { parseJsonLine, parseNcsaLine, shortened } from "./import-lines.ts";
import type { RegionRule } from "./import-regions.ts";
import { RegionRules } from "./import-regions.ts";
import { LineFeed, TraceColumns } from "./trace.ts";

export const LOG_FORMATS = ["auto", "combined", "common", "json"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export interface ImportOptions {
  /**
   * auto: JSON if the first line begins with {, else common (which reads combined too). Default
   * auto.
   */
  readonly format?: LogFormat;
  /** Default: one region, `all`. */
  readonly regions?: readonly RegionRule[];
  /** Names of a JSON log's fields; guessed where not given. */
  readonly fields?: JsonFields;
  /** Whether `/a?x=1` and `/a?x=2` are two objects (keep, the default) or one (drop). */
  readonly query?: "keep" | "drop";
}

export interface MalformedLine {
  /** From 1. */
  readonly line: number;
  readonly why: string;
  /** Its beginning. */
  readonly text: string;
}

export interface ImportedLog {
  readonly trace: Trace;
  readonly lines: number;
  /** Lines that were left out; blank ones aren't counted. */
  readonly malformed: number;
  /** The first ten of them. */
  readonly firstMalformed: readonly MalformedLine[];
  /** By user number. */
  readonly clients: readonly string[];
  /** By object number. */
  readonly urls: readonly string[];
  /** Time of the first request, ms since 1970 UTC; the trace's 0. NaN where there is none. */
  readonly startMs: number;
  /** Whether times were whole seconds and have been spread. */
  readonly spread: boolean;
}

const REPORTED = 10;
/** Longer lines are no log's; parsing stays linear in any case. */
const LONGEST_LINE = 65_536;
/** One less than the largest 32-bit integer, as many as a cache can tell apart. */
const MOST_IDS = 2 ** 31 - 2;

/**
 * Reads a log as its text comes in: `feed` it in chunks of any size, then `finish`. Keeps 30 bytes
 * a request and each name once.
 */
export class LogImporter {
  private readonly columns = new TraceColumns();
  private readonly users = new Map<string, number>();
  private readonly objects = new Map<string, number>();
  private readonly regionOfUser: number[] = [];
  private readonly rules: RegionRules;
  private readonly options: ImportOptions;
  private readonly lines = new LineFeed((text, line) => this.read(text, line));
  private json: boolean | null;
  private wholeSeconds = true;
  private malformed = 0;
  private readonly firstMalformed: MalformedLine[] = [];

  constructor(options: ImportOptions = {}) {
    const { format = "auto", regions = [] } = options;
    this.options = options;
    this.rules = new RegionRules(regions);
    this.json = format === "auto" ? null : format === "json";
  }

  feed(chunk: string): void {
    this.lines.feed(chunk);
  }

  finish(): ImportedLog {
    this.lines.finish();
    const { columns } = this;
    const order = Uint32Array.from({ length: columns.length }, (_, row) => row);
    const { timeMs } = columns;
    order.sort((a, b) => timeMs[a] - timeMs[b] || a - b);
    const trace = columns.toTrace(this.rules.names, order);
    const startMs = trace.timeMs.length > 0 ? trace.timeMs[0] : NaN;
    if (this.wholeSeconds) spreadSeconds(trace.timeMs);
    for (let row = 0; row < trace.timeMs.length; row++) {
      trace.timeMs[row] = Math.round((trace.timeMs[row] - startMs) * 1000) / 1000;
    }
    return {
      trace,
      lines: this.lines.line,
      malformed: this.malformed,
      firstMalformed: this.firstMalformed,
      clients: [...this.users.keys()],
      urls: [...this.objects.keys()],
      startMs,
      spread: this.wholeSeconds,
    };
  }

  private read(text: string, line: number): void {
    if (text.trim() === "") return;
    const entry = this.parse(text);
    if (typeof entry === "string") {
      this.malformed++;
      if (this.firstMalformed.length < REPORTED) {
        this.firstMalformed.push({ line, why: entry, text: shortened(text) });
      }
      return;
    }
    const url = this.options.query === "drop" ? entry.url.replace(/[?#].*$/s, "") : entry.url;
    const user = numberOf(this.users, entry.client);
    if (user === this.regionOfUser.length) {
      this.regionOfUser.push(this.rules.regionOf(entry.client));
    }
    this.wholeSeconds &&= entry.time.wholeSecond;
    const object = numberOf(this.objects, url);
    this.columns.push(entry.time.ms, user, object, entry.bytes, this.regionOfUser[user]);
  }

  private parse(text: string): LogEntry | string {
    if (text.length > LONGEST_LINE) return `longer than ${LONGEST_LINE} characters`;
    this.json ??= text.startsWith("{");
    const entry = this.json
      ? parseJsonLine(text, this.options.fields ?? {})
      : parseNcsaLine(text, this.options.format === "combined");
    const full = this.users.size >= MOST_IDS || this.objects.size >= MOST_IDS;
    return full ? "too many different clients or URLs" : entry;
  }
}

/** Reads a whole log. */
export function importLog(text: string, options: ImportOptions = {}): ImportedLog {
  const importer = new LogImporter(options);
  importer.feed(text);
  return importer.finish();
}

function numberOf(numbers: Map<string, number>, name: string): number {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  numbers.set(name, numbers.size);
  return numbers.size - 1;
}

/** Sorted times of whole seconds: the i-th of n equal ones moves i/n of a second on. */
function spreadSeconds(timeMs: Float64Array): void {
  for (let from = 0; from < timeMs.length;) {
    let to = from + 1;
    while (to < timeMs.length && timeMs[to] === timeMs[from]) to++;
    const second = timeMs[from];
    for (let row = from; row < to; row++)
      timeMs[row] = second + (1000 * (row - from)) / (to - from);
    from = to;
  }
}
