/**
 * A recorded trace: who asked when for what, as it stands in a file. At its end nobody asks any
 * more.
 */
import { assert } from "../../assert.ts";
import type { Trace } from "../../scenario/scenario.ts";
import type { ArrivalProcess } from "./arrivals.ts";
import { defineArrivals, DRAWN } from "./arrivals.ts";

class Replay implements ArrivalProcess {
  private readonly trace: Trace;
  /** The region's rows of the trace, in order of time. */
  private readonly rows: Int32Array;
  private at = 0;
  private readonly speed: number;
  private factor: number;
  /** The speed changed last at this time, when the trace's clock stood at that. */
  private changedMs = NaN;
  private playedMs = NaN;

  constructor(trace: Trace, rows: Int32Array, speed: number) {
    this.trace = trace;
    this.rows = rows;
    this.speed = speed;
    this.factor = speed;
    this.changedMs = this.playedMs = 0;
  }

  get user(): number {
    return this.at < this.rows.length ? this.trace.user[this.rows[this.at]] : DRAWN;
  }

  get object(): number {
    return this.at < this.rows.length ? this.trace.object[this.rows[this.at]] : DRAWN;
  }

  get bytes(): number {
    return this.at < this.rows.length ? this.trace.bytes[this.rows[this.at]] : DRAWN;
  }

  first(): number {
    return this.pending();
  }

  next(): number {
    this.at++;
    return this.pending();
  }

  /** A higher rate plays the trace faster. */
  scale(nowMs: number, factor: number): number {
    this.playedMs += (nowMs - this.changedMs) * this.factor;
    this.changedMs = nowMs;
    this.factor = this.speed * factor;
    return this.pending();
  }

  private pending(): number {
    if (this.at >= this.rows.length) return Infinity;
    const left = Math.max(0, this.trace.timeMs[this.rows[this.at]] - this.playedMs);
    return left === 0 ? this.changedMs : this.changedMs + left / this.factor;
  }
}

function rowsOf(trace: Trace, region: number): Int32Array {
  let count = 0;
  for (const each of trace.region) if (each === region) count++;
  const rows = new Int32Array(count);
  let filled = 0;
  trace.region.forEach((each, row) => {
    if (each === region) rows[filled++] = row;
  });
  return rows;
}

/**
 * The region of that name; in a trace of one region, that one, whatever its name. Asserts that
 * there is one.
 */
function regionIn(trace: Trace, name: string): number {
  const found = trace.regions.indexOf(name);
  if (found >= 0) return found;
  assert(trace.regions.length === 1, `the trace has no region ${name}`);
  return 0;
}

export const trace = defineArrivals({
  name: "trace",
  summary: "replays a recorded trace: its times, users, objects and sizes",
  follows: "trace-driven simulation; `lbsim import` makes traces of access logs",
  fields: {
    file: { kind: "file", doc: "a trace with the columns time-ms, user, object, bytes, region" },
    region: {
      kind: "text",
      optional: true,
      doc: "the trace's region to replay; none: the one of the clients' own name",
    },
    speed: {
      kind: "number",
      above: 0,
      max: 1_000_000,
      default: 1,
      doc: "10: an hour of the trace in six minutes",
    },
  },
  primary: "file",
  create: ({ file, region, speed }, context) => {
    const recorded = context.traces.get(file);
    assert(recorded !== undefined, `the trace ${file} was not loaded`);
    return new Replay(
      recorded,
      rowsOf(recorded, regionIn(recorded, region ?? context.region)),
      speed,
    );
  },
  meanRate: () => NaN,
});
