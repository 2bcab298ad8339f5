/** Consistent hashing: nodes and keys on one circle of 2^32 positions. */
import { assert } from "../../assert.ts";
import { NONE } from "../../units.ts";
import { mix32 } from "../mix32.ts";
import { byIdentity } from "../placement.ts";
import type { Members, Placement } from "../placement.ts";
import { definePlacement, memberCount } from "../placement-definition.ts";
import type { MemberGroup } from "../placement-definition.ts";
import { Walk } from "./parts/walk.ts";
import type { Steps } from "./parts/walk.ts";

/**
 * Where a node's point number `number` stands, 0 .. 2^32 − 1. For one node all positions differ.
 */
export const ringPosition = (identity: number, number: number): number =>
  mix32(mix32(identity) + number) >>> 0;

const pointsAt = (perWeight: number, weight: number): number =>
  Math.max(1, Math.floor(perWeight * weight + 0.5));

const FRESH_NODES = 2 ** 21;
/** At 12 to 16 bytes a point half a gigabyte. */
export const MOST_POINTS = 2 ** 25;
/** Fewer points than this in a bucket are walked, more are halved first. */
const WALK = 8;

/**
 * Each node stands at `perWeight` × weight points (rounded, at least one), and a key belongs to the
 * node of the first point at or after it, around the circle. Equal positions are decided by
 * identity, the lower one first.
 *
 * Follows Karger et al., "Consistent Hashing and Random Trees", STOC 1997, §4; the positions are
 * ours, a hash of the node's identity and the point's number. With P points of n nodes: lookup O(1)
 * expected, O(log P) at worst, by an index of the positions' leading bits over a binary search; a
 * membership change sorts the new points alone and merges them in one pass, O(P); 12 to 16 bytes a
 * point.
 */
export class Ring implements Placement, Steps {
  readonly traits = {
    weighted: true,
    drops: "any",
    orderless: true,
    incremental: true,
    reads: "hash",
  } as const;
  /** Points in order of (position, identity): 0 .. points − 1. */
  private positions = new Uint32Array(0);
  private owners = new Int32Array(0);
  points = 0;
  /**
   * By leading bits of a position: the first point that is not before them; one more at the end.
   */
  private first = new Uint32Array(3);
  private shift = 31;
  /** By label. */
  private pointsOf = new Int32Array(0);
  private identityOf = new Uint32Array(0);
  private seenIn = new Int32Array(0);
  private round = 0;
  /** Labels on the ring, in the order of the last `assign`. */
  private present: number[] = [];
  private readonly perWeight: number;
  private readonly walk = new Walk(this);
  /** Where the walk of `ownerAt` began, and the points that it has taken. */
  private from = 0;
  private taken = 0;

  constructor(perWeight: number) {
    assert(perWeight > 0, "a node has points on the ring");
    this.perWeight = perWeight;
  }

  /** Points of a node of that weight. */
  pointsFor(weight: number): number {
    return pointsAt(this.perWeight, weight);
  }

  bytes(): number {
    const { positions, owners, first, pointsOf: points, identityOf, seenIn } = this;
    const arrays = [positions, owners, first, points, identityOf, seenIn];
    return arrays.reduce((sum, { byteLength }) => sum + byteLength, this.walk.bytes());
  }

  owner(key: number): number {
    return this.points === 0 ? NONE : this.owners[this.pointFrom(key >>> 0)];
  }

  /** The nodes around the circle from the key on. */
  ownerAt(key: number, rank: number): number {
    return this.walk.at(key, rank);
  }

  /** The first point at or after that position, around the circle; there is at least one. */
  pointFrom(at: number): number {
    const { positions } = this;
    const bucket = at >>> this.shift;
    let low = this.first[bucket];
    let high = this.first[bucket + 1];
    while (high - low > WALK) {
      const middle = (low + high) >>> 1;
      if (positions[middle] < at) low = middle + 1;
      else high = middle;
    }
    while (low < high && positions[low] < at) low++;
    return low === this.points ? 0 : low;
  }

  positionOf(point: number): number {
    return this.positions[point];
  }

  ownerOf(point: number): number {
    return this.owners[point];
  }

  start(key: number): void {
    this.from = this.points === 0 ? 0 : this.pointFrom(key >>> 0);
    this.taken = 0;
  }

  next(): number {
    if (this.taken === this.points) return NONE;
    const point = this.from + this.taken++;
    return this.owners[point < this.points ? point : point - this.points];
  }

  assign(members: Members): void {
    this.growLabels(members.slots);
    const { pointsOf, identityOf, seenIn } = this;
    const round = ++this.round;
    const fresh: number[] = [];
    let dropped = 0;
    for (let i = 0; i < members.size; i++) {
      const label = members.usable[i];
      seenIn[label] = round;
      const wanted = this.pointsFor(members.weight[label]);
      const identity = members.identity[label] >>> 0;
      if (pointsOf[label] === wanted && identityOf[label] === identity) continue;
      if (pointsOf[label] > 0) dropped++;
      pointsOf[label] = 0;
      fresh.push(label);
    }
    for (const label of this.present) {
      if (seenIn[label] === round) continue;
      pointsOf[label] = 0;
      dropped++;
    }
    this.present = Array.from({ length: members.size }, (_, i) => members.usable[i]);
    if (dropped > 0) this.dropUnowned();
    if (fresh.length > 0) this.merge(fresh, members);
    if (dropped > 0 || fresh.length > 0) this.buildIndex();
    this.walk.changed(members.slots);
  }

