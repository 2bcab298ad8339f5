/**
 * AnchorHash: a fixed set of buckets, some of them gone, and where each that went sends its keys.
 */
import { NONE } from "../../units.ts";
import { combine32 } from "../mix32.ts";
import { definePlacement, memberCount } from "../placement-definition.ts";
import { Bucketed, MOST_CAPACITY, powerOfTwo, roomFor } from "./parts/bucketed.ts";

/**
 * Follows Mendelson, Vargaftik, Barabash, Lorenz, Keslassy and Orda, "AnchorHash: A Scalable
 * Consistent Hash", IEEE/ACM ToN 29(2), 2021 (the arrays A, W, L, K). Of `capacity`
 * buckets those beyond the nodes count as gone from the start; what was removed last is added
 * first. A key that meets bucket b, which went when n buckets stayed, is hashed anew among these n,
 * as they were then. Lookup O(1 + ln(capacity / nodes)) rehashes expected; change O(1) beside the
 * list of nodes; 16 to 20 bytes a bucket and 12 to 24 a node.
 *
 * The paper leaves open the hashes (ours: the last one with the bucket) and what happens beyond the
 * capacity: here all begins anew with four times the room, and most keys move.
 */
export class Anchor extends Bucketed {
  private readonly stated: number;
  private capacity = 0;
  private size = 0;
  /** By bucket: how many stayed when it went, 0 while it is there. The paper's A. */
  private stayed = new Int32Array(0);
  /** The bucket that took its place. The paper's K. */
  private successor = new Int32Array(0);
  /** The buckets that are there, at 0 .. size − 1. The paper's W. */
  private working = new Int32Array(0);
  /** Where a bucket stands, or stood last, in `working`. The paper's L. */
  private place = new Int32Array(0);
  private readonly gone: number[] = [];

  /** @param capacity 0: four times the first nodes, at least 64 */
  constructor(capacity = 0) {
    super();
    this.stated = capacity;
  }

  bytes(): number {
    return 16 * this.capacity + 4 * this.gone.length + this.ownBytes();
  }

  protected begin(count: number): void {
    const capacity = Math.max(this.stated, this.stated > count ? 0 : roomFor(count));
    const upTo = (): Int32Array<ArrayBuffer> =>
      Int32Array.from({ length: capacity }, (_, bucket) => bucket);
    this.capacity = capacity;
    this.size = count;
    this.successor = upTo();
    this.working = upTo();
    this.place = upTo();
    this.stayed = upTo().fill(0, 0, count);
    this.gone.length = 0;
    for (let bucket = capacity - 1; bucket >= count; bucket--) this.gone.push(bucket);
  }

  protected remove(bucket: number): void {
    const { working, place } = this;
    this.gone.push(bucket);
    const size = --this.size;
    this.stayed[bucket] = size;
    const last = working[size];
    working[place[bucket]] = last;
    place[last] = place[bucket];
    this.successor[bucket] = last;
  }

  protected add(): number {
    const { working, place, size } = this;
    const bucket = this.gone.pop();
    if (bucket === undefined) return NONE;
    this.stayed[bucket] = 0;
    place[working[size]] = size;
    working[place[bucket]] = bucket;
    this.successor[bucket] = bucket;
    this.size++;
    return bucket;
  }

  protected bucket(key: number): number {
    const { stayed, successor } = this;
    let hash = key >>> 0;
    let bucket = hash % (this.capacity >>> 0);
    for (;;) {
      const size = stayed[bucket];
      if (size === 0) return bucket;
      hash = combine32(hash, bucket) >>> 0;
      let next = hash % (size >>> 0);
      // Gone before `bucket` went, or with it: who stood in its place then.
      while (stayed[next] >= size) next = successor[next];
      bucket = next;
    }
  }

  protected steps(key: number): readonly string[] {
    const { stayed, successor } = this;
    const lines = [`bucket ${(key >>> 0) % this.capacity} of a capacity of ${this.capacity}`];
    let hash = key >>> 0;
    for (let bucket = hash % this.capacity; stayed[bucket] > 0;) {
      const size = stayed[bucket];
      hash = combine32(hash, bucket) >>> 0;
      let next = hash % size;
      const passed: number[] = [];
      while (stayed[next] >= size) {
        passed.push(next);
        next = successor[next];
      }
      const over = passed.length === 0 ? "" : `, over ${passed.join(", ")}`;
      lines.push(`${bucket} went when ${size} stayed: hashed among these to ${next}${over}`);
      bucket = next;
    }
    return lines;
  }
}

/** A setting for structures that must know how far they may grow. */
export const capacityField = {
  kind: "count",
  min: 0,
  max: MOST_CAPACITY,
  default: 0,
  doc: "most targets ever; beyond, all is placed anew. 0: four times the first ones, at least 64",
} as const;

export function capacityProblem(capacity: number, targets: number): string | null {
  if (capacity === 0 || capacity > targets) return null;
  const better = powerOfTwo(2 * targets);
  return `a capacity of ${capacity} leaves ${targets} targets no room: take at least ${better}`;
}

/**
 * AnchorHash.
 *
 * Follows Mendelson et al. 2021. Any target may leave and moves its own keys alone, spread over all
 * others; the one that comes next takes the keys of the one that left last, whoever it is. So
 * owners depend on the order of changes: balancers that saw them in another order disagree. Weights
 * are ignored. Cost: O(1 + ln(capacity / targets)) a pick, O(n) a change. Left open: the hashes,
 * and growth beyond the capacity (everything is placed anew).
 */
export const anchor = definePlacement({
  name: "anchor",
  summary: "a fixed set of buckets with memory of which went; any target may leave",
  follows: "Mendelson et al., IEEE/ACM ToN 29(2), 2021, AnchorHash",
  fields: { capacity: capacityField },
  primary: "capacity",
  cost: {
    lookup: "O(1 + ln(capacity / n)) expected",
    change: "O(n) for the list of nodes, O(1) a node that changed",
    memory: "16 to 20 bytes a place of the capacity, 12 to 24 a node",
  },
  check: ({ capacity }, members = []) => capacityProblem(capacity, memberCount(members)),
  create: ({ capacity }) => new Anchor(capacity),
});
