/**
 * Users that balancers keep at a target: which slot a request goes to, and what its answer says to
 * its client.
 */
import type { Pool } from "../balancing/pool.ts";
import { NONE } from "../units.ts";
import type { Request } from "../world/requests.ts";
import type { BalancerAtWork, Parts } from "./parts.ts";

export class Keeping {
  /** Some balancer keeps users. */
  readonly isOn: boolean;

  constructor(private readonly parts: Parts) {
    this.isOn = parts.balancers.some((balancer) => balancer?.persistence != null);
  }

  /** The slot at which the request's user is kept, else the strategy's pick (−1: none is usable). */
  pick(request: Request, { persistence, node }: BalancerAtWork, pool: Pool): number {
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
