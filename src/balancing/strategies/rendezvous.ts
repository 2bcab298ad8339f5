import { Rendezvous } from "../../hashing/rendezvous.ts";
import { defineStrategy } from "../strategy.ts";
import { Placed } from "./parts/placed.ts";

/**
 * Highest random weight: each target bids a hash of itself and the key, the highest bid wins.
 *
 * Follows Thaler and Ravishankar 1998, with logarithmic weights (Schindelhauer and Schomaker 2005).
 * Shares are even without any table, and a change moves nothing but what it must, weights included.
 * Cost: O(n) a pick by definition; for large pools take ring-hash or maglev. Left open: the hash
 * (ours, of the target's identity and the key's hash) and equal bids (the lower identity).
 */
export const rendezvous = defineStrategy({
  name: "rendezvous",
  summary: "every target bids for the key, the highest bid wins; linear in the pool's size",
  follows:
    "Thaler and Ravishankar, IEEE/ACM ToN 1998; weights: Schindelhauer and Schomaker, SPAA 2005",
  fields: {},
  needs: ["key"],
  create: (view) => new Placed(view, new Rendezvous()),
});
