/**
 * What goes before a strategy's pick: rules that lead to targets by name, and users that balancers keep
 * at a target. Which slot a request goes to, and what its answer says to its client.
 */
import { NONE } from "../units.ts";
import type { Request } from "../world/requests.ts";
import type { Parts, Replica } from "./parts.ts";

export class Keeping {
  /** Some balancer keeps users. */
  readonly isOn: boolean;

  constructor(private readonly parts: Parts) {
    this.isOn = parts.balancers.some((balancer) => balancer?.persistence != null);
  }

  /**
   * The slot to which the balancer's rules send the request, or at which its user is kept, else the
   * strategy's pick (−1: none is usable).
   */
  pick(request: Request, { balancer, pool, proxy }: Replica): number {
    if (proxy !== null && proxy.routes !== null) {
      const slot = proxy.routes[request.group];
      return pool.takes(slot) ? slot : NONE;
    }
    const { persistence, node } = balancer;
    const bit = 1 << node.tier;
    const kept = persistence!.kept(request.user);
    if (kept !== NONE && pool.keeps(kept)) {
      request.placed &= ~bit;
      return kept;
    }
    request.placed |= bit;
    return pool.pick(this.parts.view);
  }

  /** A good answer is with its client: wherever a strategy placed it, its user is kept from now on. */
  answered({ machine, placed, user }: Request): void {
    const { topology, balancers, slotOf } = this.parts;
    const { nodes } = topology;
    for (let node = nodes[machine!.node]; node.parent !== NONE; node = nodes[node.parent]) {
      const { persistence, node: above } = balancers[node.parent]!;
      if (persistence === null || (placed & (1 << above.tier)) === 0) continue;
      persistence.answered(user, slotOf[node.id]);
    }
  }
}
