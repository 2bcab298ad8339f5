import { defineStrategy } from "../strategy.ts";
import type { PoolView, RequestView, Strategy } from "../strategy.ts";
import { ByOrigin, nearestSlots } from "./parts/distances.ts";

class Nearest {
  turn = 0;

  constructor(readonly slots: Int32Array) {}
}

class NearestTarget implements Strategy {
  private readonly nearest: ByOrigin<Nearest>;

  constructor(view: PoolView) {
    this.nearest = new ByOrigin((origin) => new Nearest(nearestSlots(view, origin)));
  }

  membershipChanged(): void {
    this.nearest.clear();
  }

  pick(request: RequestView): number {
    const nearest = this.nearest.of(request.origin);
    const { slots } = nearest;
    if (slots.length === 1) return slots[0];
    if (nearest.turn >= slots.length) nearest.turn = 0;
    return slots[nearest.turn++];
  }
}

/**
 * The target of least round trip from the request's origin; targets at the same distance take
 * turns.
 *
 * Follows latency-based routing of names (Amazon Route 53) as its simplest form: distance alone,
 * full or not. Cost: O(1) a pick; O(n) for each origin once after a change of membership, when
 * distances are read anew. Left open: ties, which take turns for each origin by itself, in order of
 * joining and from the first again after a change.
 */
export const nearest = defineStrategy({
  name: "nearest",
  summary: "the target of least round trip from the client",
  follows: "Amazon Route 53, latency-based routing",
  fields: {},
  needs: ["round-trip"],
  create: (view) => new NearestTarget(view),
});