  private growLabels(labels: number): void {
    if (labels <= this.pointsOf.length) return;
    const room = 2 * labels;
    const { pointsOf, identityOf, seenIn } = this;
    this.pointsOf = new Int32Array(room);
    this.pointsOf.set(pointsOf);
    this.identityOf = new Uint32Array(room);
    this.identityOf.set(identityOf);
    this.seenIn = new Int32Array(room);
    this.seenIn.set(seenIn);
  }

  private dropUnowned(): void {
    const { positions, owners, pointsOf } = this;
    let kept = 0;
    for (let i = 0; i < this.points; i++) {
      if (pointsOf[owners[i]] === 0) continue;
      positions[kept] = positions[i];
      owners[kept] = owners[i];
      kept++;
    }
    this.points = kept;
  }

  private merge(fresh: readonly number[], members: Members): void {
    const labels = byIdentity(fresh, fresh.length, members.identity);
    const sorted = this.sortedPoints(labels, members);
    const total = this.points + sorted.length;
    assert(
      total <= MOST_POINTS,
      `a ring of ${total} points: fewer nodes a weight, or lower weights`,
    );
    if (total > this.positions.length) this.growPoints(total);
    const { positions, owners, identityOf } = this;
    let old = this.points - 1;
    // From the back, so that the old points make room in place.
    for (let i = sorted.length - 1; i >= 0; i--) {
      const position = Math.floor(sorted[i] / FRESH_NODES);
      const label = labels[sorted[i] % FRESH_NODES];
      const identity = identityOf[label];
      while (
        old >= 0 &&
        (positions[old] > position ||
          (positions[old] === position && identityOf[owners[old]] > identity))
      ) {
        positions[old + i + 1] = positions[old];
        owners[old + i + 1] = owners[old];
        old--;
      }
      positions[old + i + 1] = position;
      owners[old + i + 1] = label;
    }
    this.points = total;
  }

  /**
   * Each point as position × 2^21 + rank of its node by identity: one number, sorted by the typed
   * array itself.
   */
  private sortedPoints(labels: Int32Array, members: Members): Float64Array {
    assert(labels.length <= FRESH_NODES, "no more than 2^21 nodes join at once");
    let count = 0;
    for (const label of labels) count += this.pointsFor(members.weight[label]);
    const sorted = new Float64Array(count);
    let at = 0;
    for (let rank = 0; rank < labels.length; rank++) {
      const label = labels[rank];
      const identity = members.identity[label];
      const points = this.pointsFor(members.weight[label]);
      for (let number = 0; number < points; number++) {
        sorted[at++] = ringPosition(identity, number) * FRESH_NODES + rank;
      }
      this.pointsOf[label] = points;
      this.identityOf[label] = identity;
    }
    sorted.sort();
    return sorted;
  }

  private growPoints(total: number): void {
    const room = total + (total >>> 2);
    const { positions, owners, points } = this;
    this.positions = new Uint32Array(room);
    this.positions.set(positions.subarray(0, points));
    this.owners = new Int32Array(room);
    this.owners.set(owners.subarray(0, points));
  }

  private buildIndex(): void {
    const { positions, points } = this;
    const bits = Math.max(1, 32 - Math.clz32(Math.max(1, points - 1)));
    // At most MOST_POINTS: a shift never overflows.
    const buckets = 1 << bits;
    const shift = 32 - bits;
    if (this.first.length < buckets + 1) this.first = new Uint32Array(buckets + 1);
    const { first } = this;
    let bucket = 0;
    for (let point = 0; point < points; point++) {
      const last = positions[point] >>> shift;
      while (bucket <= last) first[bucket++] = point;
    }
    first.fill(points, bucket, buckets + 1);
    this.shift = shift;
  }
}

const millions = (count: number): string => `${(count / 1e6).toFixed(1)} million`;

function tooManyPoints(nodes: number, groups: readonly MemberGroup[]): string | null {
  let points = 0;
  for (const { count, weight } of groups) points += count * pointsAt(nodes, weight);
  if (points <= MOST_POINTS) return null;
  const most = Math.floor(MOST_POINTS / memberCount(groups));
  const equal = groups.every(({ weight }) => weight === 1);
  if (equal) {
    return `${nodes} virtual nodes are too many for ${memberCount(groups)} targets: take at most ${most}`;
  }
  return `${nodes} virtual nodes × the targets' weights are ${millions(points)} points, more than ${millions(MOST_POINTS)}`;
}

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
export const ringHash = definePlacement({
  name: "ring-hash",
  summary: "consistent hashing on a ring with virtual nodes",
  follows: "Karger et al., STOC 1997, Consistent Hashing and Random Trees",
  fields: {
    nodes: { kind: "count", min: 1, default: 100, doc: "virtual nodes of a target of weight 1" },
  },
  primary: "nodes",
  cost: { lookup: "O(1) expected", change: "O(points)", memory: "12 to 16 bytes a point" },
  check: ({ nodes }, members = [{ count: 1, weight: 1 }]) => tooManyPoints(nodes, members),
  create: ({ nodes }) => new Ring(nodes),
});
