/**
 * Connections at work, clients' and those of layer-7 balancers that run through layer 4: how one is
 * opened along the tree, what it holds there, and how it ends. Each balancer that decides once a
 * connection counts it as in flight while it is open, so that `least-connections` means open
 * connections there.
 */
import { assert } from "../assert.ts";
import type { ConnectionsRecord, ConnectionsSlice } from "../statistics/run-record.ts";
import { NONE } from "../units.ts";
import { ConnectionCount, ConnectionCounts } from "../world/connections/counts.ts";
import {
  ConnectionState,
  ConnectionTable,
  HopColumn,
} from "../world/connections/connection-table.ts";
import type { Request } from "../world/requests.ts";
import type { Keeping } from "./keeping.ts";
import type { BackendWays } from "./backend-ways.ts";
import { Fifo } from "./fifo.ts";
import { NatTables } from "./nat-tables.ts";
import type { BalancerAtWork, Parts, Replica } from "./parts.ts";
import { WayFinder } from "./way-finder.ts";

/** Who must know how connections end. */
export interface ConnectionListener {
  /** A connection through these nodes is gone: one that drains may have none left. */
  left(node: number): void;
}

export class Connections {
  readonly table: ConnectionTable;
  readonly counts: ConnectionCounts;
  readonly nat: NatTables;
  /** By node id: open connections through it, or to it. */
  readonly held: number[];
  /** Of layer-7 balancers through layer 4; null: there is none beneath. */
  backends: BackendWays | null = null;
  /**
   * Requests of a broken connection that are under way beyond what broke: set by who sends them.
   */
  cut: (request: Request) => void = () => {};
  /** Set by who offers them: takes the row from its lists. */
  unlist: (row: number) => void = () => {};
  /** By user: 1 where the last connection broke and none has been opened since. */
  private readonly hasLost: Uint8Array;
  /**
   * A connection finds its way, and what its entries in layer-4 tables set loose waits until it
   * stands; or requests are on the move.
   */
  private defers = false;
  /** By node id: left meanwhile. */
  private readonly vacated = new Fifo<number>();
  /** Pushed out meanwhile with requests under way: each row, and its serial by then. */
  private readonly evicted = new Fifo<{ readonly row: number; readonly serial: number }>();
  private readonly finder: WayFinder;

  constructor(
    private readonly parts: Parts,
    users: number,
    private readonly keeping: Keeping,
    private readonly listener: ConnectionListener,
  ) {
    this.table = new ConnectionTable(parts.topology.tiers, users);
    this.counts = new ConnectionCounts(parts.scenario.clients.length);
    this.nat = new NatTables(parts, this.table, (row) => this.evict(row));
    this.held = parts.topology.nodes.map(() => 0);
    this.hasLost = new Uint8Array(users);
    this.finder = new WayFinder(parts, this.table, this.nat, keeping, this.counts);
  }

  /** For whose request a way is being picked, at this moment. */
  get opener(): Request | null {
    return this.finder.opener;
  }

  /** The layer-7 replica that opens it; null: its client does. */
  get dialer(): Replica | null {
    return this.finder.dialer;
  }

  /**
   * The way of a new connection is picked, tier by tier, and held; where its first segment would
   * not be answered it is an attempt. Whoever opens it settles what it has pushed out.
   * @returns the round trip to its end, ms; NaN for an attempt
   */
  open(row: number, request: Request, isPinned: boolean): number {
    const { table, counts } = this;
    const region = table.region[row];
    const user = table.user[row];
    this.defers = true;
    const roundTripMs = this.finder.find(row, request, isPinned);
    if (!this.places(row, roundTripMs)) {
      counts.add(region, ConnectionCount.Refused);
      return NaN;
    }
    counts.add(region, ConnectionCount.Opened);
    if (this.hasLost[user] === 1) counts.add(region, ConnectionCount.Reconnects);
    this.hasLost[user] = 0;
    return roundTripMs;
  }

