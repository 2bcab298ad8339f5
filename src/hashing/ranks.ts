/** Which nodes follow a key's owner, for any placement structure. */
import { NONE } from "../units.ts";
import { combine32, restOf } from "./mix32.ts";
import type { Members, Placement } from "./placement.ts";
import { Walk } from "./placements/parts/walk.ts";
import type { Steps } from "./placements/parts/walk.ts";

/**
 * Rehashes, in multiples of the nodes, before those that were not met follow in order of joining.
 */
const MOST_ROUNDS = 4;

/**
 * The nodes in the order in which they stand in for each other at a key: the structure's own order
 * where it has one (around the ring, by the next highest bid), else by hashing the key anew until a
 * node comes that was not met, as Envoy and "Random Jump Consistent Hashing" (Chen et al., arXiv
 * 1908.08762) pass over full nodes. Rehashing keeps to the shares of the structure, but a change
 * may move a key's second node without need. O(1) expected a rank while it is small against the
 * nodes; 8 bytes a label where the structure has no order of its own.
 */
export class Ranks implements Steps {
  private readonly placement: Placement;
  private readonly walk = new Walk(this);
  private labels: readonly number[] = [];
  private key = 0;
  private rest = 0;
  private tries = 0;

  constructor(placement: Placement) {
    this.placement = placement;
  }

  /** The structure's nodes are now these; it has been told. */
  changed(members: Members): void {
    if (this.placement.ownerAt !== undefined) return;
    this.labels = Array.from({ length: members.size }, (_, i) => members.usable[i]);
    this.walk.changed(members.slots);
  }

  /** The node of that rank, 0 the owner; NONE if there are not so many. */
  at(key: number, rank: number, rest = restOf(key)): number {
    if (rank === 0) return this.placement.owner(key, rest);
    if (this.placement.ownerAt !== undefined) return this.placement.ownerAt(key, rank, rest);
    return this.walk.at(key, rank, rest);
  }

  start(key: number, rest: number): void {
    this.key = key;
    this.rest = rest;
    this.tries = 0;
  }

  next(): number {
    const { labels, key, rest } = this;
    const tries = this.tries++;
    if (labels.length === 0) return NONE;
    if (tries === 0) return this.placement.owner(key, rest);
    const most = MOST_ROUNDS * labels.length;
    if (tries <= most) return this.placement.owner(combine32(key, tries) >>> 0);
    return tries - most <= labels.length ? labels[tries - most - 1] : NONE;
  }
}
