import { MOST_POINTS, Ring } from "../../hashing/ring.ts";
import { defineStrategy } from "../strategy.ts";
import { Placed } from "./parts/placed.ts";

/**
 * Consistent hashing on a ring: each target stands at `nodes` × weight points, a key belongs to the
 * next point's target.
 *
 * Follows Karger et al., STOC 1997. A target that comes takes its keys from all others, one that
 * leaves gives them to all others, and no key moves between those that stay. The share of a target
 * scatters by about 1/√nodes of itself. Cost: O(1) expected a pick; a change sorts the new points
 * alone and merges them, O(all points). Left open by the paper: how many points (a setting), where
 * they stand (a hash of the target's identity and the point's number), which of two at one place
 * counts (the lower identity), and weights below one point (one point at least).
 */
export const ringHash = defineStrategy({
  name: "ring-hash",
  summary: "consistent hashing on a ring with virtual nodes",
  follows: "Karger et al., STOC 1997, Consistent Hashing and Random Trees",
  fields: {
    nodes: { kind: "count", min: 1, default: 100, doc: "virtual nodes of a target of weight 1" },
  },
  primary: "nodes",
  needs: ["key"],
  check: ({ nodes }, targets = 1) => {
    const most = Math.floor(MOST_POINTS / targets);
    if (nodes <= most) return null;
    return `${nodes} virtual nodes are too many for ${targets} targets: take at most ${most}`;
  },
  create: (view, { nodes }) => new Placed(view, new Ring(nodes)),
});
