/**
 * The connections of one replica of a layer-7 balancer, as a reverse proxy, to its targets. A
 * connection carries one request at a time (HTTP/1.1) or so many streams (HTTP/2). One that has
 * room is used again, the one used last first, as nginx's `keepalive` and HAProxy's `http-reuse`
 * do; else a new one is opened; where a target has as many as it may, requests wait in order.
 *
 * A connection idle for too long is closed without an event: whoever looks next closes it as of the
 * moment when its time was up (where layer 4 counts it, somebody looks then). Every connection ends
 * in one way: its time idle was up, it had carried all requests that it may, its target left in
 * good order, or it broke (its target or its balancer stopped, or a request on an HTTP/1.1
 * connection was given up). So opened = idled + spent + left + broken + open at any time.
 *
 * O(1) amortised for each request.
 */
import type { BackendsSpec } from "../../scenario/scenario.ts";
import { NEVER, NONE } from "../../units.ts";
import { ProxyCount } from "./counts.ts";
import { WaitingLine } from "./waiting-line.ts";

type End = ProxyCount.Idled | ProxyCount.Spent | ProxyCount.Left | ProxyCount.Broken;

export class Connection {
  /** Requests on it now, and ever. */
  active = 0;
  carried = 0;
  /** It can be used from then on, ms: before, it is being set up. */
  readyMs = NaN;
  /** Since when nothing is on it, ms. */
  idleMs = NaN;
  /** It has ended, or does so once nothing is on it any more. */
  ended = false;
  dying = false;
  /** It has ended since its target reset it, which knows nothing of its handshake either. */
  isForgotten = false;
  /** Its place among its backend's open ones. */
  at = 0;
  /** Where it runs through layer 4: its row in the table of connections; else NONE. */
  row: number = NONE;
  /** Beside it in its backend's list of those that have room, or of those to be used anew. */
  previous: Connection | null = null;
  next: Connection | null = null;

  constructor(readonly backend: Backend) {
    this.readyMs = this.idleMs = 0;
  }
}

/** Connections with room: nothing on them, or some streams. The newest is used first. */
class Rooms {
  oldest: Connection | null = null;
  newest: Connection | null = null;

  add(connection: Connection): void {
    connection.next = null;
    connection.previous = this.newest;
    if (this.newest === null) this.oldest = connection;
    else this.newest.next = connection;
    this.newest = connection;
  }

  remove({ previous, next }: Connection): void {
    if (previous === null) this.oldest = next;
    else previous.next = next;
    if (next === null) this.newest = previous;
    else next.previous = previous;
  }
}

/** One target's. */
export class Backend {
  readonly idle = new Rooms();
  readonly partial = new Rooms();
  readonly waiting = new WaitingLine();
  /** In no order that means anything. */
  readonly open: Connection[] = [];
  /**
   * From when on the replica has a TLS session with it that a new connection can resume, ms: when
   * the first full handshake was over. Whoever resets connections has forgotten it.
   */
  resumableMs = Infinity;
  /** Ended, and nobody's any more. */
  free: Connection | null = null;
}

export class Backends {
  private readonly bySlot: Backend[] = [];
  private readonly streams: number;
  private readonly most: number;
  private readonly requests: number;
  private readonly idleMs: number;
  private readonly mayWait: number;
  private open = 0;
  private held = 0;
  private sinceMs: number;
  /** A connection with a row has ended. */
  ended: (connection: Connection) => void = () => {};

  /** @param counts of the replica, by ProxyCount */
  constructor(
    readonly spec: BackendsSpec,
    private readonly counts: Float64Array,
    private readonly clock: { readonly nowMs: number },
  ) {
    this.streams = spec.protocol === "http/2" ? spec.streams : 1;
    this.most = spec.connections ?? Infinity;
    this.requests = spec.requests ?? Infinity;
    this.idleMs = spec.idleMs ?? Infinity;
    this.mayWait = spec.pending ?? Infinity;
    this.sinceMs = clock.nowMs;
  }

  at(slot: number): Backend {
    const { bySlot } = this;
    while (bySlot.length <= slot) bySlot.push(new Backend());
    return bySlot[slot];
  }

  /** Open now. */
  get openNow(): number {
    return this.open;
  }

  /**
   * A connection for one more request; null where all are full and no more may be opened. One that
   * has carried nothing before this request is new.
   */
  take(backend: Backend): Connection | null {
    this.expire(backend);
    const { idle, partial } = backend;
    let connection = partial.newest;
    if (connection !== null) {
      if (connection.active + 1 >= this.streams) partial.remove(connection);
    } else {
      connection = idle.newest;
      if (connection !== null) idle.remove(connection);
      else if (backend.open.length < this.most) connection = this.openOne(backend);
      else return null;
      if (this.streams > 1) partial.add(connection);
      this.settle();
      this.held++;
    }
    if (connection.carried > 0) this.counts[ProxyCount.Reused]++;
    connection.active++;
    connection.carried++;
    if (connection.carried >= this.requests) this.wearOut(connection);
    return connection;
  }

  /** Whether `take` would open a new one. */
  opensNext(backend: Backend): boolean {
    this.expire(backend);
    const { partial, idle, open } = backend;
    return partial.newest === null && idle.newest === null && open.length < this.most;
  }

