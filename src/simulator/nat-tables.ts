/** The tables of connections that layer-4 replicas keep, where their scenario gives them a size. */
import { EventKind } from "../engine/event-kind.ts";
import { NONE } from "../units.ts";
import { type ConnectionTable, HopColumn } from "../world/connections/connection-table.ts";
import { NatTable } from "../world/connections/nat-table.ts";
import { Links } from "../world/connections/use-order.ts";
import type { Parts, Replica } from "./parts.ts";

export class NatTables {
  /** Some balancer has one. */
  readonly isOn: boolean;
  private readonly links = new Links();
  /** By replica id; one and the same where they share it. */
  private readonly ofReplica: (NatTable | null)[];
  private readonly all: NatTable[] = [];

  constructor(
    private readonly parts: Parts,
    private readonly table: ConnectionTable,
    /** A new entry pushes this connection's out. */
    private readonly evict: (row: number) => void,
  ) {
    this.ofReplica = parts.replicas.map(() => null);
    for (const balancer of parts.balancers) {
      const nat = balancer?.spec.layer4?.nat ?? null;
      if (balancer === undefined || nat === null) continue;
      let shared: NatTable | null = null;
      for (const { id } of balancer.pools) {
        const made: NatTable = shared ?? this.make(nat);
        if (nat.shared) shared = made;
        this.ofReplica[id] = made;
      }
    }
    this.isOn = this.all.length > 0;
  }

  /** Whether a replica can take one more connection, at whatever price. */
  hasRoom({ id }: Replica): boolean {
    const nat = this.ofReplica[id];
    return nat === null || !nat.isFull || nat.victim !== NONE;
  }

  add(row: number, tier: number, replica: Replica): void {
    const nat = this.ofReplica[replica.id];
    if (nat === null) return;
    const { tiers, state } = this.table;
    if (nat.isFull) this.evict(Math.floor(nat.victim / tiers));
    if (this.links.usedMs.length < state.length * tiers) this.links.grow(state.length * tiers);
    nat.add(row * tiers + tier, this.parts.queue.nowMs);
    this.watch(nat);
  }

  remove(row: number, tier: number, { id }: Replica): void {
    this.ofReplica[id]?.remove(row * this.table.tiers + tier);
  }

  /** Whether all replicas know what one of them does. */
  isShared({ balancer }: Pick<Replica, "balancer">): boolean {
    return balancer.spec.layer4?.nat?.shared === true;
  }

  /** Something passes on a connection. */
  touch(row: number): void {
    const { table } = this;
    const { nowMs } = this.parts.queue;
    for (let tier = 0; tier < table.known[row]; tier++) {
      const nat = this.ofReplica[table.hops[table.hop(row, tier) + HopColumn.Pool]];
      if (nat === null) continue;
      nat.touch(row * table.tiers + tier, nowMs);
    }
  }

  /** A table's event: the connection whose entry has idled out by now; NONE where there is none. */
  idledOut(number: number): number {
    const nat = this.all[number];
    const entry = nat.idledOut(this.parts.queue.nowMs);
    if (entry !== NONE) return Math.floor(entry / this.table.tiers);
    this.watch(nat);
    return NONE;
  }

  private watch({ subject, dueMs }: NatTable): void {
    const { queue } = this.parts;
    // Later uses only put it off, which is looked at when it rings.
    if (queue.timeOf(subject) === Infinity) queue.schedule(subject, dueMs);
  }

  private make(spec: ConstructorParameters<typeof NatTable>[0]): NatTable {
    const subject = this.parts.queue.add(EventKind.TableIdle, this.all.length);
    const made = new NatTable(spec, this.links, subject);
    this.all.push(made);
    return made;
  }
}
