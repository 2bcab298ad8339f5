/**
 * What stands behind all caches: a miss is fetched here, and here it may have to wait. One station
 * of so many cores with one first-in-first-out queue, at one place. A fetch travels there, waits,
 * takes the work that the class's `on-miss` says, and travels back; one that finds the queue full
 * is refused and fails with its request, as does one over a cut link. The origin knows nothing of
 * what became of a request meanwhile: work for one whose client or machine is gone is done all the
 * same, which is how origins collapse.
 */
import { AlarmClock } from "../engine/alarm-clock.ts";
import { EventKind } from "../engine/event-kind.ts";
import type { EventQueue } from "../engine/event-queue.ts";
import type { OriginSpec } from "../scenario/scenario.ts";
import { NONE } from "../units.ts";
import type { Network } from "./network.ts";
import type { Request } from "./requests.ts";
import { waitBehind } from "./station.ts";

/** Where a fetch is. */
const enum FetchState {
  Outbound,
  Queued,
  Serving,
  Homebound,
}

class Fetch {
  state: FetchState = FetchState.Homebound;
  /** When its present leg is over, ms; nothing while it is queued. */
  dueMs = NaN;
  request: Request | null = null;
  /** The request's, as it set out. */
  serial = 0;
  /** Core time at the origin, ms. */
  workMs = NaN;
  /** Place of the machine that waits. */
  from: number = NONE;
  /** When it reached the origin, ms. */
  reachedMs = NaN;
  refused = false;
  next: Fetch | null = null;

  constructor(readonly index: number) {}
}

/** Each only grows; durations in ms. */
export interface OriginCounters {
  readonly fetches: number;
  readonly refused: number;
  /** Fetches that began service. */
  readonly started: number;
  readonly waitMs: number;
  /** Core ms. */
  readonly busyMs: number;
  /** Cores × ms. */
  readonly coreMs: number;
}

class OriginCount implements OriginCounters {
  fetches = 0;
  refused = 0;
  started = 0;
  waitMs = NaN;
  busyMs = NaN;
  coreMs = NaN;

  constructor() {
    this.waitMs = this.busyMs = this.coreMs = 0;
  }
}

export class Origin {
  private readonly fetches: Fetch[] = [];
  private firstFree: Fetch | null = null;
  private head: Fetch | null = null;
  private tail: Fetch | null = null;
  private queued = 0;
  private busy = 0;
  private sinceMs = NaN;
  private readonly count = new OriginCount();
  private readonly outbound: AlarmClock;
  private readonly serving: AlarmClock;
  private readonly homebound: AlarmClock;

  constructor(
    private readonly spec: OriginSpec,
    private readonly queue: EventQueue,
    private readonly network: Network,
  ) {
    this.sinceMs = queue.nowMs;
    this.outbound = new AlarmClock(queue, EventKind.OriginReached);
    this.serving = new AlarmClock(queue, EventKind.OriginServed);
    this.homebound = new AlarmClock(queue, EventKind.OriginAnswered);
  }

  /** A request at a machine of that place fetches what its cache did not have. O(log fetches). */
  ask(request: Request, from: number): void {
    const fetch = this.firstFree ?? this.open();
    this.firstFree = fetch.next;
    fetch.request = request;
    fetch.serial = request.serial;
    fetch.workMs = request.penaltyMs;
    fetch.from = from;
    fetch.refused = false;
    if (this.isCut(from)) {
      fetch.refused = true;
      this.enter(fetch, FetchState.Homebound, 0, this.homebound);
    } else this.enter(fetch, FetchState.Outbound, this.oneWayMs(from), this.outbound);
  }

  /**
   * How long until this request is answered if nothing more is asked for, ms; 0 where nothing is
   * under way for it. O(fetches log cores).
   */
  restMs(request: Request): number {
    const fetch = this.fetches.find((one) => {
      return one.request === request && one.serial === request.serial;
    });
    if (fetch === undefined) return 0;
    const leftMs = fetch.dueMs - this.queue.nowMs;
    const homeMs = this.oneWayMs(fetch.from);
    if (fetch.state === FetchState.Homebound) return leftMs;
    if (fetch.state === FetchState.Serving) return leftMs + homeMs;
    const waitMs = this.waitOf(fetch);
    const reachMs = fetch.state === FetchState.Outbound ? leftMs : 0;
    return Math.max(waitMs, reachMs) + fetch.workMs + homeMs;
  }

