/** Consistent hashing: nodes and keys on one circle of 2^32 positions. */
import { assert } from "../../assert.ts";
import { NONE } from "../../units.ts";
import { mix32 } from "../mix32.ts";
import { NO_NODES, byIdentity } from "../placement.ts";
import type { Members, NameOf, Placement, PlacementTraits, ReadonlyNumbers } from "../placement.ts";
import { PointIndex } from "./parts/point-index.ts";
import { Walk } from "./parts/walk.ts";
import type { Steps } from "./parts/walk.ts";

/**
 * Where a node's point number `number` stands, 0 .. 2^32 − 1. For one node all positions differ.
 */
export const ringPosition = (identity: number, number: number): number =>
  mix32(mix32(identity) + number) >>> 0;

export interface Places {
  readonly count: number;
  /** Written: 0 .. count − 1. */
  readonly positions: Uint32Array;
}

/** Points of a node of that weight, at least one. */
export const pointsAt = (perWeight: number, weight: number): number =>
  Math.max(1, Math.floor(perWeight * weight + 0.5));

const FRESH_NODES = 2 ** 21;
/** At 12 to 16 bytes a point half a gigabyte. */
export const MOST_POINTS = 2 ** 25;
/** By `explain`: the owner, and who would be next. */
const OWNERS_TOLD = 3;

/**
 * Each node stands at `perWeight` × weight points (rounded, at least one), and a key belongs to the
 * node of the first point at or after it, around the circle. Equal positions are decided by
 * identity, the lower one first. Where points stand, and which of two comes first, is what other
 * rings have otherwise: `place`, `ranks`.
 *
 * Follows Karger et al., "Consistent Hashing and Random Trees", STOC 1997, §4; the positions are
 * ours, a hash of the node's identity and the point's number. With P points of n nodes: lookup O(1)
 * expected, O(log P) at worst, by an index of the positions' leading bits over a binary search; a
 * membership change sorts the new points alone and merges them in one pass, O(P); 12 to 16 bytes a
 * point.
 */
