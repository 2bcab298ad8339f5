/**
 * Clients' connections at work: how one is opened along the tree, what it holds there, and how it
 * ends. Each balancer that decides once a connection counts it as in flight while it is open, so
 * that `least-connections` means open connections there.
 */
import { assert } from "../assert.ts";
import type { Pool } from "../balancing/pool.ts";
import type { ConnectionsRecord, ConnectionsSlice } from "../statistics/run-record.ts";
import { NONE } from "../units.ts";
import { ConnectionCount, ConnectionCounts } from "../world/connections/counts.ts";
import { ConnectionState, ConnectionTable } from "../world/connections/connection-table.ts";
import { MachineState } from "../world/machine.ts";
import type { Network } from "../world/network.ts";
import { HopColumn, OutcomeCode, type Request } from "../world/requests.ts";
import { goesBefore, type Keeping } from "./keeping.ts";
import { NatTables } from "./nat-tables.ts";
import type { BalancerAtWork, MutableRequestView, Parts, Replica, Target } from "./parts.ts";
import { setAt } from "./replica-sets.ts";

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
  /** For whose request a way is being picked, at this moment. */
  opener: Request | null = null;
  /** Of the connection that was looked for last: one way there, and one way back, ms. */
  private outMs = 0;
  private backMs = 0;
  /** By user: 1 where the last connection broke and none has been opened since. */
  private readonly hasLost: Uint8Array;
  /** A connection finds its way: what its entries in layer-4 tables set loose waits until it stands. */
  private isPlacing = false;
  /** By node id: left meanwhile. */
  private readonly vacated: number[] = [];
  /** Pushed out meanwhile with requests under way: each row, and its serial by then. */
  private readonly evicted: { readonly row: number; readonly serial: number }[] = [];
  private readonly network: Network;
  private readonly view: MutableRequestView;
  private readonly root: BalancerAtWork;

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
    this.network = parts.network;
    this.view = parts.view;
    this.root = parts.balancers[0]!;
  }

  /** Requests of a broken connection that are under way beyond what broke: set by who sends them. */
  cut: (request: Request) => void = () => {};

  /**
   * The way of a new connection is picked, tier by tier, and held. False where its first segment
   * would not be answered: then it is an attempt. Whoever opens it settles what it has pushed out.
   * @returns the round trip to its end, ms; NaN for an attempt
   */
  open(row: number, request: Request, isPinned: boolean): number {
    const { table, counts } = this;
    const region = table.region[row];
    const user = table.user[row];
    // Layer 4 sees address and port; what the request asks for is for others to see.
    const byAddress = this.parts.scenario.classes[request.group].affinity === "address";
    table.key[row] = byAddress ? request.key : table.hash[row];
    table.rawKey[row] = byAddress ? request.rawKey : table.hash[row];
    this.outMs = this.backMs = 0;
    this.opener = request;
    this.isPlacing = true;
    const isFound = this.findWay(row, request, isPinned);
    this.isPlacing = false;
    this.opener = null;
    if (!isFound) {
      // It holds nothing; its request finds the way that is known.
      this.release(row);
      table.state[row] = ConnectionState.Attempt;
      counts.add(region, ConnectionCount.Refused);
      return NaN;
    }
    counts.add(region, ConnectionCount.Opened);
    if (this.hasLost[user] === 1) counts.add(region, ConnectionCount.Reconnects);
    this.hasLost[user] = 0;
    this.hold(row, 1);
    return this.outMs + this.backMs;
  }

  /** It ends in good order. */
  close(row: number, why: ConnectionCount): void {
    this.end(row, why);
    if (this.table.underWay[row] === 0) this.free(row);
  }

  /**
   * It breaks. What is under way on it fails at once where nothing of it can get through any more;
   * else its requests learn by themselves what became of its end.
   */
  break(row: number, why: ConnectionCount, cuts = true): void {
    const { table } = this;
    this.hasLost[table.user[row]] = 1;
    this.end(row, why);
    if (table.underWay[row] === 0) {
      this.free(row);
      return;
    }
    if (cuts) this.cutAll(row);
  }

  /** A new connection, and the request for which it was opened, are where they should be. */
  settle(): void {
    const { vacated, evicted, table } = this;
    while (evicted.length > 0) {
      const { row, serial } = evicted.shift()!;
      if (table.serial[row] === serial) this.cutAll(row);
    }
    while (vacated.length > 0) this.listener.left(vacated.shift()!);
  }

  /**
   * A new entry pushes its entry out. It holds nothing from now on; its requests, and who waits for
   * it to be gone, hear of it later: a node that leaves then may break the new connection too.
   */
  private evict(row: number): void {
    const { table } = this;
    this.break(row, ConnectionCount.ByEviction, false);
    if (table.underWay[row] > 0) this.evicted.push({ row, serial: table.serial[row] });
  }

  /** What is under way on it fails. */
  private cutAll(row: number): void {
    const { requests, passages } = this.parts;
    const { table } = this;
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
      this.isPlacing = true;
      nat.add(row, tier, to);
      this.isPlacing = false;
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
    this.table.free(row);
    this.keeping.ended(row);
  }

  /** Open connections through a node or to it, or kept there by the balancer above. */
  at(node: number): number {
    return (this.held[node] ?? 0) + this.keeping.connectionsAt(node);
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
    for (let row = 0; row < table.rows; row++) {
      const state = table.state[row];
      if (state === ConnectionState.Free) continue;
      if (state > ConnectionState.Attempt && state < ConnectionState.Ended) open++;
      else assert(table.underWay[row] > 0, "what has ended is kept for its requests alone");
    }
    const opened = counts.total(ConnectionCount.Opened);
    const { closed, broken } = counts;
    assert(opened === closed + broken + open, "connections opened = closed + broken + open");
    assert(open === this.held[0], "the first balancer holds every open connection");
    return { opened, closed, broken, open };
  }

  /** Set by who offers them: takes the row from its lists. */
  unlist: (row: number) => void = () => {};

  private end(row: number, why: ConnectionCount): void {
    const { table, counts } = this;
    this.unlist(row);
    counts.add(table.region[row], why);
    table.state[row] = ConnectionState.Ended;
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
    held[0] += by;
    if (by < 0) this.left(0);
    for (let tier = 0; tier < table.known[row]; tier++) {
      const hop = table.hop(row, tier);
      const { targets } = replicas[table.hops[hop + HopColumn.Pool]];
      const { id } = targets[table.hops[hop + HopColumn.Slot]].node;
      held[id] = (held[id] ?? 0) + by;
      if (by < 0) this.left(id);
    }
  }

  private left(id: number): void {
    if (this.isPlacing) this.vacated.push(id);
    else this.listener.left(id);
  }

  private findWay(row: number, request: Request, isPinned: boolean): boolean {
    const { table } = this;
    const client = request.source!.place;
    let balancer = this.root;
    const { place } = balancer.node;
    if (place >= 0 && !this.travel(client, place, true)) return false;
    let isThere = false;
    for (;;) {
      table.fault[row] = OutcomeCode.Failed;
      if (balancer.state !== MachineState.Up) return false;
      const replica = setAt(balancer, client).ownerOf(table.hash[row]);
      if (replica === null) return false;
      if (balancer.spec.layer === 7 && table.end[row] === NONE) {
        table.end[row] = replica.id;
        if (!isPinned) return true;
        isThere = true;
      }
      const slot = this.pick(row, request, replica, client);
      if (slot < 0) return false;
      const target = replica.targets[slot];
      // The handshake goes no farther than to the end; what is pinned beyond is told by the upgrade.
      const { outMs, backMs } = this;
      if (!this.step(replica, target, client)) return false;
      if (isThere) [this.outMs, this.backMs] = [outMs, backMs];
      if (target.machine !== null) return target.machine.state === MachineState.Up;
      balancer = target.balancer!;
    }
  }

  /** One tier picks for a new connection, which is in flight there from now on. */
  private pick(row: number, request: Request, replica: Replica, client: number): number {
    const { table, view } = this;
    const { pool, balancer } = replica;
    const isBlind = balancer.spec.layer === 4;
    view.key = isBlind ? table.key[row] : request.key;
    view.rawKey = isBlind ? table.rawKey[row] : request.rawKey;
    view.origin = client;
    if (!this.nat.hasRoom(replica)) {
      table.fault[row] = OutcomeCode.Rejected;
      this.counts.add(table.region[row], ConnectionCount.TableFull);
      return NONE;
    }
    const slot = goesBefore(replica) ? this.keeping.pick(request, replica, row) : pool.pick(view);
    if (slot < 0) {
      table.fault[row] = OutcomeCode.Unroutable;
      return NONE;
    }
    this.send(row, pool, replica.id, slot);
    this.nat.add(row, table.known[row] - 1, replica);
    return slot;
  }

  private send(row: number, pool: Pool, replica: number, slot: number): void {
    const { table } = this;
    const hop = table.hop(row, table.known[row]++);
    table.hops[hop + HopColumn.Pool] = replica;
    table.hops[hop + HopColumn.Slot] = slot;
    pool.sent(slot);
  }

  /** From a balancer's replica to its target; false where a link is cut. */
  private step(replica: Replica, target: Target, client: number): boolean {
    const isDoor = replica.balancer.node.place < 0;
    if (!this.travel(replica.place, target.place, isDoor)) return false;
    if (replica.balancer.spec.layer4?.directReturn === true) {
      this.backMs = this.network.doorMs(target.place, client);
      return !this.network.isCut(target.place, client);
    }
    return true;
  }

  private travel(from: number, to: number, isDoor: boolean): boolean {
    const { network } = this;
    if (!isDoor && from === to) return true;
    this.outMs += isDoor ? network.doorMs(from, to) : network.innerMs(from, to);
    this.backMs += isDoor ? network.doorMs(to, from) : network.innerMs(to, from);
    return !network.isCut(from, to) && !network.isCut(to, from);
  }
}
