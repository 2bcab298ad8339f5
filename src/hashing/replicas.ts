/** Keys on several nodes. */
import { NONE } from "../units.ts";
import type { Ranks } from "./ranks.ts";

/**
 * Writes the labels of the key's `count` distinct owners to the beginning of `into`, the first
 * owner first, and returns how many there are: fewer where there are fewer nodes.
 *
 * The next nodes around a ring, as Dynamo's preference list (DeCandia et al., SOSP 2007, §4.3) and
 * Chord's successors; of rendezvous the highest bids; else see `Ranks`. Where the structure has an
 * order of its own, a node that goes moves only the replicas that it held. O(count) steps of that
 * order.
 */
export function replicasOf(ranks: Ranks, key: number, count: number, into: Int32Array): number {
  let found = 0;
  while (found < count) {
    const label = ranks.at(key, found);
    if (label === NONE) break;
    into[found++] = label;
  }
  return found;
}
