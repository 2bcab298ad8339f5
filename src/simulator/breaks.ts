/**
 * What connections come to as nodes stop and come back, and as replicas come and go:
 *
 * | what happens                            | the connection                                        |
 * | --------------------------------------- | ----------------------------------------------------- |
 * | its end, or what is above, crashes      | breaks at once                                        |
 * | … falls silent                          | is open for its client, until that gives up waiting,  |
 * |                                         | or the end is back and does not know it               |
 * | … is removed (the deadline of a drain)  | breaks at once                                        |
 * | the layer-7 replica where it ends stops | breaks at once                                        |
 * | routers send it to another layer-4      | goes on where that knows it by a shared table, or     |
 * | replica: its own stopped, or another    | would pick the same target by its hash; else breaks   |
 * | one came, stopped or began to drain     |                                                       |
 * | its entry in a layer-4 table is         | breaks at once                                        |
 * | forgotten or pushed out                 |                                                       |
 * | by anycast the network brings its       | breaks at once: nobody there knows it                 |
 * | client elsewhere                        |                                                       |
 *
 * "Its client" is a layer-7 balancer where the connection is one of that one's own.
 *
 * O(connections) for each change.
 */
import { ConnectionCount } from "../world/connections/counts.ts";
import {
  ConnectionState,
  type ConnectionTable,
  HopColumn,
  Stale,
} from "../world/connections/connection-table.ts";
import { MachineState } from "../world/machine.ts";
import type { Connections } from "./connections.ts";
import type { BalancerAtWork, Parts, Replica } from "./parts.ts";

export class Breaks {
  private readonly table: ConnectionTable;

  constructor(
    private readonly parts: Parts,
    private readonly connections: Connections,
    /** The connection breaks, and what was sent to its end tells by itself. */
    private readonly loseEnd: (row: number, why: ConnectionCount) => void,
  ) {
    this.table = connections.table;
  }

  /** Machines or balancers have stopped, or are back. */
  nodesChanged(): void {
    const { table } = this;
    for (let row = 0; row < table.rows; row++) {
      if (!this.isOpen(row)) continue;
      const state = this.stateOf(row);
      if (state === MachineState.Crashed) this.loseEnd(row, ConnectionCount.ByCrash);
      else if (state === MachineState.Removed) this.loseEnd(row, ConnectionCount.ByRemoval);
      else if (state === MachineState.Silent) table.stale[row] = Stale.Unknown;
      else if (table.stale[row] === Stale.Unknown) this.loseEnd(row, ConnectionCount.BySilence);
    }
    this.connections.brokeSome();
  }

  /** Clients at this place are brought to that slot of the root's from now on; NONE: nowhere. */
  rerouted(place: number, slot: number): void {
    const { table, connections } = this;
    const { clients } = this.parts.scenario;
    for (let row = 0; row < table.rows; row++) {
      if (!this.isOpen(row) || !connections.isClients(row)) continue;
      if (clients[table.region[row]].place !== place) continue;
      if (table.hops[table.hop(row, 0) + HopColumn.Slot] === slot) continue;
      connections.break(row, ConnectionCount.ByDoor);
    }
  }

  /** Routers spread over another set of a balancer's replicas now. */
  replicasChanged(balancer: BalancerAtWork, stopped: ReadonlySet<Replica>): void {
    const { table } = this;
    const { replicas } = this.parts;
    for (let row = 0; row < table.rows; row++) {
      if (!this.isOpen(row)) continue;
      const end = table.end[row];
      if (end >= 0 && stopped.has(replicas[end])) {
        this.connections.break(row, ConnectionCount.ByReplica);
        continue;
      }
      for (let tier = 0; tier < table.known[row] && this.isOpen(row); tier++) {
        const replica = replicas[table.hops[table.hop(row, tier) + HopColumn.Pool]];
        if (replica.balancer === balancer) this.reroute(row, tier, replica, stopped);
      }
    }
    this.connections.brokeSome();
  }

  /** Where routers send it to another replica now, it goes on there or breaks. */
  private reroute(
    row: number,
    tier: number,
    replica: Replica,
    stopped: ReadonlySet<Replica>,
  ): void {
    const { table, connections } = this;
    const { balancer } = replica;
    const set = balancer.sets!.find(({ all }) => all.includes(replica))!;
    const hasStopped = stopped.has(replica);
    // Only layer 4 stands behind routers; one that drains keeps what it has.
    if (!hasStopped && (balancer.spec.layer !== 4 || !set.serves(replica))) return;
    const owner = set.ownerOf(table.hash[row]);
    if (owner === replica) return;
    const slot = table.hops[table.hop(row, tier) + HopColumn.Slot];
    if (owner !== null && this.isKnownTo(owner, row, slot)) {
      if (connections.move(row, tier, replica, owner)) return;
    }
    connections.break(row, hasStopped ? ConnectionCount.ByReplica : ConnectionCount.ByMove);
  }

  private isKnownTo({ pool, balancer }: Replica, row: number, slot: number): boolean {
    if (balancer.spec.layer !== 4) return false;
    if (this.connections.nat.isShared({ balancer })) return true;
    return pool.keyed && pool.owner(this.table.key[row], this.table.rawKey[row]) === slot;
  }

  private isOpen(row: number): boolean {
    const state = this.table.state[row];
    return state > ConnectionState.Attempt && state < ConnectionState.Ended;
  }

  /** The first that is not up on its way; up where all are. */
  private stateOf(row: number): MachineState {
    const { table } = this;
    const { replicas } = this.parts;
    const { state } = this.connections.first(row);
    if (state !== MachineState.Up) return state;
    for (let tier = 0; tier < table.known[row]; tier++) {
      const hop = table.hop(row, tier);
      const { targets } = replicas[table.hops[hop + HopColumn.Pool]];
      const { machine, balancer } = targets[table.hops[hop + HopColumn.Slot]];
      const there = (machine ?? balancer!).state;
      if (there !== MachineState.Up) return there;
    }
    return MachineState.Up;
  }
}
