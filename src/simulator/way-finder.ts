/**
 * How a new connection finds its way: tier by tier each balancer picks, down to the machine or the
 * layer-7 replica where it ends.
 */
import type { Pool } from "../balancing/pool.ts";
import { NONE } from "../units.ts";
import { ConnectionCount, type ConnectionCounts } from "../world/connections/counts.ts";
import { type ConnectionTable, HopColumn } from "../world/connections/connection-table.ts";
import { MachineState } from "../world/machine.ts";
import type { Network } from "../world/network.ts";
import { OutcomeCode, type Request } from "../world/requests.ts";
import type { Hop } from "./hop.ts";
import { goesBefore, type Keeping } from "./keeping.ts";
import type { NatTables } from "./nat-tables.ts";
import type { BalancerAtWork, MutableRequestView, Parts, Replica } from "./parts.ts";
import { setAt } from "./replica-sets.ts";

export class WayFinder {
  /** For whose request a way is being picked, at this moment. */
  opener: Request | null = null;
  /** The layer-7 replica that opens it; null: its client does. */
  dialer: Replica | null = null;
  /** Of the connection that was looked for last: one way there, and one way back, ms. */
  private outMs = NaN;
  private backMs = NaN;
  /** Where it is opened. */
  private from = 0;
  /** Where direct returns go, and whether that is outside the tree. */
  private backTo = 0;
  private isBackToDoor = true;
  private readonly network: Network;
  private readonly view: MutableRequestView;
  private readonly root: BalancerAtWork;

  constructor(
    private readonly parts: Parts,
    private readonly table: ConnectionTable,
    private readonly nat: NatTables,
    private readonly keeping: Keeping,
    private readonly counts: ConnectionCounts,
  ) {
    this.network = parts.network;
    this.view = parts.view;
    this.root = parts.balancers[0]!;
  }

  /**
   * A client's, from the root on. What has been picked stands in the table, found or not.
   * @returns the round trip to its end, ms; NaN where its first segment would not be answered
   */
  find(row: number, request: Request, isPinned: boolean): number {
    const { place } = this.root.node;
    const client = request.source!.place;
    this.begin(row, request, request.key, request.rawKey);
    this.dialer = null;
    this.from = this.backTo = client;
    this.isBackToDoor = true;
    const isThere = place < 0 || this.travel(client, place, true);
    return this.told(isThere && this.findWay(row, request, this.root, isPinned));
  }

  /** The same of a layer-7 replica's own connection to its target in that slot, a balancer. */
  findFrom(row: number, request: Request, address: number, replica: Replica, slot: number): number {
    const target = replica.targets[slot];
    this.begin(row, request, address, address);
    this.dialer = replica;
    this.from = this.backTo = replica.place;
    this.isBackToDoor = replica.balancer.node.place < 0;
    const isThere = this.step(replica, target);
    return this.told(isThere && this.findWay(row, request, target.balancer!, false));
  }

  private begin(row: number, request: Request, key: number, rawKey: number): void {
    const { table } = this;
    // Layer 4 sees address and port; what the request asks for is for others to see.
    const byAddress = this.parts.scenario.classes[request.group].affinity === "address";
    table.key[row] = byAddress ? key : table.hash[row];
    table.rawKey[row] = byAddress ? rawKey : table.hash[row];
    table.fault[row] = OutcomeCode.Failed;
    this.outMs = this.backMs = 0;
    this.opener = request;
  }

  private told(isFound: boolean): number {
    this.opener = null;
    return isFound ? this.outMs + this.backMs : NaN;
  }

  /** From the first balancer that it meets, which decides for it or ends it. */
  private findWay(
    row: number,
    request: Request,
    first: BalancerAtWork,
    isPinned: boolean,
  ): boolean {
    const { table } = this;
    let balancer = first;
    let isThere = false;
    for (;;) {
      table.fault[row] = OutcomeCode.Failed;
      if (balancer.state !== MachineState.Up) return false;
      const replica = setAt(balancer, this.from).ownerOf(table.hash[row]);
      if (replica === null) return false;
      if (balancer.spec.layer === 7 && table.end[row] === NONE) {
        table.end[row] = replica.id;
        if (!isPinned) return true;
        isThere = true;
        this.backTo = replica.place;
        this.isBackToDoor = balancer.node.place < 0;
      }
      const slot = this.pick(row, request, replica);
      if (slot < 0) return false;
      const target = replica.targets[slot];
      // The handshake goes no farther than to the end; what is pinned beyond is told by the
      // upgrade.
      const { outMs, backMs } = this;
      if (!this.step(replica, target)) return false;
      if (isThere) [this.outMs, this.backMs] = [outMs, backMs];
      if (target.machine !== null) return target.machine.state === MachineState.Up;
      balancer = target.balancer!;
    }
  }

  /** One tier picks for a new connection, which is in flight there from now on. */
  private pick(row: number, request: Request, replica: Replica): number {
    const { table, view } = this;
    const { pool, balancer } = replica;
    const isBlind = balancer.spec.layer === 4;
    view.key = isBlind ? table.key[row] : request.key;
    view.rawKey = isBlind ? table.rawKey[row] : request.rawKey;
    view.origin = this.from;
    if (!this.nat.hasRoom(replica)) {
      table.fault[row] = OutcomeCode.Rejected;
      if (table.user[row] !== NONE) this.counts.add(table.region[row], ConnectionCount.TableFull);
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
  private step(replica: Replica, target: Hop): boolean {
    const { network, backTo } = this;
    const isDoor = replica.balancer.node.place < 0;
    if (!this.travel(replica.place, target.node.place, isDoor)) return false;
    if (!replica.balancer.returnsDirectly) return true;
    const { place } = target.node;
    this.backMs = this.isBackToDoor
      ? network.doorMs(place, backTo)
      : network.innerMs(place, backTo);
    return !network.isCut(place, backTo);
  }

  private travel(from: number, to: number, isDoor: boolean): boolean {
    const { network } = this;
    if (!isDoor && from === to) return true;
    this.outMs += isDoor ? network.doorMs(from, to) : network.innerMs(from, to);
    this.backMs += isDoor ? network.doorMs(to, from) : network.innerMs(to, from);
    return !network.isCut(from, to) && !network.isCut(to, from);
  }
}
