/**
 * Requests in flight. Every `Request` is used again and again, by way of a free list, so that
 * nothing is allocated for a request.
 *
 * Objects of one class and not rows of typed arrays: V8 reads a field in one instruction, and a
 * duration in two, where an element takes four to eight (base, length and bounds anew after every
 * call that is not inlined). Written so, a request of the bench's W2 takes two thirds of the
 * instructions. Fields that hold durations begin as NaN, which makes V8 keep them as doubles in
 * place from the start.
 *
 * A request is in at most one list at a time (free, a network line, a machine's queue, a balancer's
 * line of those that wait for a core, a fetch or a connection), which is why one `next` serves them
 * all. The requests of a connection are linked apart from that, in `Passages`.
 */
import { assert } from "../assert.ts";
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

/** What only some runs need of a request, apart from what all do: see `Request`. */
export class RareFields {
  /** Where there are sessions: how long it waits for its session's state without a core, ms. */
  reloadMs = NaN;
  /** And how much of its demand is for opening that, ms. */
  openMs = NaN;
  /** One bit a tier: the balancer there keeps users, and its strategy placed this request. */
  placed = 0;
}

/** Bits of a request's `flags`: room for eight outcomes, and what is yes or no. */
const OUTCOMES_MASK = 7;
const ABANDONED = 8;
const SPILLED = 16;
const MISSED = 32;

/**
 * What is used at the same time stands together, so that each step of a request's way touches few
 * cache lines: the way itself first, then the machine, then what the end of it is counted by. Each
 * duration is a double of its own on the heap, in the same order. The fewer bytes, the more
 * requests in flight stay in the processor's cache: what only some runs need stands apart, and what
 * is yes or no is a bit.
 */
export class Request {
  next: Request | null = null;
  state: RequestState = RequestState.Free;
  /** Number of tiers that have picked a target and not yet heard back from it. */
  depth = 0;
  /** What its last pick came to, for `Requests` alone to read and write; null before the first. */
  hop: unknown = null;
  /** Machine it was sent to, null before. */
  machine: Machine | null = null;
  /** Sum of the delays travelled so far, ms. */
  networkMs = NaN;
  /** On a network line: when it arrives, ms. */
  dueMs = NaN;
  /** When it asked for a core, and when it got one, ms. */
  queuedMs = NaN;
  startedMs = NaN;
  /** Core time on a machine of speed 1, ms. */
  demandMs = NaN;
  /** While it runs: the core's number among all, or its index in a shared processor's heap. */
  place: number = NONE;
  /** The last balancer that it reached: an index that the builder chose, 0 before the first. */
  last = 0;
  /** Its client region; null only before its first use. */
  source: Source | null = null;
  /** Its class, by index. */
  group = 0;
  /** When the client meant to send it, ms. */
  bornMs = NaN;
  /**
   * For its accessors and `Requests` alone. 0 at birth: it would complete, and nothing else is so.
   */
  flags = 0;
  /** NONE where nobody asks who it is. */
  user: number = NONE;
  /** Counts its uses, so that a late message can tell that its request is gone. */
  serial = 0;
  key = 0;
  rawKey = 0;
  /** Before it in its machine's queue; of no meaning for the first one there. */
  previous: Request | null = null;
  object = 0;
  /** What a cache miss adds, ms. */
  penaltyMs = NaN;
  private readonly rare: RareFields;
  /** In `Requests.all`. */
  readonly index: number;

  constructor(index: number, rare: RareFields) {
    this.index = index;
    this.rare = rare;
  }

  /** How it ends, as far as is known. */
  get outcome(): OutcomeCode {
    return this.flags & OUTCOMES_MASK;
  }
  set outcome(outcome: OutcomeCode) {
    this.flags = (this.flags & ~OUTCOMES_MASK) | outcome;
  }

  /** The client has given up and counts it as timed out. */
  get abandoned(): boolean {
    return (this.flags & ABANDONED) !== 0;
  }
  set abandoned(is: boolean) {
    this.flags = is ? this.flags | ABANDONED : this.flags & ~ABANDONED;
  }

  /** 1 when the root did not pick the nearest target. */
  get spilled(): number {
    return (this.flags & SPILLED) === 0 ? 0 : 1;
  }
  set spilled(value: number) {
    this.flags = value === 0 ? this.flags & ~SPILLED : this.flags | SPILLED;
  }

  /** Its object was looked up in vain: it pays the penalty. */
  get missed(): boolean {
    return (this.flags & MISSED) !== 0;
  }
  set missed(is: boolean) {
    this.flags = is ? this.flags | MISSED : this.flags & ~MISSED;
  }

