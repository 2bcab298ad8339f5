import { ModN } from "../../hashing/mod-n.ts";
import { defineStrategy } from "../strategy.ts";
import type { PoolView, RequestView, Strategy } from "../strategy.ts";
import { Placed } from "./parts/placed.ts";

class RawModN implements Strategy {
  private readonly view: PoolView;
  private readonly placement = new ModN();

  constructor(view: PoolView) {
    this.view = view;
  }

  membershipChanged(): void {
    this.placement.assign(this.view);
  }

  pick(request: RequestView): number {
    return this.owner(0, request.rawKey);
  }

  owner(_key: number, rawKey: number): number {
    // Unsigned, as an address is: a negative remainder would be no index (−1 is nobody's key).
    return this.placement.ownerOfNumber(rawKey >>> 0);
  }
}

/**
 * The key modulo the number of usable targets is the index of the target, in order of joining;
 * weights are ignored.
 *
 * Follows the textbooks. `hash` takes the key's hash, `raw` the id or address itself, which is even
 * only if ids are. When N targets become M, a part min(N, M) / lcm(N, M) of the keys stays, if the
 * change is at the end of the list; one lost in the middle shifts all behind it. Two tiers of mod-n
 * by one hash depend on each other (below a target picked by hash mod 4, hash mod 2 is always the
 * same): that is how it is, as with ECMP routers. Cost: O(1) a pick, O(n) a change. Left open:
 * whether a target believed down keeps its number; here it leaves the list, as everywhere.
 */
export const modN = defineStrategy({
  name: "mod-n",
  summary: "the key's hash (or number) modulo the number of targets",
  follows: "textbooks; what Karger et al., STOC 1997, set out to improve on",
  fields: {
    of: {
      kind: "choice",
      of: ["hash", "raw"],
      default: "hash",
      doc: "hash of the key, or the id itself",
    },
  },
  primary: "of",
  needs: ["key"],
  create: (view, { of }) => (of === "raw" ? new RawModN(view) : new Placed(view, new ModN())),
});