export class Ring implements Placement, Steps {
  readonly traits: PlacementTraits = {
    weighted: true,
    drops: "any",
    orderless: true,
    incremental: true,
    reads: "hash",
  };
  /** Points in order of (position, rank): 0 .. points − 1. */
  protected positions = new Uint32Array(0);
  protected owners = new Int32Array(0);
  points = 0;
  private readonly index = new PointIndex();
  /** By label. */
  private pointsOf = new Int32Array(0);
  private identityOf = new Int32Array(0);
  private rankOf = new Uint32Array(0);
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
    const { positions, owners, index, pointsOf: points, identityOf, rankOf, seenIn } = this;
    const arrays = [positions, owners, points, identityOf, rankOf, seenIn];
    const others = index.bytes() + this.walk.bytes();
    return arrays.reduce((sum, { byteLength }) => sum + byteLength, others);
  }

  owner(key: number): number {
    return this.points === 0 ? NONE : this.owners[this.pointFrom(key >>> 0)];
  }

  /** The nodes around the circle from the key's point on. */
  ownerAt(key: number, rank: number): number {
    return this.walk.at(key, rank);
  }

  /** The first point at or after a position, around the circle; only where there are points. */
  pointFrom(position: number): number {
    const at = this.index.find(this.positions, position);
    return at === this.points ? 0 : at;
  }

  positionOf(point: number): number {
    return this.positions[point];
  }

  ownerOf(point: number): number {
    return this.owners[point];
  }

  start(key: number): void {
    this.startFrom(this.points === 0 ? 0 : this.pointFrom(key >>> 0));
  }

  next(): number {
    const point = this.nextPoint();
    return point === NONE ? NONE : this.owners[point];
  }

  protected startFrom(point: number): void {
    this.from = point;
    this.taken = 0;
  }

  /** Further along the circle; NONE after a whole turn. */
  protected nextPoint(): number {
    if (this.taken === this.points) return NONE;
    const point = this.from + this.taken++;
    return point < this.points ? point : point - this.points;
  }

  /** The key's point, and the walk to the nodes that would be next. O(points) at worst. */
  explain(key: number, nameOf: NameOf): readonly string[] {
    if (this.points === 0) return NO_NODES;
    const at = key >>> 0;
    const lines = [`position ${at} of 2^32, on a ring of ${this.points} points`];
    const first = this.pointFrom(at);
    const told = new Set<number>();
    for (let step = 0; step < this.points && told.size < OWNERS_TOLD; step++) {
      const point = (first + step) % this.points;
      const owner = this.owners[point];
      if (told.has(owner)) continue;
      const role =
        told.size === 0
          ? "first point after it"
          : `next owner, ${step === 1 ? "1 point" : `${step} points`} on`;
      told.add(owner);
      const distance = (this.positions[point] - at + 2 ** 32) % 2 ** 32;
      const far = ((100 * distance) / 2 ** 32).toFixed(4);
      lines.push(
        `${role}: ${this.positions[point]}, ${far} % of the circle away, ${nameOf(owner)}`,
      );
    }
    return lines;
  }

  /** Which of two nodes' points at one place comes first: that of the lower. By label. */
  protected ranks(members: Members): ReadonlyNumbers {
    return members.identity;
  }

  /** Where the first `count` points of a node stand. */
  protected place(members: Members, label: number, { count, positions }: Places): void {
    const identity = members.identity[label];
    for (let i = 0; i < count; i++) positions[i] = ringPosition(identity, i);
  }

  assign(members: Members): void {
    this.growLabels(members.slots);
    const { pointsOf, identityOf, rankOf, seenIn } = this;
    const ranks = this.ranks(members);
    const round = ++this.round;
    const fresh: number[] = [];
    let dropped = 0;
    for (let i = 0; i < members.size; i++) {
      const label = members.usable[i];
      seenIn[label] = round;
      const wanted = this.pointsFor(members.weight[label]);
      const known =
        identityOf[label] === members.identity[label] && rankOf[label] === ranks[label] >>> 0;
      if (known && pointsOf[label] === wanted) continue;
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
    if (dropped > 0 || fresh.length > 0) this.index.build(this.positions, this.points);
    this.walk.changed(members.slots);
  }

  private growLabels(labels: number): void {
    if (labels <= this.pointsOf.length) return;
    const room = 2 * labels;
    const { pointsOf, identityOf, rankOf, seenIn } = this;
    this.pointsOf = new Int32Array(room);
    this.pointsOf.set(pointsOf);
    this.identityOf = new Int32Array(room);
    this.identityOf.set(identityOf);
    this.rankOf = new Uint32Array(room);
    this.rankOf.set(rankOf);
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
    const labels = byIdentity(fresh, fresh.length, this.ranks(members));
    const sorted = this.sortedPoints(labels, members);
    const total = this.points + sorted.length;
    assert(
      total <= MOST_POINTS,
      `a ring of ${total} points: fewer nodes a weight, or lower weights`,
    );
    if (total > this.positions.length) this.growPoints(total);
    const { positions, owners, rankOf } = this;
    let old = this.points - 1;
    // From the back, so that the old points make room in place.
    for (let i = sorted.length - 1; i >= 0; i--) {
      const position = Math.floor(sorted[i] / FRESH_NODES);
      const label = labels[sorted[i] % FRESH_NODES];
      const rank = rankOf[label];
      while (
        old >= 0 &&
        (positions[old] > position || (positions[old] === position && rankOf[owners[old]] > rank))
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
   * Each point as position × 2^21 + index of its node in order of rank: one number, sorted by the
   * typed array itself.
   */
  private sortedPoints(labels: Int32Array, members: Members): Float64Array {
    assert(labels.length <= FRESH_NODES, "no more than 2^21 nodes join at once");
    let count = 0;
    for (const label of labels) count += this.pointsFor(members.weight[label]);
    const sorted = new Float64Array(count);
    const ranks = this.ranks(members);
    let at = 0;
    let positions = new Uint32Array(256);
    for (let i = 0; i < labels.length; i++) {
      const label = labels[i];
      const points = this.pointsFor(members.weight[label]);
      if (points > positions.length) positions = new Uint32Array(2 * points);
      this.place(members, label, { count: points, positions });
      for (let number = 0; number < points; number++) {
        sorted[at++] = positions[number] * FRESH_NODES + i;
      }
      this.pointsOf[label] = points;
      this.identityOf[label] = members.identity[label];
      this.rankOf[label] = ranks[label];
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
}
