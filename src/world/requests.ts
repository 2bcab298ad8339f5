/**
 * Requests in flight. A request is an object for what is linked and compared and a row of a typed
 * array for its times; both are used again and again, by way of a free list, so that nothing is
 * allocated for a request. (V8 reads a field in one instruction and an element in five, but a
 * double as a field is 16 bytes somewhere else on the heap, and a fleet of 10,000 then outgrows the
 * processor's cache.)
 *
 * A request is in at most one list at a time (free, a network line, a machine's queue, a balancer's
 * line of those that wait for a core, a fetch or a connection), which is why one `next` serves them
 * all. The requests of a connection are linked apart from that, in `Passages`.
 */
import { NONE } from "../units.ts";
import type { Machine } from "./machine.ts";
import type { Source } from "./source.ts";

/** Where a request is. */
export const enum RequestState {
  Free,
  /** With its client, which looks for an address or sets up a connection. */
  Dialing,
  /** Travelling from its client towards a machine. */
  Outbound,
  /** At a balancer that has work of its own with it, or waits for something there. */
  AtBalancer,
  /** At a machine, waiting for a fetch that needs no core. */
  Fetching,
  Queued,
  Running,
  /** Travelling back, with a response or a refusal. */
  Returning,
  /** Nobody will ever answer: lost in silence, it waits for its client's patience to end. */
  Hung,
}

/** Codes of statistics' OUTCOMES, in the same order (a test holds them together). */
export const enum OutcomeCode {
  Completed,
  Rejected,
  TimedOut,
  Failed,
  Unroutable,
}

/** Columns of `Requests.hops`. */
export const enum HopColumn {
  /** The pool that picked, by its number. */
  Pool,
  /** The slot that it picked. */
  Slot,
}

/** Columns of the rows in which requests keep their times. The first six are on everybody's way. */
const enum Ms {
  Born,
  Network,
  Demand,
  Queued,
  Started,
  Due,
  Penalty,
  Reload,
  /** A row is 2 ** Shift wide: begins and columns then come together without carry. */
  Shift = 3,
  Width = 1 << Shift,
}

/** What a request's `status` is packed of: four bits, three, one, one, one, and the rest. */
const enum Status {
  State = 15,
  Outcome = 7 << 4,
  OutcomeShift = 4,
  Abandoned = 1 << 7,
  Missed = 1 << 8,
  Spilled = 1 << 9,
  SpilledShift = 9,
  Depth = 1 << 10,
  DepthShift = 10,
}

/**
 * What is used most stands first, small facts share a word, and times stand in rows: a duration as
 * a field would be a double of its own on the heap. A request of the common kind then touches three
 * or four cache lines where it touched seven, which is what a fleet of 10,000 costs.
 */
export class Request {
  next: Request | null = null;
  private status: number = RequestState.Free;
  /** Machine it was sent to, null before. */
  machine: Machine | null = null;
  /** Its client region; null only before its first use. */
  source: Source | null = null;
  /** By index << Ms.Shift | Ms: the times of all requests, ms. */
  private ms: Float64Array;
  /** In `Requests.all`. */
  readonly index: number;
  /** While it runs: the core's index in its machine, or its index in a shared processor's heap. */
  place: number = NONE;
  /** The last balancer that it reached: an index that the builder chose, 0 before the first. */
  last = 0;
  /** Its class, by index. */
  group = 0;
  /** NONE where nobody asks who it is. */
  user: number = NONE;
  /** Before it in its machine's queue; of no meaning for the first one there. */
  previous: Request | null = null;
  /** Counts its uses, so that a late message can tell that its request is gone. */
  serial = 0;
  rawKey = 0;
  key = 0;
  object = 0;
  /** One bit a tier: the balancer there keeps users, and its strategy placed this request. */
  placed = 0;
  /** Where there are sessions: how much of its demand is for opening one, ms. */
  openMs = 0;

  constructor(index: number, ms: Float64Array = new Float64Array((index + 1) * Ms.Width)) {
    this.index = index;
    this.ms = ms;
  }

  /** The rows of all requests have moved. */
  moveTo(ms: Float64Array): void {
    this.ms = ms;
  }

  /** Begins a use: born at `queue.nowMs`, nothing has happened to it. */
  begin(clock: { readonly nowMs: number }): void {
    this.status = RequestState.Outbound;
    this.machine = null;
    this.last = 0;
    this.ms[(this.index << Ms.Shift) | Ms.Born] = clock.nowMs;
    this.ms[(this.index << Ms.Shift) | Ms.Network] = 0;
  }

  get state(): RequestState {
    return this.status & Status.State;
  }
  set state(state: RequestState) {
    this.status = (this.status & ~Status.State) | state;
  }

  get outcome(): OutcomeCode {
    return (this.status & Status.Outcome) >> Status.OutcomeShift;
  }
  set outcome(outcome: OutcomeCode) {
    this.status = (this.status & ~Status.Outcome) | (outcome << Status.OutcomeShift);
  }

  /** The client has given up and counts it as timed out. */
  get abandoned(): boolean {
    return (this.status & Status.Abandoned) !== 0;
  }
  set abandoned(abandoned: boolean) {
    this.status = abandoned ? this.status | Status.Abandoned : this.status & ~Status.Abandoned;
  }

