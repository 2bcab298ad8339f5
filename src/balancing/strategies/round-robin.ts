import { NONE } from "../../units.ts";
import { defineStrategy } from "../strategy.ts";
import type { PoolView, Strategy } from "../strategy.ts";

class RoundRobin implements Strategy {
  private readonly view: PoolView;
  private usable: PoolView["usable"];
  private size = 0;
  private next = 0;
  private last = NONE;

  constructor(view: PoolView) {
    this.view = view;
    this.usable = view.usable;
  }

  membershipChanged(): void {
    this.usable = this.view.usable;
    this.size = this.view.size;
    // The turn goes on behind the target that had it last, whether that one is still there or not.
    let next = 0;
    while (next < this.size && this.usable[next] <= this.last) next++;
    this.next = next;
  }

  pick(): number {
    if (this.next >= this.size) this.next = 0;
    this.last = this.usable[this.next++];
    return this.last;
  }
}

/**
 * Each target in turn, in order of joining; weights are ignored.
 *
 * Follows nginx's round robin of equal weights (ngx_http_upstream_get_peer), which begins at the
 * first of the list. Cost: O(1) a pick, O(n) a change of membership. Left open by most
 * descriptions: where replicas begin (all at the first target, as nginx's workers do) and where the
 * turn goes on after a change (behind the target picked last).
 */
export const roundRobin = defineStrategy({
  name: "round-robin",
  summary: "each target in turn, whatever its weight",
  follows: "nginx 1.26, ngx_http_upstream_get_peer with equal weights",
  fields: {},
  needs: [],
  create: (view) => new RoundRobin(view),
});
