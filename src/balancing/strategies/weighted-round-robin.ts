import { defineStrategy } from "../strategy.ts";
import type { PoolView, Strategy } from "../strategy.ts";
import { SmoothTurns } from "./parts/smooth-turns.ts";

class WeightedRoundRobin implements Strategy {
  private readonly view: PoolView;
  private readonly turns = new SmoothTurns();

  constructor(view: PoolView) {
    this.view = view;
  }

  membershipChanged(): void {
    this.turns.rebuild(this.view);
  }

  pick(): number {
    return this.turns.take();
  }
}

/**
 * Turns in proportion to weights, spread as evenly as whole turns allow: 5, 1, 1 gives a a b a c a
 * a.
 *
 * Follows nginx's smooth weighted round robin: the same sequence, without its pass over all
 * targets. Cost: O(distinct weights) a pick during the first round (Σ weight / gcd picks after a
 * change), then O(1) by replaying it; where the round is longer than 2^20 picks or weights are no
 * multiples of 1/1000, O(distinct weights) for good. A change of membership O(n). Left open: after
 * a change all balances begin at zero again (nginx does so when its configuration is read anew; it
 * freezes the balance of a server that is down), and targets of one weight go on in their order
 * where they were. nginx's lowering of the weight after failures is not part of this: failures are
 * decided once for all strategies.
 */
export const weightedRoundRobin = defineStrategy({
  name: "weighted-round-robin",
  summary: "turns in proportion to weights, evenly spread",
  follows: "nginx 1.26, ngx_http_upstream_get_peer (smooth weighted round robin)",
  fields: {},
  needs: ["weights"],
  create: (view) => new WeightedRoundRobin(view),
});