  /** Where there are sessions: how long it waits for its session's state without a core, ms. */
  get reloadMs(): number {
    return this.rare.reloadMs;
  }
  set reloadMs(ms: number) {
    this.rare.reloadMs = ms;
  }

  /** And how much of its demand is for opening that, ms. */
  get openMs(): number {
    return this.rare.openMs;
  }
  set openMs(ms: number) {
    this.rare.openMs = ms;
  }

  /** One bit a tier: the balancer there keeps users, and its strategy placed this request. */
  get placed(): number {
    return this.rare.placed;
  }
  set placed(bits: number) {
    this.rare.placed = bits;
  }

  /** What a miss did add, ms. */
  get paidMs(): number {
    return this.missed ? this.penaltyMs : 0;
  }
}

const FIRST_REQUESTS = 64;
/** Half a kilobyte each. */
const MOST_READY = 1 << 15;

/** @typeParam Hop what a tier's pick is to the owner */
export class Requests<Hop = unknown> {
  /** Every one that was ever needed, in use or free. */
  readonly all: Request[] = [];
  /**
   * By request × tiers + tier: what the picks above its last one came to. That one stands in the
   * request, where whoever needs it is already.
   */
  private readonly hops: (Hop | null)[] = [];
  /** By request × tiers + tier: when, ms; only for strategies that listen to responses. */
  sentMs = new Float64Array(0);
  private firstFree: Request | null = null;
  /** Those in use. */
  live = 0;

  constructor(
    readonly tiers: number,
    private readonly clock: { readonly nowMs: number },
  ) {}

  /** What the request's last pick came to; it has one. */
  lastHop({ hop }: Request): Hop {
    // Only `enter` and `returnTo` write it, and they write hops.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return hop as Hop;
  }

  /** What that tier's pick came to; it is one of the request's `depth`. */
  hopAt(request: Request, tier: number): Hop {
    return tier === request.depth - 1
      ? this.lastHop(request)
      : this.hops[this.row(request) + tier]!;
  }

  /** Where its tiers begin in whatever has an entry by request × tiers + tier. */
  row({ index }: Request): number {
    return Math.imul(index, this.tiers);
  }

  /** One tier has picked for the request. */
  enter(request: Request, hop: Hop): void {
    const { depth } = request;
    if (depth > 0) this.hops[this.row(request) + depth - 1] = this.lastHop(request);
    request.hop = hop;
    request.depth = depth + 1;
  }

  /** So many tiers, no more than now, have yet to hear back. */
  returnTo(request: Request, depth: number): void {
    if (depth > 0 && depth < request.depth) request.hop = this.hops[this.row(request) + depth - 1];
    request.depth = depth;
  }

  /** A request born now; only what every request has is set. Amortised O(1). */
  take(): Request {
    if (this.firstFree === null) this.grow(Math.max(FIRST_REQUESTS, this.all.length));
    const request = this.firstFree!;
    this.firstFree = request.next;
    this.live++;
    request.bornMs = this.clock.nowMs;
    request.networkMs = 0;
    request.state = RequestState.Outbound;
    request.flags = 0;
    request.machine = null;
    request.last = 0;
    request.depth = 0;
    return request;
  }

  free(request: Request): void {
    request.state = RequestState.Free;
    request.serial++;
    request.next = this.firstFree;
    this.firstFree = request;
    this.live--;
  }

  /**
   * Makes so many before the run's first one. V8 keeps what is younger than the machines apart from
   * them and takes note of every link between the two: made in time, a request among many machines
   * costs less. They are taken in the same order however many are ready.
   */
  makeReady(count: number): void {
    assert(this.all.length === 0, "requests are made ready before the first one is taken");
    this.grow(Math.max(FIRST_REQUESTS, Math.min(count, MOST_READY)));
  }

  private grow(by: number): void {
    const first = this.all.length;
    // All before the requests, so that these lie together.
    const rare = Array.from({ length: by }, () => new RareFields());
    for (let i = 0; i < by; i++) this.all.push(new Request(first + i, rare[i]));
    for (let i = 0; i < by * this.tiers; i++) this.hops.push(null);
    for (let i = this.all.length - 1; i >= first; i--) {
      this.all[i].next = this.firstFree;
      this.firstFree = this.all[i];
    }
    const { sentMs } = this;
    this.sentMs = new Float64Array(this.all.length * this.tiers);
    this.sentMs.set(sentMs);
  }
}
