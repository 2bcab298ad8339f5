/**
 * Connections of layer-7 balancers to their targets (`world/proxies/backends.ts`) where those are
 * layer-4 balancers: each has a row among the connections, as a client's has, so that the tiers
 * down to its end decide for it, remember it and break it in the same way. All that layer 4 sees of
 * it is the address of the balancer's replica and a port, whosever requests it carries.
 *
 * Either side may end it. Its balancer does where it has been idle, carried enough, or stops; and
 * if layer 4 or its end breaks it, its balancer knows at once and dials anew for the next request.
 * Requests under way on it then come to what those on a client's would (`breaks.ts`).
 */
import { longerInts } from "../arrays.ts";
import { EventKind } from "../engine/event-kind.ts";
import type { Subject } from "../engine/event-queue.ts";
import { combine32 } from "../hashing/mix32.ts";
import { hashText } from "../hashing/text.ts";
import type { RandomStream } from "../random/stream.ts";
import { NONE } from "../units.ts";
import { ConnectionState, Stale } from "../world/connections/connection-table.ts";
import { ConnectionCount } from "../world/connections/counts.ts";
import type { Backend, Connection } from "../world/proxies/backends.ts";
import { OutcomeCode, type Request } from "../world/requests.ts";
import type { Connections } from "./connections.ts";
import { Fifo } from "./fifo.ts";
import type { Hop } from "./hop.ts";
import type { Parts, Replica } from "./parts.ts";

/** A replica that dials layer 4. */
interface Dialer {
  readonly replica: Replica;
  /** A hash of its own. */
  readonly address: number;
  readonly ports: RandomStream;
  /** Due when the connection idle for longest may have been so for too long. */
  readonly subject: Subject;
}

/** An open connection, seen from its row. */
interface Owned {
  readonly replica: Replica;
  readonly slot: number;
  readonly connection: Connection;
}

export class BackendWays {
  /** By replica id; null: it dials no layer 4. */
  private readonly dialers: readonly (Dialer | null)[];
  /** By row; undefined where it is not open, or not a balancer's. */
  private readonly owned: (Owned | undefined)[] = [];
  /** By request × tiers + tier of the dialer: the row on which that sent it. */
  private rows = new Int32Array(0);
  /** By the same: the one before and after it on its row, latest first; the latest, by row. */
  private before = new Int32Array(0);
  private after = new Int32Array(0);
  private readonly latest: number[] = [];
  /** Broken since the last time that anybody was told. */
  private readonly lost = new Fifo<Owned>();
  /** Open now. */
  open = 0;
  /** Where connections to that target have room again, set by who has requests waiting for it. */
  callNext: (replica: Replica, backend: Backend, slot: number) => void = () => {};

  constructor(
    private readonly parts: Parts,
    private readonly connections: Connections,
  ) {
    const { queue, random, salts, scenario } = parts;
    this.dialers = parts.replicas.map((replica): Dialer | null => {
      const { backends } = replica.proxy ?? {};
      if (backends == null || !replica.targets.some((target) => this.leads(target))) return null;
      backends.ended = (connection) => this.ended(connection);
      return {
        replica,
        address: hashText(replica.label, salts.name),
        ports: random.named(`ports/${replica.label}`),
        // Those of the clients' regions come first.
        subject: queue.add(EventKind.ConnectionIdle, scenario.clients.length + replica.id),
      };
    });
  }

  /** Whether a replica's connection to this target of its own runs through layer 4. */
  leads({ balancer }: Hop): boolean {
    return balancer !== null && balancer.dialer !== NONE;
  }

  /** The row on which a tier has sent a request; NONE: on none. */
  rowOf(index: number, tier: number): number {
    const at = index * this.parts.requests.tiers + tier;
    return at < this.rows.length ? this.rows[at] : NONE;
  }

  /**
   * A way for a new connection that this request needs, which goes by it, or by as much of it as
   * there is.
   * @returns the round trip to its end, ms; NaN where there is none: then the request finds out why
   */
  find(request: Request, replica: Replica, slot: number): number {
    const { table } = this.connections;
    const { address, ports } = this.dialers[replica.id]!;
    const row = table.take(NONE, 0);
    table.hash[row] = combine32(address, ports.uint32() | 0);
    const roundTripMs = this.connections.openFrom(row, request, address, replica, slot);
    this.enter(request, row);
    return roundTripMs;
  }

  /** The request's balancer has opened a connection for it, by the way that has been found. */
  opened(request: Request, replica: Replica, slot: number, connection: Connection): void {
    const row = this.rowOf(request.index, request.depth - 1);
    connection.row = row;
    this.owned[row] = { replica, slot, connection };
    this.open++;
  }