  /**
   * The same for a connection of a layer-7 replica to its target in that slot, a layer-4 balancer.
   * It is open at once: whoever uses it waits for the handshake.
   * @param address a hash of the replica's
   * @returns the round trip to its end, ms; NaN for an attempt
   */
  openFrom(row: number, request: Request, address: number, replica: Replica, slot: number): number {
    this.defers = true;
    const roundTripMs = this.finder.findFrom(row, request, address, replica, slot);
    if (this.places(row, roundTripMs)) this.table.state[row] = ConnectionState.Open;
    return roundTripMs;
  }

  /** It ends in good order. */
  close(row: number, why: ConnectionCount): void {
    this.counts.add(this.table.region[row], why);
    this.end(row);
    if (this.table.underWay[row] === 0) this.free(row);
  }

  /**
   * It breaks. What is under way on it fails at once where nothing of it can get through any more;
   * else its requests learn by themselves what became of its end.
   */
  break(row: number, why: ConnectionCount, cuts = true): void {
    const { table } = this;
    if (this.isClients(row)) {
      this.hasLost[table.user[row]] = 1;
      this.counts.add(table.region[row], why);
    } else this.backends!.broken(row);
    this.end(row);
    if (table.underWay[row] === 0) {
      this.free(row);
      return;
    }
    if (cuts) this.cutAll(row);
  }

  /** A balancer has closed its own. Nobody hears of it before all is settled. */
  closed(row: number): void {
    const { defers } = this;
    this.defers = true;
    this.end(row);
    this.defers = defers;
    if (this.table.underWay[row] === 0) this.free(row);
  }

  /** Balancers' own may have broken: who waits for room in them goes on. */
  brokeSome(): void {
    if (this.backends !== null) this.settle();
  }

  /** A new connection, and the request for which it was opened, are where they should be. */
  settle(): void {
    const { vacated, evicted, table } = this;
    do {
      for (let gone = evicted.shift(); gone !== undefined; gone = evicted.shift()) {
        if (table.serial[gone.row] === gone.serial) this.cutAll(gone.row);
      }
      for (let node = vacated.shift(); node !== undefined; node = vacated.shift()) {
        this.listener.left(node);
      }
      // Who goes on by a new one may push out others.
    } while (this.backends?.refill() === true);
  }

  /**
   * A new entry pushes its entry out. It holds nothing from now on; its requests, and who waits for
   * it to be gone, hear of it later: a node that leaves then may break the new connection too.
   */
  private evict(row: number): void {
    const { table } = this;
    this.break(row, ConnectionCount.ByEviction, false);
    if (table.underWay[row] > 0) this.evicted.append({ row, serial: table.serial[row] });
  }

  /** What is under way on it fails. */
  private cutAll(row: number): void {
    const { requests, passages } = this.parts;
    const { table } = this;
    if (!this.isClients(row)) {
      for (const request of this.backends!.requestsOn(row)) this.cut(request);
      return;
    }
    // The last one to go takes the row with it.
    for (let at = table.firstRequest[row]; at !== NONE;) {
      const next = passages!.after[at];
      this.cut(requests.all[at]);
      at = next;
    }
  }

  /** Another replica of the same balancer forwards it from now on; false where that has no room. */
  move(row: number, tier: number, from: Replica, to: Replica): boolean {
    const { table, nat } = this;
    const hop = table.hop(row, tier);
    const slot = table.hops[hop + HopColumn.Slot];
    if (!nat.isShared(from)) {
      if (!nat.hasRoom(to)) return false;
      nat.remove(row, tier, from);
    }
    table.hops[hop + HopColumn.Pool] = to.id;
    from.pool.returned(slot);
    to.pool.sent(slot);
    if (!nat.isShared(from)) {
      this.defers = true;
      nat.add(row, tier, to);
      this.defers = false;
      this.settle();
    }
    return true;
  }

  /** Whether its user's requests may still take it. */
  isOffered(row: number, most: number | null): boolean {
    const state = this.table.state[row];
    if (state !== ConnectionState.Open && state !== ConnectionState.Opening) return false;
    return most === null || this.table.carried[row] < most;
  }

