/**
 * Requests in flight: rows of two typed arrays with a free list, so that nothing is allocated for a request.
 *
 * A row is named by its offset in `ints`; its doubles stand at a quarter of it: `ints[row + RequestInt.Machine]`,
 * `ms[(row >> 2) + RequestMs.Born]`. One array for all columns and not one a column: V8 then loads base and length once
 * for many accesses, and a row shares its cache lines (measured on W1: a third of the time of a request). The names are const enums
 * because an imported constant costs a load and two checks at each use, an inlined number nothing.
 *
 * A row is in at most one list at a time (free, a network line, a machine's queue), which is why one `Next` serves them all.
 */
import { NONE } from "../units.ts";

/** Where a request is. */
export const enum RequestState {
  Free,
  /** Travelling from its client towards a machine. */
  Outbound,
  /** At a machine, waiting for a fetch that needs no core. */
  Fetching,
  Queued,
  Running,
  /** Travelling back, with a response or a refusal. */
  Returning,
  /** Nobody will ever answer: lost in silence, it waits for its client's patience to end. */
  Hung,
  /** Taken back while queued; its row is freed when its turn comes. */
  Withdrawn,
}

/** Codes of statistics' OUTCOMES, in the same order (a test holds them together). */
export const enum OutcomeCode {
  Completed,
  Rejected,
  TimedOut,
  Failed,
  Unroutable,
}

/** Columns of `ints`. */
export const enum RequestInt {
  Next,
  State,
  /** An OutcomeCode. */
  Outcome,
  /** 1 when the client has given up and counts it as timed out. */
  Abandoned,
  /** 1 when the root did not pick the nearest target. */
  Spilled,
  /** Client region. */
  Source,
  Class,
  /** Machine it was sent to, NONE before. */
  Machine,
  /** The core it runs on, while it runs. */
  Core,
  /** The last balancer that it reached: an index that the builder chose, 0 before the first. */
  Last,
  /** Number of tiers that have picked a target and not yet heard back from it. */
  Depth,
  /** Counts the uses of a row, so that a late message can tell that its request is gone. */
  Serial,
  /** NONE where nobody asks who it is. */
  User,
  Object,
  Key,
  RawKey,
  /** From here on, two a tier: the pool that picked, the slot that it picked. */
  Pool,
  Slot,
}

/** Columns of `ms`: times and durations in ms. */
export const enum RequestMs {
  /** When the client meant to send it. */
  Born,
  /** Core time on a machine of speed 1. */
  Demand,
  /** What a cache miss would add, and what it did add. */
  Penalty,
  Paid,
  /** Sum of the delays travelled so far. */
  Network,
  /** When it asked for a core, and when it got one. */
  Queued,
  Started,
  /** On a network line: when it arrives. */
  Due,
}

const SMALLEST_WIDTH = 32;

export class RequestTable {
  ints = new Int32Array(0);
  ms = new Float64Array(0);
  /** By (row + RequestInt.Pool + 2 × tier) / 2: when that tier sent it, ms; only for strategies that listen to responses. */
  sentMs = new Float64Array(0);
  /** Integers a row: a power of two. */
  readonly width: number;
  private rows = 0;
  private freeHead: number = NONE;
  /** Rows in use. */
  live = 0;

  constructor(
    tiers: number,
    private readonly clock: { readonly nowMs: number },
  ) {
    let width = SMALLEST_WIDTH;
    while (width < RequestInt.Pool + 2 * tiers) width *= 2;
    this.width = width;
    this.grow(1024);
  }

  /** A row for a request born now; only what every request has is set. Amortised O(1). */
  take(): number {
    if (this.freeHead === NONE) this.grow(2 * this.rows);
    const row = this.freeHead;
    const { ints, ms } = this;
    this.freeHead = ints[row + RequestInt.Next];
    this.live++;
    ms[(row >> 2) + RequestMs.Born] = this.clock.nowMs;
    ms[(row >> 2) + RequestMs.Network] = 0;
    ms[(row >> 2) + RequestMs.Paid] = 0;
    ints[row + RequestInt.State] = RequestState.Outbound;
    ints[row + RequestInt.Outcome] = OutcomeCode.Completed;
    ints[row + RequestInt.Abandoned] = 0;
    ints[row + RequestInt.Spilled] = 0;
    ints[row + RequestInt.Machine] = NONE;
    ints[row + RequestInt.Last] = 0;
    ints[row + RequestInt.Depth] = 0;
    return row;
  }

  free(row: number): void {
    const { ints } = this;
    ints[row + RequestInt.State] = RequestState.Free;
    ints[row + RequestInt.Serial]++;
    ints[row + RequestInt.Next] = this.freeHead;
    this.freeHead = row;
    this.live--;
  }

  stateOf(row: number): RequestState {
    return this.ints[row + RequestInt.State];
  }

  /** Every row, in use or free, in order. */
  *all(): Generator<number> {
    for (let row = 0; row < this.ints.length; row += this.width) yield row;
  }

  private grow(rows: number): void {
    const { width } = this;
    const ints = new Int32Array(rows * width);
    ints.set(this.ints);
    const ms = new Float64Array((rows * width) / 4);
    ms.set(this.ms);
    const sentMs = new Float64Array((rows * width) / 2);
    sentMs.set(this.sentMs);
    for (let row = (rows - 1) * width; row >= this.ints.length; row -= width) {
      ints[row + RequestInt.Next] = this.freeHead;
      this.freeHead = row;
    }
    this.ints = ints;
    this.ms = ms;
    this.sentMs = sentMs;
    this.rows = rows;
  }
}
