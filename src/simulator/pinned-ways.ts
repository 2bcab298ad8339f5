/** What was decided when a connection was opened, for the requests that are under way on it. */
import { NONE } from "../units.ts";
import { type ConnectionTable, Stale } from "../world/connections/connection-table.ts";
import { Handshake, handshakeDemandMs } from "../world/connections/handshake.ts";
import type { Machine } from "../world/machine.ts";
import type { Passages } from "../world/passages.ts";
import { HopColumn, type OutcomeCode, type Request } from "../world/requests.ts";
import type { BalancerAtWork, Parts, Replica } from "./parts.ts";
import { setAt } from "./replica-sets.ts";

export class PinnedWays {
  private readonly passages: Passages;

  constructor(
    private readonly parts: Parts,
    readonly table: ConnectionTable,
  ) {
    this.passages = parts.passages!;
  }

  /** Whether the request's connection has decided at the tier where it stands. */
  pins({ index, depth }: Request): boolean {
    const row = this.passages.connection[index];
    if (row === NONE) return false;
    const { table } = this;
    return depth < table.known[row] || table.end[row] === NONE;
  }

  /** Whether the tier of its last hop counts its connection, and not the request. */
  isPinned({ index, depth }: Request): boolean {
    const row = this.passages.connection[index];
    return row !== NONE && depth <= this.table.known[row];
  }

  /** The slot at the tier where it stands, which is pinned; NONE where the way ends there. */
  slotOf({ index, depth }: Request): number {
    const { table } = this;
    const row = this.passages.connection[index];
    return depth < table.known[row] ? table.hops[table.hop(row, depth) + HopColumn.Slot] : NONE;
  }

  faultOf({ index }: Request): OutcomeCode {
    return this.table.fault[this.passages.connection[index]];
  }

  /** The replica that it meets: the one to which its connection goes, or any; null: there is none. */
  replicaOf({ index, depth }: Request, balancer: BalancerAtWork, client: number): Replica | null {
    const { table } = this;
    const { replicas } = this.parts;
    const row = this.passages.connection[index];
    const set = setAt(balancer, client);
    if (row === NONE) return set.draw(balancer.replicaStream);
    if (depth < table.known[row])
      return replicas[table.hops[table.hop(row, depth) + HopColumn.Pool]];
    if (table.end[row] === NONE) return set.ownerOf(table.hash[row]);
    // The way of a websocket's attempt may have broken off beneath the end.
    const end = replicas[table.end[row]];
    const endsHere = depth === table.known[row] && end.balancer === balancer;
    return endsHere ? end : set.draw(balancer.replicaStream);
  }

  /**
   * The handshake that whoever ends its connection has yet to work for: told once. What its end did
   * of it is lost with that, and whoever is back there did none.
   */
  takeHandshake({ index }: Request): Handshake {
    const row = this.passages.connection[index];
    if (row === NONE) return Handshake.None;
    const { handshake, stale } = this.table;
    const done = handshake[row];
    handshake[row] = Handshake.None;
    return stale[row] === Stale.Known ? Handshake.None : done;
  }

  /** It reaches its machine: if its connection ends there, the first one brings the handshake's work. */
  reached(request: Request, machine: Machine): void {
    const row = this.passages.connection[request.index];
    if (row === NONE || this.table.end[row] !== NONE) return;
    const done = this.takeHandshake(request);
    if (done === Handshake.None) return;
    request.demandMs += handshakeDemandMs(done, this.parts.topology.nodes[machine.node].machines!);
  }
}
