/**
 * Rendezvous in a virtual hierarchy: a tree of virtual nodes bids level by level, then one cluster.
 */
import { NONE } from "../../units.ts";
import { combine32, mix32, premix32 } from "../mix32.ts";
import { NO_NODES, byIdentity } from "../placement.ts";
import type { Members, NameOf, Placement } from "../placement.ts";
import { definePlacement } from "../placement-definition.ts";

const SIGN = -0x80000000;
/** Children of a virtual node. */
const FANOUT = 4;

/** How many clusters there are for so many nodes, and the children at each level above them. */
export function skeletonOf(nodes: number, cluster: number): number[] {
  const least = Math.ceil(nodes / cluster);
  const fanouts: number[] = [];
  let leaves = 1;
  while (leaves * FANOUT <= least) {
    fanouts.push(FANOUT);
    leaves *= FANOUT;
  }
  const rest = Math.ceil(least / leaves);
  if (rest > 1) fanouts.push(rest);
  return fanouts;
}

/**
 * Follows the skeleton variant of rendezvous hashing, as
 * the encyclopaedia article on it has it: nodes form clusters, the clusters
 * are leaves of a tree of virtual nodes with four children each; at every level the highest bid
 * goes on, at last that of the cluster's own nodes. A node that leaves gives its keys to its
 * cluster alone, and one that joins takes them there: nothing else moves, but the cluster's share
 * is shared by one fewer or more.
 *
 * Left open by the source and chosen here: nodes are dealt to the clusters in order of identity,
 * one that joins later goes to the least populated cluster (the first of them); all is dealt anew
 * when a cluster is empty, or the mean cluster has become twice or half as large as was asked.
 * Lookup O(log n): bids at log₄(n / cluster) × 4 virtual nodes and one cluster. Change O(n) for the
 * list; 8 to 16 bytes a node, and a map of them for changes.
 */
export class RendezvousSkeleton implements Placement {
  readonly traits = {
    weighted: false,
    drops: "any",
    orderless: false,
    remembers: true,
    incremental: true,
    reads: "hash",
  } as const;
  private readonly cluster: number;
  private fanouts: readonly number[] = [];
  /** Whether the tree was dealt while there were few nodes. */
  private dealt = 0;
  private clusters: Cluster[] = [];
  private clusterOf = new Map<number, { at: number; identity: number }>();

  constructor(cluster: number) {
    this.cluster = cluster;
  }

  assign(members: Members): void {
    const now = new Set<number>();
    for (let i = 0; i < members.size; i++) now.add(members.usable[i]);
    for (const [label, { at, identity }] of this.clusterOf) {
      if (now.has(label) && identity === (members.identity[label] | 0)) continue;
      this.clusters[at].drop(label);
      this.clusterOf.delete(label);
    }
    const come = [...now].filter((label) => !this.clusterOf.has(label));
    if (this.outgrown(members.size)) this.deal(members);
    else for (const label of come) this.join(label, members, this.leastPopulated());
    if (this.clusters.some(({ size }) => size === 0)) this.deal(members);
  }

  owner(key: number): number {
    if (this.clusterOf.size === 0) return NONE;
    return this.clusters[this.leaf(key)].owner(key);
  }

  bytes(): number {
    return this.clusters.reduce((sum, one) => sum + one.bytes(), 0);
  }

  explain(key: number, nameOf: NameOf): readonly string[] {
    if (this.clusterOf.size === 0) return NO_NODES;
    const leaf = this.leaf(key);
    const { length } = this.clusters;
    return [
      `${this.fanouts.length} levels of virtual nodes lead to cluster ${leaf} of ${length}`,
      `of its ${this.clusters[leaf].size} nodes ${nameOf(this.owner(key))} bids most`,
    ];
  }