  /** Its object was looked up in vain: it pays the penalty. */
  get missed(): boolean {
    return (this.status & Status.Missed) !== 0;
  }
  set missed(missed: boolean) {
    this.status = missed ? this.status | Status.Missed : this.status & ~Status.Missed;
  }

  /** 1 when the root did not pick the nearest target. */
  get spilled(): number {
    return (this.status & Status.Spilled) >> Status.SpilledShift;
  }
  set spilled(spilled: number) {
    this.status = (this.status & ~Status.Spilled) | (spilled << Status.SpilledShift);
  }

  /** Number of tiers that have picked a target and not yet heard back from it. */
  get depth(): number {
    return this.status >> Status.DepthShift;
  }
  set depth(depth: number) {
    this.status = (this.status & (Status.Depth - 1)) | (depth << Status.DepthShift);
  }

  /** When the client meant to send it, ms. */
  get bornMs(): number {
    return this.ms[(this.index << Ms.Shift) | Ms.Born];
  }

  /** Sum of the delays travelled so far, ms. */
  get networkMs(): number {
    return this.ms[(this.index << Ms.Shift) | Ms.Network];
  }
  set networkMs(networkMs: number) {
    this.ms[(this.index << Ms.Shift) | Ms.Network] = networkMs;
  }

  /** Core time on a machine of speed 1, ms. */
  get demandMs(): number {
    return this.ms[(this.index << Ms.Shift) | Ms.Demand];
  }
  set demandMs(demandMs: number) {
    this.ms[(this.index << Ms.Shift) | Ms.Demand] = demandMs;
  }

  /** When it asked for a core, ms. */
  get queuedMs(): number {
    return this.ms[(this.index << Ms.Shift) | Ms.Queued];
  }
  set queuedMs(queuedMs: number) {
    this.ms[(this.index << Ms.Shift) | Ms.Queued] = queuedMs;
  }

  /** When it got one, ms. */
  get startedMs(): number {
    return this.ms[(this.index << Ms.Shift) | Ms.Started];
  }
  set startedMs(startedMs: number) {
    this.ms[(this.index << Ms.Shift) | Ms.Started] = startedMs;
  }

  /** On a network line: when it arrives, ms. */
  get dueMs(): number {
    return this.ms[(this.index << Ms.Shift) | Ms.Due];
  }
  set dueMs(dueMs: number) {
    this.ms[(this.index << Ms.Shift) | Ms.Due] = dueMs;
  }

  /** What a cache miss adds, ms. */
  get penaltyMs(): number {
    return this.ms[(this.index << Ms.Shift) | Ms.Penalty];
  }
  set penaltyMs(penaltyMs: number) {
    this.ms[(this.index << Ms.Shift) | Ms.Penalty] = penaltyMs;
  }

  /** Where there are sessions: how long it waits for its session's state without a core, ms. */
  get reloadMs(): number {
    return this.ms[(this.index << Ms.Shift) | Ms.Reload];
  }
  set reloadMs(reloadMs: number) {
    this.ms[(this.index << Ms.Shift) | Ms.Reload] = reloadMs;
  }

  /** What a miss did add, ms. */
  get paidMs(): number {
    return this.missed ? this.penaltyMs : 0;
  }
}

const FIRST_REQUESTS = 64;

export class Requests {
  /** Every one that was ever needed, in use or free. */
  readonly all: Request[] = [];
  /**
   * By (request × tiers + tier) × 2 + HopColumn: which pool sent it where; its first `depth` tiers
   * are in force.
   */
  hops = new Int32Array(0);
  /** By request × tiers + tier: when, ms; only for strategies that listen to responses. */
  sentMs = new Float64Array(0);
  private ms = new Float64Array(0);
  private firstFree: Request | null = null;
  /** Those in use. */
  live = 0;

  constructor(
    readonly tiers: number,
    private readonly clock: { readonly nowMs: number },
  ) {
    this.grow(FIRST_REQUESTS);
  }

  /** A request born now; only what every request has is set. Amortised O(1). */
  take(): Request {
    if (this.firstFree === null) this.grow(this.all.length);
    const request = this.firstFree!;
    this.firstFree = request.next;
    this.live++;
    request.begin(this.clock);
    return request;
  }

  free(request: Request): void {
    request.state = RequestState.Free;
    request.serial++;
    request.next = this.firstFree;
    this.firstFree = request;
    this.live--;
  }

  private grow(by: number): void {
    const first = this.all.length;
    const ms = new Float64Array((first + by) * Ms.Width);
    ms.set(this.ms);
    this.ms = ms;
    for (const request of this.all) request.moveTo(ms);
    for (let i = 0; i < by; i++) this.all.push(new Request(first + i, ms));
    for (let i = this.all.length - 1; i >= first; i--) {
      this.all[i].next = this.firstFree;
      this.firstFree = this.all[i];
    }
    const { hops, sentMs } = this;
    this.sentMs = new Float64Array(this.all.length * this.tiers);
    this.sentMs.set(sentMs);
    this.hops = new Int32Array(2 * this.sentMs.length);
    this.hops.set(hops);
  }
}
