/**
 * What was decided when a connection was opened, for the requests that are under way on it. At each
 * tier that is their client's connection, or else the one of the layer-7 balancer above that runs
 * through there or ends there.
 */
import { NONE } from "../units.ts";
import { type ConnectionTable, HopColumn, Stale } from "../world/connections/connection-table.ts";
import { Handshake, handshakeDemandMs } from "../world/connections/handshake.ts";
import type { Machine } from "../world/machine.ts";
import type { Passages } from "../world/passages.ts";
import { OutcomeCode, type Request } from "../world/requests.ts";
import type { BackendWays } from "./backend-ways.ts";
import type { BalancerAtWork, Parts, Replica } from "./parts.ts";
import { setAt } from "./replica-sets.ts";

export class PinnedWays {
  private readonly passages: Passages;
  /** What was looked for last: the connection, and its own number of the tier, from 0 on. */
  row: number = NONE;
  tier = 0;

  constructor(
    private readonly parts: Parts,
    readonly table: ConnectionTable,
    /** null: balancers' own connections run through no layer 4. */
    private readonly backends: BackendWays | null,
  ) {
    this.passages = parts.passages!;
  }

  /** Whether a connection has decided at the balancer where the request stands. */
  pins(request: Request, balancer: BalancerAtWork): boolean {
    this.locate(request.index, balancer, request.depth);
    const { table, row, tier } = this;
    // Without a connection nobody gets through layer 4.
    if (row === NONE) return balancer.dialer !== NONE && balancer.spec.layer === 4;
    return tier < table.known[row] || table.end[row] === NONE;
  }

  /** Whether the balancer of its last hop counts its connection, and not the request. */
  isPinned({ index, depth }: Request, balancer: BalancerAtWork): boolean {
    this.locate(index, balancer, depth - 1);
    const { table, row, tier } = this;
    return row !== NONE && tier < table.known[row];
  }

  /** The slot at the balancer where it stands, which is pinned; NONE where the way ends there. */
  slotOf({ index, depth }: Request, balancer: BalancerAtWork): number {
    this.locate(index, balancer, depth);
    const { table, row, tier } = this;
    if (row === NONE || tier >= table.known[row]) return NONE;
    return table.hops[table.hop(row, tier) + HopColumn.Slot];
  }

  /** Where the way ends, what a request ends as. */
  faultOf({ index, depth }: Request, balancer: BalancerAtWork): OutcomeCode {
    this.locate(index, balancer, depth);
    // By a websocket's attempt it may have got farther than its client's connection.
    const row = this.row === NONE ? this.passages.connection[index] : this.row;
    return row === NONE ? OutcomeCode.Failed : this.table.fault[row];
  }

  /**
   * The replica that it meets: the one to which its connection goes, or any; null: there is none.
   */
  replicaOf({ index, depth }: Request, balancer: BalancerAtWork, client: number): Replica | null {
    this.locate(index, balancer, depth);
    const { table, row, tier } = this;
    const { replicas } = this.parts;
    const set = setAt(balancer, client);
    if (row === NONE) return set.draw(balancer.replicaStream);
    if (tier < table.known[row]) return replicas[table.hops[table.hop(row, tier) + HopColumn.Pool]];
    if (table.end[row] === NONE) return set.ownerOf(table.hash[row]);
    // The way of a websocket's attempt may have broken off beneath the end.
    const end = replicas[table.end[row]];
    const endsHere = tier === table.known[row] && end.balancer === balancer;
    return endsHere ? end : set.draw(balancer.replicaStream);
  }

  /** The replica to which an answer goes that passes by all between; null: to its client. */
  dialerOf(request: Request): Replica | null {
    return request.depth === 0 ? null : this.parts.requests.lastHop(request).replica;
  }

  /** The connection that has decided at a balancer, or was to. */
  locate(index: number, { dialer }: BalancerAtWork, depth: number): void {
    const row = this.passages.connection[index];
    this.row = row;
    this.tier = depth;
    if (dialer === NONE || (row !== NONE && depth < this.table.known[row])) return;
    this.row = this.backends!.rowOf(index, dialer);
    this.tier = depth - dialer - 1;
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

  /**
   * It reaches its machine: if its connection ends there, the first one brings the handshake's
   * work.
   */
  reached(request: Request, machine: Machine): void {
    const row = this.passages.connection[request.index];
    if (row === NONE || this.table.end[row] !== NONE) return;
    const done = this.takeHandshake(request);
    if (done === Handshake.None) return;
    request.demandMs += handshakeDemandMs(done, this.parts.topology.nodes[machine.node].machines!);
  }
}