  /** The cluster, as the winners' numbers at each level, read in mixed radix. */
  private leaf(key: number): number {
    const { fanouts } = this;
    let at = 0;
    for (let level = 0; level < fanouts.length; level++) {
      const children = fanouts[level];
      const first = at * children;
      const seed = combine32(key, level + 1);
      let best = first;
      let highest = mix32(seed + mix32(first + 1)) ^ SIGN;
      for (let child = first + 1; child < first + children; child++) {
        const bid = mix32(seed + mix32(child + 1)) ^ SIGN;
        if (bid <= highest) continue;
        highest = bid;
        best = child;
      }
      at = best;
    }
    return at;
  }

  private outgrown(size: number): boolean {
    if (this.dealt === 0 || size === 0) return true;
    const mean = size / this.clusters.length;
    if (mean > 2 * this.cluster) return true;
    return this.clusters.length > 1 && 2 * mean < Math.min(this.cluster, this.dealt);
  }

  private deal(members: Members): void {
    this.clusterOf.clear();
    this.fanouts = skeletonOf(members.size, this.cluster);
    const leaves = this.fanouts.reduce((product, fanout) => product * fanout, 1);
    this.clusters = Array.from({ length: members.size === 0 ? 0 : leaves }, () => new Cluster());
    this.dealt = members.size === 0 ? 0 : members.size / leaves;
    byIdentity(members.usable, members.size, members.identity).forEach((label, i) => {
      this.join(label, members, i % leaves);
    });
  }

  private join(label: number, members: Members, at: number): void {
    const identity = members.identity[label] | 0;
    this.clusters[at].join(label, identity);
    this.clusterOf.set(label, { at, identity });
  }

  private leastPopulated(): number {
    let least = 0;
    for (let at = 1; at < this.clusters.length; at++) {
      if (this.clusters[at].size < this.clusters[least].size) least = at;
    }
    return least;
  }
}

/** A few nodes that bid for every key of theirs. */
class Cluster {
  private labels = new Int32Array(8);
  private seeds = new Int32Array(8);
  size = 0;

  join(label: number, identity: number): void {
    if (this.size === this.labels.length) {
      const { labels, seeds } = this;
      this.labels = new Int32Array(2 * this.size);
      this.labels.set(labels);
      this.seeds = new Int32Array(2 * this.size);
      this.seeds.set(seeds);
    }
    this.labels[this.size] = label;
    this.seeds[this.size++] = premix32(identity);
  }

  drop(label: number): void {
    const at = this.labels.indexOf(label);
    const last = --this.size;
    this.labels[at] = this.labels[last];
    this.seeds[at] = this.seeds[last];
  }

  /** Equal bids go to the node that stands first here. */
  owner(key: number): number {
    const { labels, seeds, size } = this;
    let best = 0;
    let highest = mix32(seeds[0] + key) ^ SIGN;
    for (let i = 1; i < size; i++) {
      const bid = mix32(seeds[i] + key) ^ SIGN;
      if (bid <= highest) continue;
      highest = bid;
      best = i;
    }
    return labels[best];
  }

  bytes(): number {
    return this.labels.byteLength + this.seeds.byteLength;
  }
}

/**
 * Rendezvous in a virtual hierarchy, for large pools.
 *
 * Follows the skeleton variant of rendezvous hashing. A change moves keys within one cluster alone:
 * a lost target's share goes to its some 32 neighbours and not to all. Shares differ as the
 * clusters' sizes do, by one target in a cluster when dealt. Weights are ignored. Cost: O(log n) a
 * pick, O(n) a change. Left open: the tree's shape, who is in which cluster, and when all is dealt
 * anew (once the clusters have become twice or half as large).
 */
export const rendezvousSkeleton = definePlacement({
  name: "rendezvous-skeleton",
  summary: "rendezvous level by level in a virtual hierarchy of clusters, for large pools",
  follows: "rendezvous hashing's skeleton variant, as encyclopaedias describe it",
  fields: {
    cluster: {
      kind: "count",
      min: 1,
      max: 100_000,
      default: 32,
      doc: "targets in a cluster at most, as it is dealt",
    },
  },
  primary: "cluster",
  cost: {
    lookup: "O(log n + cluster)",
    change: "O(n)",
    memory: "8 to 16 bytes a node, and a map of them for changes",
  },
  create: ({ cluster }) => new RendezvousSkeleton(cluster),
});
