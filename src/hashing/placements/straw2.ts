/** CRUSH's straw2 bucket: every node draws a straw for every key, scaled by its weight. */
import { NONE } from "../../units.ts";
import { NO_NODES, byIdentity } from "../placement.ts";
import type { Members, NameOf, Placement } from "../placement.ts";
import { definePlacement } from "../placement-definition.ts";
import { crushLogs } from "./parts/crush-log.ts";
import { Walk } from "./parts/walk.ts";
import type { Steps } from "./parts/walk.ts";

/** By `explain`. */
const STRAWS_TOLD = 3;

const SEED = 1315423911;
const register = new Int32Array(3);

/** Mixes the register's three words: Robert Jenkins' evahash. */
function mix(): void {
  let a = register[0];
  let b = register[1];
  let c = register[2];
  a = (a - b - c) ^ (c >>> 13);
  b = (b - c - a) ^ (a << 8);
  c = (c - a - b) ^ (b >>> 13);
  a = (a - b - c) ^ (c >>> 12);
  b = (b - c - a) ^ (a << 16);
  c = (c - a - b) ^ (b >>> 5);
  a = (a - b - c) ^ (c >>> 3);
  b = (b - c - a) ^ (a << 10);
  c = (c - a - b) ^ (b >>> 15);
  register[0] = a;
  register[1] = b;
  register[2] = c;
}

/** CRUSH's hash of three integers (`crush_hash32_3`, rjenkins1), signed. */
export function crushHash(first: number, second: number, third: number): number {
  let x = 231232;
  let y = 1232;
  register[0] = first;
  register[1] = second;
  register[2] = SEED ^ first ^ second ^ third;
  mix();
  const a = register[0];
  const b = register[1];
  register[0] = third;
  register[1] = x;
  mix();
  const c = register[0];
  x = register[1];
  register[0] = y;
  register[1] = a;
  mix();
  y = register[0];
  register[0] = b;
  register[1] = x;
  mix();
  register[0] = y;
  register[1] = c;
  mix();
  return register[2];
}

/** Draws after which a rule gives up looking for another node: CRUSH's choose_total_tries. */
const TRIES = 50;

/**
 * Follows CRUSH's bucket_straw2_choose (Weil et al., "CRUSH: Controlled, Scalable, Decentralized
 * Placement of Replicated Data", SC 2006, §3.4, and Ceph's src/crush/mapper.c): the straw of a node
 * is the fixed-point logarithm of 16 bits of a hash of key, node and rank, over the node's weight
 * in 16.16 fixed point; the longest wins, the first in the list of those that are equal. Exact:
 * owners are those of a CRUSH bucket whose items have the nodes' identities as ids, in ascending
 * order as unsigned numbers. With 16 bits, equal straws are common beyond some thousand nodes and
 * favour those first in the list; CRUSH builds hierarchies of small buckets. Lookup O(n); change
 * O(n log n); 16 bytes a node.
 */
export class Straw2 implements Placement, Steps {
  readonly traits = {
    weighted: true,
    drops: "any",
    orderless: true,
    incremental: false,
    reads: "hash",
  } as const;
  private readonly logs = crushLogs();
  private labels = new Int32Array(0);
  private ids = new Int32Array(0);
  private weights = new Float64Array(0);
  private readonly walk = new Walk(this);
  private key = 0;
  private tries = 0;

  assign(members: Members): void {
    this.labels = byIdentity(members.usable, members.size, members.identity);
    this.ids = Int32Array.from(this.labels, (label) => members.identity[label]);
    this.weights = Float64Array.from(this.labels, (label) => fixedPoint(members.weight[label]));
    this.walk.changed(members.slots);
  }

  owner(key: number): number {
    return this.labels.length === 0 ? NONE : this.labels[this.longest(key, 0)];
  }

  /** As CRUSH's rules find replicas and pass over nodes that are out: a draw of the next rank. */
  ownerAt(key: number, rank: number): number {
    return this.walk.at(key, rank);
  }

  bytes(): number {
    const { labels, ids, weights, walk } = this;
    return labels.byteLength + ids.byteLength + weights.byteLength + walk.bytes();
  }

  /** The straws from the longest on, the first few of them. O(n log n). */
  explain(key: number, nameOf: NameOf): readonly string[] {
    const { ids, labels, logs, weights } = this;
    if (labels.length === 0) return NO_NODES;
    const straws = Array.from(ids, (id, i) => {
      const drawn = crushHash(key, id, 0) & 0xffff;
      return { i, drawn, amount: Math.floor(logs[drawn] / weights[i]) };
    });
    const sorted = straws.toSorted((a, b) => a.amount - b.amount || a.i - b.i);
    return sorted.slice(0, STRAWS_TOLD).map(({ i, drawn, amount }, rank) => {
      const straw = `straw ${rank + 1} of ${labels.length}`;
      return `${straw}: ${nameOf(labels[i])} drew ${drawn} of 65535, ${amount} short of the top`;
    });
  }

  start(key: number): void {
    this.key = key;
    this.tries = 0;
  }

  next(): number {
    const { labels } = this;
    const rank = this.tries++;
    if (labels.length === 0 || rank >= TRIES + labels.length) return NONE;
    // Here CRUSH would give up: whoever is left, in the order of the list.
    return rank < TRIES ? labels[this.longest(this.key, rank)] : labels[rank - TRIES];
  }

  private longest(key: number, rank: number): number {
    const { ids, weights, logs } = this;
    let best = 0;
    let shortest = Infinity;
    for (let i = 0; i < ids.length; i++) {
      // Straws are negative: the longest is the least in amount, cut off towards 0.
      const amount = Math.floor(logs[crushHash(key, ids[i], rank) & 0xffff] / weights[i]);
      if (amount < shortest) {
        shortest = amount;
        best = i;
      }
    }
    return best;
  }
}

/** CRUSH's 16.16, at least its smallest weight. */
const fixedPoint = (weight: number): number => Math.max(1, Math.floor(weight * 0x10000 + 0.5));

const MOST_WEIGHT = 65_535;

/**
 * CRUSH's straw2: every target draws a straw for the key, scaled by its weight; the longest wins.
 *
 * Follows Ceph's src/crush, to the bit. Shares follow the weights, and a change moves nothing but
 * what it must, weights included. Cost: O(n) a pick by definition. Left open by the program: ids of
 * targets (here their identities) and their order in the bucket (by id).
 */
export const straw2 = definePlacement({
  name: "straw2",
  summary: "CRUSH: every target draws a straw for the key, the longest wins; linear",
  follows:
    "Weil et al., SC 2006, CRUSH; Ceph, src/crush/mapper.c (libcrush de2e859), bucket_straw2_choose",
  config: { Ceph: "alg straw2" },
  fields: {},
  cost: { lookup: "O(n)", change: "O(n log n)", memory: "16 bytes a node, 512 KiB for all" },
  check: (_settings, members = []) =>
    members.some(({ weight }) => weight > MOST_WEIGHT)
      ? `CRUSH's weights are at most ${MOST_WEIGHT}`
      : null,
  create: () => new Straw2(),
});