  /** The request goes on a connection that was there; of no meaning where it is not by layer 4. */
  taken(request: Request, { row }: Connection): void {
    if (row !== NONE) this.enter(request, row);
  }

  /**
   * The request is gone from the tier that it has just left. If its client gave up on an end that
   * is silent, the balancer counts the connection as lost.
   */
  left({ index, depth, outcome }: Request): void {
    const row = this.rowOf(index, depth);
    if (row === NONE) return;
    this.unlink(row, index * this.parts.requests.tiers + depth);
    const { table, nat } = this.connections;
    const isStale = table.stale[row] === Stale.Unknown;
    if (isStale && this.isOpen(row) && outcome === OutcomeCode.TimedOut) {
      table.stale[row] = Stale.Known;
      this.connections.break(row, ConnectionCount.BySilence, false);
    }
    table.underWay[row]--;
    if (this.isOpen(row)) nat.touch(row);
    else if (table.underWay[row] === 0) this.connections.free(row);
  }

  /** Nothing may be under way on it any more: then it is closed in time. */
  rested({ row, active }: Connection, { id, proxy }: Replica): void {
    if (row === NONE || active > 0) return;
    const { queue } = this.parts;
    const { subject } = this.dialers[id]!;
    // Those that have been idle for longer ring first.
    if (queue.timeOf(subject) < Infinity) return;
    const { idleMs } = proxy!.backends!.spec;
    if (idleMs !== null) queue.schedule(subject, queue.nowMs + idleMs);
  }

  /** A replica's connection may have been idle for too long. */
  idled(id: number): void {
    const { replica, subject } = this.dialers[id]!;
    const backends = replica.proxy!.backends!;
    backends.sweep();
    this.parts.queue.schedule(subject, backends.idleDueMs);
    this.connections.settle();
  }

  /** Layer 4 or its end breaks it. */
  broken(row: number): void {
    const owned = this.owned[row]!;
    this.forget(row);
    owned.connection.row = NONE;
    owned.connection.isForgotten = this.connections.table.stale[row] === Stale.Known;
    owned.replica.proxy!.backends!.break(owned.connection);
    this.lost.append(owned);
  }

  /** Where a connection broke there is room for another; whether any did. */
  refill(): boolean {
    const one = this.lost.shift();
    if (one === undefined) return false;
    this.callNext(one.replica, one.connection.backend, one.slot);
    return true;
  }

  /**
   * Requests under way on it, in the order of their indices, each as long as it still is.
   * O(those, sorted).
   */
  *requestsOn(row: number): Generator<Request> {
    const { all, tiers } = this.parts.requests;
    const { table } = this.connections;
    const serial = table.serial[row];
    const there: number[] = [];
    for (let at = this.latest[row] ?? NONE; at !== NONE; at = this.after[at]) there.push(at);
    for (const at of there.toSorted((a, b) => a - b)) {
      // The last one to go takes the row with it.
      if (table.serial[row] !== serial) return;
      if (this.rows[at] === row) yield all[Math.floor(at / tiers)];
    }
  }

  /** Its balancer has ended it. */
  private ended(connection: Connection): void {
    const { row } = connection;
    connection.row = NONE;
    this.forget(row);
    this.connections.closed(row);
  }

  private forget(row: number): void {
    this.owned[row] = undefined;
    this.open--;
  }

  private enter({ index, depth }: Request, row: number): void {
    const { table, nat } = this.connections;
    const { all, tiers } = this.parts.requests;
    const at = index * tiers + depth - 1;
    if (at >= this.rows.length) this.grow(all.length * tiers);
    this.link(row, at);
    table.underWay[row]++;
    if (this.isOpen(row)) nat.touch(row);
  }

  private link(row: number, at: number): void {
    const first = this.latest[row] ?? NONE;
    this.rows[at] = row;
    this.before[at] = NONE;
    this.after[at] = first;
    if (first !== NONE) this.before[first] = at;
    this.latest[row] = at;
  }

  private unlink(row: number, at: number): void {
    const { before, after } = this;
    this.rows[at] = NONE;
    if (before[at] === NONE) this.latest[row] = after[at];
    else after[before[at]] = after[at];
    if (after[at] !== NONE) before[after[at]] = before[at];
  }

  private isOpen(row: number): boolean {
    return this.connections.table.state[row] === ConnectionState.Open;
  }

  private grow(length: number): void {
    const { rows } = this;
    this.rows = longerInts(rows, length).fill(NONE, rows.length);
    this.before = longerInts(this.before, length);
    this.after = longerInts(this.after, length);
  }
}
