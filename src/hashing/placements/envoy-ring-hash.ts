/** Envoy's ring hash: a ring of 64-bit points whose number follows from weights and limits. */
import { entryOf } from "../../definition.ts";
import { NONE } from "../../units.ts";
import { restOf } from "../mix32.ts";
import type { HashFunction } from "../functions/hash-function.ts";
import { text64 } from "../word64.ts";
import { murmur2 } from "../functions/murmur2.ts";
import { xxh64 } from "../functions/xxh64.ts";
import { NO_NODES } from "../placement.ts";
import type { Members, NameOf, Placement } from "../placement.ts";
import { definePlacement } from "../placement-definition.ts";
import { TextBytes } from "../text.ts";
import { checkEnvoyWeights, normalizedWeights } from "./parts/envoy.ts";
import { PointIndex } from "./parts/point-index.ts";
import { orderOf64 } from "./parts/order-of-64.ts";
import { Walk } from "./parts/walk.ts";
import type { Steps } from "./parts/walk.ts";

/** 8 × 2^20, as the configuration's protocol allows. */
const MOST = 8_388_608;
const HASHES: readonly HashFunction[] = [xxh64, murmur2];

const text = new TextBytes();

export interface EnvoyRingSettings {
  /** How points are hashed; keys always by XXH64. */
  readonly hash: HashFunction;
  readonly minimum: number;
  readonly maximum: number;
}

/**
 * A host's points are the hashes of `NAME_0`, `NAME_1`, …: as many as its part of all weights times
 * a scale, in running sums, so that fractions are carried on to the next host. The scale gives the
 * host of the least part a whole number of points and the ring `minimum` points or a few more, or
 * is `maximum` where that is less. A key belongs to the first point at or after its hash, around
 * the circle.
 *
 * Follows Envoy, source/extensions/load_balancing_policies/ring_hash/ring_hash_lb.cc at 0d2acde2,
 * in the same doubles. Envoy leaves open (to std::sort) which of two points at one place comes
 * first; here it is that of the host that stands first in the list. Since the points of every host
 * hang on how many hosts there are, a change may move keys between hosts that stay. It hashes and
 * sorts all points anew, O(points); lookup O(1) expected (Envoy: O(log points)); 16 to 20 bytes a
 * point.
 */
export class EnvoyRing implements Placement, Steps {
  readonly traits = {
    weighted: true,
    drops: "none",
    orderless: false,
    incremental: false,
    reads: "hash",
  } as const;
  /** Points in rising order: the position's upper and lower half, its owner's label. */
  private highs = new Uint32Array(0);
  private lows = new Uint32Array(0);
  private owners = new Int32Array(0);
  private readonly index = new PointIndex();
  private readonly settings: EnvoyRingSettings;
  private readonly walk = new Walk(this);
  private from = 0;
  private taken = 0;

  constructor(settings: EnvoyRingSettings) {
    this.settings = settings;
  }

  get points(): number {
    return this.owners.length;
  }

  /** Of a host at an index, as the last `assign` counted them. */
  pointsOf(label: number): number {
    return this.owners.reduce((count, owner) => count + (owner === label ? 1 : 0), 0);
  }

  assign(members: Members): void {
    const counts = this.countPoints(members);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const highs = new Uint32Array(total);
    const lows = new Uint32Array(total);
    const owners = new Int32Array(total);
    let at = 0;
    for (let i = 0; i < members.size; i++) {
      const label = members.usable[i];
      const { hash } = this.settings;
      text.set(members.path(label)).append("_");
      const { length } = text;
      for (let number = 0; number < counts[i]; number++) {
        text.length = length;
        text.append(String(number));
        highs[at] = hash.hash(text.bytes, text.length);
        lows[at] = hash.low;
        owners[at++] = label;
      }
    }
    const order = orderOf64(highs, lows);
    this.highs = Uint32Array.from(order, (point) => highs[point]);
    this.lows = Uint32Array.from(order, (point) => lows[point]);
    this.owners = Int32Array.from(order, (point) => owners[point]);
    this.index.build(this.highs, total);
    this.walk.changed(members.slots);
  }

  owner(key: number, rest: number = restOf(key)): number {
    return this.points === 0 ? NONE : this.owners[this.pointFrom(key, rest)];
  }

