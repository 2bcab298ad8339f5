/**
 * What goes before a strategy's pick: rules that lead to targets by name, and users that balancers
 * keep at a target. Which slot a request goes to, and what its answer says to its client.
 */
import type { Client } from "../balancing/persistence/persistence.ts";
import { NONE } from "../units.ts";
import { OutcomeCode, type Request } from "../world/requests.ts";
import type { BalancerAtWork, Parts, Replica } from "./parts.ts";

export class Keeping {
  /** Some balancer keeps users. */
  readonly isOn: boolean;

  /** Who is looked at now. */
  private readonly client: { -readonly [K in keyof Client]: number } = {
    user: NONE,
    address: NONE,
    connection: NONE,
  };

  /**
   * By request × tiers + tier: which replica's strategy placed it, where the `placed` bit is set.
   */
  private readonly placers: Replica[] = [];
  /** Those that keep connections. */
  private readonly pinning: readonly BalancerAtWork[];

  constructor(
    private readonly parts: Parts,
    /** A connection is kept at this node no more. */
    private readonly left: (node: number) => void,
  ) {
    this.pinning = parts.balancers.filter(
      (balancer): balancer is BalancerAtWork => balancer?.persistence?.ended !== undefined,
    );
    this.isOn = parts.balancers.some((balancer) => balancer?.persistence != null);
  }

  /**
   * The slot that its client found, or to which the balancer's rules send the request, or at which
   * its user is kept, else the strategy's pick (NONE: none is usable).
   * @param connection the one that it comes on, or that is being opened for it
   */
  pick(request: Request, replica: Replica, connection = this.connectionOf(request)): number {
    const { pool, balancer, proxy } = replica;
    if (balancer.isFound) return this.parts.passages!.address[request.index];
    if (proxy !== null && proxy.routes !== null) {
      const slot = proxy.routes[request.group];
      return pool.takes(slot) ? slot : NONE;
    }
    const { persistence, node } = balancer;
    const bit = 1 << node.tier;
    const kept = persistence!.kept(this.clientOf(request, connection), numberOf(replica));
    if (kept !== NONE && pool.keeps(kept)) {
      request.placed &= ~bit;
      return kept;
    }
    request.placed |= bit;
    this.placers[this.parts.requests.row(request) + node.tier] = replica;
    return pool.pick(this.parts.view);
  }

  /**
   * An answer is with its client: if it is a good one, its user is kept from now on wherever a
   * strategy placed it.
   */
  answered(request: Request): void {
    const { machine, placed, outcome } = request;
    const { topology, balancers, slotOf } = this.parts;
    // Answered on its way: no target of a pool was asked.
    if (machine === null || outcome !== OutcomeCode.Completed) return;
    const { nodes } = topology;
    const client = this.clientOf(request, this.connectionOf(request));
    for (let node = nodes[machine.node]; node.parent !== NONE; node = nodes[node.parent]) {
      const { persistence, node: above } = balancers[node.parent]!;
      if (persistence === null || (placed & (1 << above.tier)) === 0) continue;
      const replica = this.placers[this.parts.requests.row(request) + above.tier];
      const slot = slotOf[node.id];
      const number = numberOf(replica);
      const before = persistence.ended === undefined ? NONE : persistence.kept(client, number);
      persistence.answered(client, slot, number);
      if (before !== NONE && before !== slot) this.left(replica.targets[before].node.id);
    }
  }

  /**
   * A client is about to open a connection: what tells clients apart by that begins anew.
   * @param resumed it goes on with its last TLS session
   */
  connected(request: Request, connection: number, resumed: boolean): void {
    if (!this.isOn) return;
    const client = this.clientOf(request, connection);
    for (const balancer of this.parts.balancers) {
      balancer?.persistence?.connected?.(client, resumed);
    }
  }

  /** A client's connection is over, and so is what is known of it. */
  ended(connection: number): void {
    for (const { persistence, pools } of this.pinning) {
      const slot = persistence!.ended!(connection);
      if (slot !== NONE) this.left(pools[0].targets[slot].node.id);
    }
  }

  /** Connections that the balancer above keeps at a node. */
  connectionsAt(node: number): number {
    const { topology, balancers, slotOf } = this.parts;
    const { parent } = topology.nodes[node];
    if (parent === NONE) return 0;
    return balancers[parent]!.persistence?.connectionsAt?.(slotOf[node]) ?? 0;
  }

  private connectionOf({ index }: Request): number {
    const { passages } = this.parts;
    return passages === null ? NONE : passages.connection[index];
  }

  private clientOf({ user }: Request, connection: number): Client {
    const { client } = this;
    client.user = user;
    client.address = this.parts.addresses.numberOf(user);
    client.connection = connection;
    return client;
  }
}

/** Whether something goes before the strategy's pick there, for a request as for a connection. */
export const goesBefore = ({ balancer, proxy }: Replica): boolean =>
  balancer.persistence !== null || balancer.isFound || (proxy !== null && proxy.routes !== null);

/** Of a replica among those of its balancer, from 0 on. */
export const numberOf = ({ id, balancer }: Replica): number => id - balancer.pools[0].id;