  /** Until a core is free for it: behind whoever is queued before it, or behind all. */
  private waitOf(fetch: Fetch): number {
    if (this.busy < this.spec.cores) return 0;
    const { nowMs } = this.queue;
    const restsMs = this.fetches.flatMap(({ state, dueMs }) => {
      return state === FetchState.Serving ? [dueMs - nowMs] : [];
    });
    const queuedMs: number[] = [];
    for (let at = this.head; at !== null && at !== fetch; at = at.next) queuedMs.push(at.workMs);
    return waitBehind(restsMs, queuedMs);
  }

  /** A fetch has reached the origin. */
  reached(): void {
    const fetch = this.fetches[this.outbound.take()];
    this.count.fetches++;
    fetch.reachedMs = this.queue.nowMs;
    if (this.busy < this.spec.cores) this.start(fetch);
    else if (this.queued >= (this.spec.queueLimit ?? Infinity)) {
      this.count.refused++;
      fetch.refused = true;
      this.goHome(fetch);
    } else {
      fetch.state = FetchState.Queued;
      fetch.next = null;
      if (this.tail === null) this.head = fetch;
      else this.tail.next = fetch;
      this.tail = fetch;
      this.queued++;
    }
  }

  /** One of its cores is done. */
  served(): void {
    const fetch = this.fetches[this.serving.take()];
    this.settle();
    this.busy--;
    this.goHome(fetch);
    const next = this.head;
    if (next === null) return;
    this.head = next.next;
    if (this.head === null) this.tail = null;
    this.queued--;
    this.start(next);
  }

  /** An answer or a refusal is back: its request, or null where that is gone. */
  answered(): { readonly request: Request; readonly refused: boolean } | null {
    const fetch = this.fetches[this.homebound.take()];
    const { request, serial, from } = fetch;
    fetch.request = null;
    fetch.next = this.firstFree;
    this.firstFree = fetch;
    if (request === null || request.serial !== serial) return null;
    return { request, refused: fetch.refused || this.isCut(from) };
  }

  /** As they stand now. */
  counters(): OriginCounters {
    this.settle();
    const { fetches, refused, started, waitMs, busyMs, coreMs } = this.count;
    return { fetches, refused, started, waitMs, busyMs, coreMs };
  }

  private start(fetch: Fetch): void {
    this.settle();
    this.busy++;
    this.count.started++;
    this.count.waitMs += this.queue.nowMs - fetch.reachedMs;
    this.enter(fetch, FetchState.Serving, fetch.workMs, this.serving);
  }

  private settle(): void {
    const { nowMs } = this.queue;
    const passedMs = nowMs - this.sinceMs;
    this.sinceMs = nowMs;
    this.count.busyMs += passedMs * this.busy;
    this.count.coreMs += passedMs * this.spec.cores;
  }

  private goHome(fetch: Fetch): void {
    this.enter(fetch, FetchState.Homebound, this.oneWayMs(fetch.from), this.homebound);
  }

  /** The next leg of its way, and the alarm that ends it. */
  private enter(fetch: Fetch, state: FetchState, lastsMs: number, clock: AlarmClock): void {
    fetch.state = state;
    fetch.dueMs = this.queue.nowMs + lastsMs;
    clock.set(fetch.dueMs, fetch.index);
  }

  private oneWayMs(from: number): number {
    const { place } = this.spec;
    return place === null ? 0 : this.network.innerMs(from, place);
  }

  private isCut(from: number): boolean {
    const { place } = this.spec;
    return place !== null && this.network.isCut(from, place);
  }

  private open(): Fetch {
    const fetch = new Fetch(this.fetches.length);
    this.fetches.push(fetch);
    return fetch;
  }
}