  /** Whether one more may wait for this target. */
  hasRoom({ waiting }: Backend): boolean {
    return waiting.length < this.mayWait;
  }

  /** A request leaves its connection. `whole`: nothing is left on it that would spoil the next. */
  release(connection: Connection, whole: boolean): void {
    if (connection.ended) return;
    const { backend } = connection;
    if (!whole && this.streams === 1) {
      connection.active = 0;
      this.settle();
      this.held--;
      this.end(connection, ProxyCount.Broken);
      return;
    }
    const wasFull = connection.active === this.streams;
    connection.active--;
    if (connection.active > 0) {
      if (wasFull && !connection.dying) backend.partial.add(connection);
      return;
    }
    this.settle();
    this.held--;
    if (connection.dying) {
      const isSpent = connection.carried >= this.requests;
      this.end(connection, isSpent ? ProxyCount.Spent : ProxyCount.Left);
      return;
    }
    if (this.streams > 1) backend.partial.remove(connection);
    connection.idleMs = this.clock.nowMs;
    backend.idle.add(connection);
  }

  /** The target has reset them; what is under way on them comes to its end by itself. */
  reset(backend: Backend): void {
    for (const connection of backend.open) connection.isForgotten = true;
    this.breakAll(backend);
  }

  private breakAll(backend: Backend): void {
    this.endIdle(backend, ProxyCount.Broken);
    backend.resumableMs = Infinity;
    const { open, partial } = backend;
    while (open.length > 0) {
      this.settle();
      this.held--;
      this.end(open[open.length - 1], ProxyCount.Broken);
    }
    partial.oldest = partial.newest = null;
  }

  /** One has broken on its way; what is under way on it comes to its end by itself. */
  break(connection: Connection): void {
    const { backend, active, dying } = connection;
    if (active === 0) backend.idle.remove(connection);
    else {
      this.settle();
      this.held--;
      if (!dying && active < this.streams) backend.partial.remove(connection);
    }
    this.end(connection, ProxyCount.Broken);
  }

  /** The target leaves in good order: what is idle is closed, what is in use once it is done. */
  leave(backend: Backend): void {
    this.endIdle(backend, ProxyCount.Left);
    backend.resumableMs = Infinity;
    for (const connection of backend.open) this.wearOut(connection);
  }

  /** The balancer's replica stops: nothing is left of it. */
  clear(): void {
    for (const backend of this.bySlot) {
      this.expire(backend);
      this.breakAll(backend);
      backend.waiting.clear();
    }
  }

  /** Brings the counters up to now. O(targets). */
  sweep(): void {
    for (const backend of this.bySlot) this.expire(backend);
    this.settle();
  }

  /** When the next one that is idle now will have been so for too long, ms. O(targets). */
  get idleDueMs(): number {
    let sinceMs = NEVER;
    for (const { idle } of this.bySlot) sinceMs = Math.min(sinceMs, idle.oldest?.idleMs ?? NEVER);
    return sinceMs + this.idleMs;
  }

  private openOne(backend: Backend): Connection {
    this.settle();
    this.open++;
    this.counts[ProxyCount.Opened]++;
    const connection = backend.free ?? new Connection(backend);
    backend.free = connection.next;
    connection.active = connection.carried = 0;
    connection.readyMs = this.clock.nowMs;
    connection.ended = connection.dying = connection.isForgotten = false;
    connection.row = NONE;
    connection.at = backend.open.length;
    backend.open.push(connection);
    return connection;
  }

  /** It takes no more requests. */
  private wearOut(connection: Connection): void {
    if (connection.dying) return;
    connection.dying = true;
    const hasRoom = this.streams > 1 && connection.active < this.streams;
    if (hasRoom) connection.backend.partial.remove(connection);
  }

  /** It is in no list of those that have room, or that list is done for. */
  private end(connection: Connection, why: End): void {
    const { backend, at } = connection;
    const { open } = backend;
    this.settle();
    this.open--;
    this.counts[why]++;
    connection.ended = true;
    const last = open.pop()!;
    if (last !== connection) {
      open[at] = last;
      last.at = at;
    }
    if (connection.row !== NONE) this.ended(connection);
    if (connection.active > 0) return;
    connection.next = backend.free;
    backend.free = connection;
  }

  private endIdle(backend: Backend, why: End): void {
    this.expire(backend);
    const { idle } = backend;
    for (let at = idle.oldest; at !== null; at = idle.oldest) {
      idle.remove(at);
      this.end(at, why);
    }
  }

  /** Closes those whose time idle was up, as of then. */
  private expire({ idle }: Backend): void {
    const { nowMs } = this.clock;
    for (let at = idle.oldest; at !== null; at = idle.oldest) {
      if (at.idleMs + this.idleMs > nowMs) return;
      const overMs = nowMs - at.idleMs - this.idleMs;
      idle.remove(at);
      this.end(at, ProxyCount.Idled);
      this.counts[ProxyCount.OpenMs] -= overMs;
    }
  }

  private settle(): void {
    const { counts } = this;
    const { nowMs } = this.clock;
    const passedMs = nowMs - this.sinceMs;
    this.sinceMs = nowMs;
    counts[ProxyCount.OpenMs] += passedMs * this.open;
    counts[ProxyCount.HeldMs] += passedMs * this.held;
  }
}
