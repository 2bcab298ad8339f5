/**
 * Arrivals whose rate changes with time: constant, or rising or falling in a straight line, on each
 * of a row of segments. Unit exponentials are inverted exactly through the cumulative rate (Çinlar,
 * Introduction to stochastic processes, 1975, §7.4), not thinned: each arrival takes one draw
 * whatever the rate, so runs with different rates stay paired.
 */
import type { Sampler } from "../../random/registry.ts";
import type { ArrivalProcess } from "./arrivals.ts";
import { DRAWN } from "./arrivals.ts";

/** Segments 0, 1, 2 … follow each other without gap from time 0; the last one may be endless. */
export interface RateSegments {
  /**
   * End of segment n in ms; its start is the end of n − 1. May be `Infinity`; then its rate must be
   * constant.
   */
  endMs(n: number): number;
  /** Rate per ms at the start of segment n, and just before its end. */
  startRate(n: number): number;
  endRate(n: number): number;
  /** Nobody will ask for segments before n again. */
  passed?(n: number): void;
}

// Words of the state, typed since V8 boxes doubles in fields. The first five are of the cursor's
// segment.
const START = 0;
const END = 1;
const START_RATE = 2;
/** Per ms². */
const SLOPE = 3;
/** Until here the pending arrival's hazard has been used up. */
const CURSOR = 4;
/** Unscaled rate at the cursor. */
const RATE = 5;
/** What is left of the pending arrival's hazard from the cursor on. */
const LEFT = 6;
const FACTOR = 7;

export class VaryingRateArrivals implements ArrivalProcess {
  readonly user = DRAWN;
  readonly object = DRAWN;
  readonly bytes = DRAWN;
  private readonly segments: RateSegments;
  private readonly hazards: Sampler;
  private readonly state = new Float64Array(8);
  private segment = 0;

  constructor(segments: RateSegments, hazards: Sampler) {
    this.segments = segments;
    this.hazards = hazards;
    this.state[FACTOR] = 1;
    this.enter(0, 0);
  }

  first(): number {
    return this.next(0);
  }

  next(nowMs: number): number {
    this.moveTo(nowMs);
    this.state[LEFT] = this.hazards.next();
    return this.pending();
  }

  scale(nowMs: number, factor: number): number {
    const { state } = this;
    state[LEFT] = Math.max(0, state[LEFT] - state[FACTOR] * this.moveTo(nowMs));
    state[FACTOR] = factor;
    return this.pending();
  }

  /** Moves the cursor forward; returns the integral of the unscaled rate on the way. */
  private moveTo(nowMs: number): number {
    const { state } = this;
    let sum = 0;
    if (state[END] <= nowMs) {
      do {
        sum += this.advance(state[END]);
        this.enter(this.segment + 1, state[END]);
      } while (state[END] <= nowMs);
      this.segments.passed?.(this.segment);
    }
    return sum + this.advance(nowMs);
  }

  /** Within the cursor's segment. */
  private advance(toMs: number): number {
    const { state } = this;
    const before = state[RATE];
    const after = state[START_RATE] + state[SLOPE] * (toMs - state[START]);
    const sum = ((before + after) / 2) * (toMs - state[CURSOR]);
    state[CURSOR] = toMs;
    state[RATE] = after;
    return sum;
  }

  private enter(segment: number, startMs: number): void {
    const { state, segments } = this;
    this.segment = segment;
    state[START] = state[CURSOR] = startMs;
    state[END] = segments.endMs(segment);
    state[START_RATE] = state[RATE] = segments.startRate(segment);
    state[SLOPE] = slopeOf(segments, segment, startMs, state[END]);
  }

  /**
   * Where the hazard that is left is used up. Changes nothing: the factor may still change before.
   */
  private pending(): number {
    const { segments, state } = this;
    const cursor = state[CURSOR];
    if (state[LEFT] === 0) return cursor;
    if (state[FACTOR] === 0) return Infinity;
    let left = state[LEFT] / state[FACTOR];
    const at = cursor + waitFor(left, state[RATE], state[SLOPE]);
    if (at < state[END]) return at;
    let end = state[END];
    left -= state[RATE] * (end - cursor) + (state[SLOPE] / 2) * (end - cursor) * (end - cursor);
    for (let n = this.segment + 1; end < Infinity; n++) {
      // Rounding may leave a crumb below 0: then it is used up just here.
      if (left <= 0) return end;
      const start = end;
      end = segments.endMs(n);
      const rate = segments.startRate(n);
      const slope = slopeOf(segments, n, start, end);
      const then = start + waitFor(left, rate, slope);
      if (then < end) return then;
      left -= ((rate + segments.endRate(n)) / 2) * (end - start);
    }
    return Infinity;
  }
}

function slopeOf(segments: RateSegments, n: number, startMs: number, endMs: number): number {
  const rise = segments.endRate(n) - segments.startRate(n);
  return rise === 0 ? 0 : rise / (endMs - startMs);
}

/**
 * x with rate·x + slope·x²/2 = hazard, in the form that cancels nothing; NaN or ∞ where it is never
 * reached.
 */
function waitFor(hazard: number, rate: number, slope: number): number {
  if (slope === 0) return hazard / rate;
  return (2 * hazard) / (rate + Math.sqrt(rate * rate + 2 * slope * hazard));
}