  /** It has ended, and nothing is under way on it any more. */
  free(row: number): void {
    const isClients = this.isClients(row);
    this.table.free(row);
    if (isClients) this.keeping.ended(row);
  }

  /** Whether it is a client's, and not a balancer's own. */
  isClients(row: number): boolean {
    return this.table.user[row] !== NONE;
  }

  /** The first balancer that a connection meets. */
  first(row: number): BalancerAtWork {
    const { table } = this;
    // Who ends it at once has not picked for it.
    if (table.known[row] === 0) return this.parts.balancers[0]!;
    return this.parts.replicas[table.hops[table.hop(row, 0) + HopColumn.Pool]].balancer;
  }

  /**
   * Open connections through a node or to it, or kept there by the balancer above. A balancer that
   * dials a target itself lets go of it as soon as no request is there.
   */
  at(node: number): number {
    const { balancers, topology } = this.parts;
    const { dialer } = balancers[node] ?? { dialer: NONE };
    const isDialed = dialer !== NONE && dialer === topology.nodes[node].tier - 1;
    return (isDialed ? 0 : (this.held[node] ?? 0)) + this.keeping.connectionsAt(node);
  }

  /** What there is now, counts since time 0. O(regions + nodes). */
  slice(): ConnectionsSlice {
    const { nodes } = this.parts.topology;
    const open = Float64Array.from(nodes, ({ id }) => this.held[id] ?? 0);
    return { counts: this.counts.values.slice(), open };
  }

  /** The whole run; asserts that no connection was lost or made up. O(connections). */
  toRecord(): ConnectionsRecord {
    const { counts, table } = this;
    let open = 0;
    let own = 0;
    for (let row = 0; row < table.rows; row++) {
      const state = table.state[row];
      if (state === ConnectionState.Free) continue;
      if (state > ConnectionState.Attempt && state < ConnectionState.Ended) {
        if (this.isClients(row)) open++;
        else own++;
      } else assert(table.underWay[row] > 0, "what has ended is kept for its requests alone");
    }
    const opened = counts.total(ConnectionCount.Opened);
    const { closed, broken } = counts;
    assert(opened === closed + broken + open, "connections opened = closed + broken + open");
    assert(open === this.held[0], "the first balancer holds every open connection");
    assert(own === (this.backends?.open ?? 0), "balancers' own connections are open at both ends");
    return { opened, closed, broken, open };
  }

  /** Whether a new connection has found its way: then it is held, else it is an attempt. */
  private places(row: number, roundTripMs: number): boolean {
    this.defers = false;
    if (roundTripMs >= 0) {
      this.hold(row, 1);
      return true;
    }
    // It holds nothing; its request finds the way that is known.
    this.release(row);
    this.table.state[row] = ConnectionState.Attempt;
    return false;
  }

  private end(row: number): void {
    if (this.isClients(row)) this.unlist(row);
    this.table.state[row] = ConnectionState.Ended;
    this.hold(row, -1);
    this.release(row);
  }

  /** The balancers on its way count it no more. */
  private release(row: number): void {
    const { table } = this;
    const { replicas } = this.parts;
    for (let tier = 0; tier < table.known[row]; tier++) {
      const hop = table.hop(row, tier);
      const replica = replicas[table.hops[hop + HopColumn.Pool]];
      replica.pool.returned(table.hops[hop + HopColumn.Slot]);
      this.nat.remove(row, tier, replica);
    }
  }

  private hold(row: number, by: 1 | -1): void {
    const { table, held } = this;
    const { replicas } = this.parts;
    const { id: first } = this.first(row).node;
    held[first] = (held[first] ?? 0) + by;
    if (by < 0) this.left(first);
    for (let tier = 0; tier < table.known[row]; tier++) {
      const hop = table.hop(row, tier);
      const { targets } = replicas[table.hops[hop + HopColumn.Pool]];
      const { id } = targets[table.hops[hop + HopColumn.Slot]].node;
      held[id] = (held[id] ?? 0) + by;
      if (by < 0) this.left(id);
    }
  }

  private left(id: number): void {
    if (this.defers) this.vacated.append(id);
    else this.listener.left(id);
  }
}