  /** As Envoy's retries that avoid a host go on: to the points behind. */
  ownerAt(key: number, rank: number, rest: number = restOf(key)): number {
    return this.walk.at(key, rank, rest);
  }

  bytes(): number {
    const { highs, lows, owners, index, walk } = this;
    return highs.byteLength + lows.byteLength + owners.byteLength + index.bytes() + walk.bytes();
  }

  start(key: number, rest: number): void {
    this.from = this.points === 0 ? 0 : this.pointFrom(key, rest);
    this.taken = 0;
  }

  next(): number {
    const { owners, points } = this;
    if (this.taken === points) return NONE;
    const point = this.from + this.taken++;
    return owners[point < points ? point : point - points];
  }

  explain(key: number, nameOf: NameOf, rest: number = restOf(key)): readonly string[] {
    if (this.points === 0) return NO_NODES;
    const { highs, lows, owners, points } = this;
    const at = this.pointFrom(key, rest);
    const next = this.ownerAt(key, 1, rest);
    const point = text64(highs[at], lows[at]);
    const lines = [
      `hash ${text64(key, rest)}, on a ring of ${points} points`,
      `first point at or after it: ${point}, of ${nameOf(owners[at])}`,
    ];
    if (next !== NONE) lines.push(`next owner along the ring: ${nameOf(next)}`);
    return lines;
  }

  private pointFrom(key: number, rest: number): number {
    const { highs, lows, points } = this;
    const high = key >>> 0;
    const low = rest >>> 0;
    let at = this.index.find(highs, high);
    while (at < points && highs[at] === high && lows[at] < low) at++;
    return at === points ? 0 : at;
  }

  /** At index 0 .. size − 1 of `usable`. */
  private countPoints(members: Members): Int32Array {
    const counts = new Int32Array(members.size);
    const parts = normalizedWeights(members);
    const least = parts.reduce((lowest, part) => Math.min(lowest, part), 1);
    const { minimum, maximum } = this.settings;
    const scale = Math.min(Math.ceil(least * minimum) / least, maximum);
    let current = 0;
    let target = 0;
    for (let i = 0; i < members.size; i++) {
      target += scale * parts[i];
      while (current < target) {
        counts[i]++;
        current++;
      }
    }
    return counts;
  }
}

/**
 * Envoy's ring hash, key for key: a ring of 64-bit points, at least `minimum` of them over all
 * hosts.
 *
 * Follows Envoy, ring_hash_lb.cc at 0d2acde2; the name of a host is its node's name
 * (`10.0.0.1:8080`, where Envoy takes the address unless told to take the hostname). Points are
 * hashed by XXH64 or MurmurHash2, keys by XXH64. A host that is down leaves the ring, as in Envoy.
 * Since each host's number of points is the minimum over the number of hosts, rounded up, a host
 * more or less changes that of all others, and some keys move between those that stay. Cost: O(1)
 * expected a pick; a change hashes and sorts all points. Left open by Envoy: equal points (the
 * first in the list), weights between whole numbers (rounded).
 */
export const envoyRingHash = definePlacement({
  name: "envoy-ring-hash",
  summary: "Envoy's ring hash: a ring of 1,024 points or more over all hosts",
  follows: "Envoy, ring_hash_lb.cc at 0d2acde2",
  config: { Envoy: "lb_policy: RING_HASH" },
  fields: {
    minimum: {
      kind: "count",
      min: 1,
      max: MOST,
      default: 1024,
      doc: "points of the whole ring, at least (Envoy's minimum_ring_size)",
    },
    maximum: {
      kind: "count",
      min: 1,
      max: MOST,
      default: MOST,
      doc: "points of the whole ring, at most (Envoy's maximum_ring_size)",
    },
    hash: {
      kind: "choice",
      of: HASHES.map(({ name }) => name),
      default: "xxh64",
      doc: "hash function of points (Envoy's hash_function): xxh64 or murmur2",
    },
  },
  primary: "minimum",
  cost: { lookup: "O(1) expected", change: "O(points)", memory: "16 to 20 bytes a point" },
  keyHash: () => "xxh64",
  check: ({ minimum, maximum }, members = []) =>
    minimum > maximum
      ? `minimum ${minimum} is more than maximum ${maximum}`
      : checkEnvoyWeights(members),
  create: ({ minimum, maximum, hash }) =>
    new EnvoyRing({ minimum, maximum, hash: entryOf(HASHES, hash) }),
});
