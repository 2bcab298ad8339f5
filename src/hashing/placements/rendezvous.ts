/** Highest random weight: every node bids for every key, and the highest bid owns it. */
import { log } from "../../maths/elementary.ts";
import { NONE } from "../../units.ts";
import { mix32, premix32 } from "../mix32.ts";
import { NO_NODES, byIdentity } from "../placement.ts";
import type { Members, NameOf, Placement } from "../placement.ts";
import { definePlacement } from "../placement-definition.ts";
import { Walk } from "./parts/walk.ts";
import type { Steps } from "./parts/walk.ts";

const SIGN = -0x80000000;
/** The owner, and who would be next. */
const BIDS_TOLD = 3;

/** A 32-bit hash as a number strictly between 0 and 1. */
const unit = (hash: number): number => ((hash >>> 0) + 0.5) / 2 ** 32;

/** A node's bid: w / −ln(u) of a uniform u, which is the greatest with a chance of w / Σw. */
export const bidOf = (hash: number, weight: number): number => weight / -log(unit(hash));

/**
 * Follows Thaler and Ravishankar, "Using name-based mappings to increase hit rates", IEEE/ACM ToN
 * 6(1), 1998, for equal weights; for others the logarithmic weights of Schindelhauer and Schomaker,
 * "Weighted distributed hash tables", SPAA 2005. With equal weights the order of bids is that of
 * the hashes, so no logarithm is taken. Equal bids go to the lower identity. Lookup O(n) by
 * definition: large pools want a ring or Maglev; change O(n log n); 20 bytes a node.
 */
export class Rendezvous implements Placement, Steps {
  readonly traits = {
    weighted: true,
    drops: "any",
    orderless: true,
    incremental: false,
    reads: "hash",
  } as const;
  private labels = new Int32Array(0);
  private seeds = new Int32Array(0);
  private weights = new Float64Array(0);
  private equal = true;
  private readonly walk = new Walk(this);
  private key = 0;
  /** The bid that was given last, and whose it was. */
  private bid = 0;
  private bidder = 0;

  assign(members: Members): void {
    this.labels = byIdentity(members.usable, members.size, members.identity);
    this.seeds = Int32Array.from(this.labels, (label) => premix32(members.identity[label]));
    this.weights = Float64Array.from(this.labels, (label) => members.weight[label]);
    this.equal = this.weights.every((weight) => weight === this.weights[0]);
    this.walk.changed(members.slots);
  }

  owner(key: number): number {
    if (this.labels.length === 0) return NONE;
    return this.labels[this.equal ? this.highestHash(key) : this.highestBid(key)];
  }

  bytes(): number {
    const { labels, seeds, weights, walk } = this;
    return labels.byteLength + seeds.byteLength + weights.byteLength + walk.bytes();
  }

  /** The nodes from the highest bid down: O(n) a rank. */
  ownerAt(key: number, rank: number): number {
    return this.walk.at(key, rank);
  }

  start(key: number): void {
    this.key = key;
    this.bid = Infinity;
    this.bidder = -1;
  }

  next(): number {
    const { key, seeds, weights, equal, bid: last, bidder } = this;
    let best = -1;
    let highest = -Infinity;
    for (let i = 0; i < seeds.length; i++) {
      const hash = mix32(seeds[i] + key);
      const bid = equal ? hash ^ SIGN : bidOf(hash, weights[i]);
      const given = bid > last || (bid === last && i <= bidder);
      if (given || bid <= highest) continue;
      highest = bid;
      best = i;
    }
    this.bid = highest;
    this.bidder = best;
    return best === -1 ? NONE : this.labels[best];
  }

  /** The bids in order, the first few of them. O(n log n). */
  explain(key: number, nameOf: NameOf): readonly string[] {
    if (this.labels.length === 0) return NO_NODES;
    const bids = Array.from(this.labels, (label, i) => {
      const hash = mix32(this.seeds[i] + key) >>> 0;
      return { name: nameOf(label), hash, bid: bidOf(hash, this.weights[i]), i };
    });
    // Equal bids go to the lower identity, which stands first.
    const sorted = bids.toSorted((a, b) => b.bid - a.bid || b.hash - a.hash || a.i - b.i);
    return sorted.slice(0, BIDS_TOLD).map(({ name, hash, bid }, rank) => {
      const weighted = this.equal ? "" : `, by weight ${bid.toPrecision(6)}`;
      return `bid ${rank + 1} of ${bids.length}: ${name} with ${hash}${weighted}`;
    });
  }

  private highestHash(key: number): number {
    const { seeds } = this;
    let best = 0;
    // With the sign turned, signed numbers compare as the unsigned ones do.
    let highest = mix32(seeds[0] + key) ^ SIGN;
    for (let i = 1; i < seeds.length; i++) {
      const hash = mix32(seeds[i] + key) ^ SIGN;
      if (hash > highest) {
        highest = hash;
        best = i;
      }
    }
    return best;
  }

  private highestBid(key: number): number {
    const { seeds, weights } = this;
    let best = 0;
    let highest = 0;
    for (let i = 0; i < seeds.length; i++) {
      const hash = mix32(seeds[i] + key);
      // Since −ln(u) ≥ 1 − u, w / (1 − u) bounds the bid: nearly all logarithms are saved.
      if (weights[i] <= highest * (1 - unit(hash))) continue;
      const bid = bidOf(hash, weights[i]);
      if (bid > highest) {
        highest = bid;
        best = i;
      }
    }
    return best;
  }
}

/**
 * Highest random weight: each target bids a hash of itself and the key, the highest bid wins.
 *
 * Follows Thaler and Ravishankar 1998, with logarithmic weights (Schindelhauer and Schomaker 2005).
 * Shares are even without any table, and a change moves nothing but what it must, weights included.
 * Cost: O(n) a pick by definition; for large pools take ring-hash or maglev. Left open: the hash
 * (ours, of the target's identity and the key's hash) and equal bids (the lower identity).
 */
export const rendezvous = definePlacement({
  name: "rendezvous",
  summary: "every target bids for the key, the highest bid wins; linear in the pool's size",
  follows:
    "Thaler and Ravishankar, IEEE/ACM ToN 1998; weights: Schindelhauer and Schomaker, SPAA 2005",
  fields: {},
  cost: { lookup: "O(n)", change: "O(n log n)", memory: "16 bytes a node" },
  create: () => new Rendezvous(),
});
