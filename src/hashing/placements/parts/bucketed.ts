/** Structures that know buckets, any of which may go: which node stands for which bucket. */
import { NONE } from "../../../units.ts";
import { NO_NODES } from "../../placement.ts";
import type { Members, NameOf, Placement, PlacementTraits } from "../../placement.ts";

/**
 * What of the nodes changed is told to the structure one bucket at a time. A node that comes while
 * another goes takes that one's bucket, so that nothing else moves; of the rest, those that go do
 * so in the order in which they stood in the list, and those that come take the bucket that the
 * structure gives. A change costs O(nodes + the structure's own); 12 bytes a node and bucket.
 */
export abstract class Bucketed implements Placement {
  readonly traits: PlacementTraits = {
    weighted: false,
    drops: "any",
    orderless: false,
    remembers: true,
    incremental: true,
    reads: "hash",
  };
  /** By bucket; what stands at a bucket that is gone is never read. */
  protected labelOf = new Int32Array(0);
  /** By label, NONE without a bucket. */
  private bucketOf = new Int32Array(0);
  private identityOf = new Int32Array(0);
  protected present: readonly number[] = [];
  /** Whether a node that comes takes the bucket of one that goes with it. */
  protected readonly swaps: boolean = true;

  /** Forgets all and begins with buckets 0 .. count − 1, count ≥ 1. */
  protected abstract begin(count: number): void;
  /** A bucket goes; the last one does so only where nothing is swapped. */
  protected abstract remove(bucket: number): void;
  /** One more bucket; NONE where there is no room, and all begins anew. */
  protected abstract add(label: number): number;
  protected abstract bucket(key: number, rest?: number): number;
  /** The buckets that the key meets before the one that it stays in, a line each. */
  protected abstract steps(key: number, rest?: number): readonly string[];
  abstract bytes(): number;

  owner(key: number, rest?: number): number {
    return this.present.length === 0 ? NONE : this.labelOf[this.bucket(key, rest)];
  }

  explain(key: number, nameOf: NameOf, rest?: number): readonly string[] {
    if (this.present.length === 0) return NO_NODES;
    const bucket = this.bucket(key, rest);
    return [...this.steps(key, rest), `bucket ${bucket} is there: ${nameOf(this.labelOf[bucket])}`];
  }

  assign(members: Members): void {
    this.growLabels(members.slots);
    const now = Array.from({ length: members.size }, (_, i) => members.usable[i]);
    if (this.present.length === 0 || now.length === 0) this.beginWith(now);
    else this.change(now, members);
    for (const label of now) this.identityOf[label] = members.identity[label];
    this.present = now;
  }

  /** Bytes of what is kept here. */
  protected ownBytes(): number {
    return this.labelOf.byteLength + this.bucketOf.byteLength + this.identityOf.byteLength;
  }

  private change(now: readonly number[], members: Members): void {
    const stays = new Set<number>();
    const come: number[] = [];
    for (const label of now) {
      const same = this.identityOf[label] === (members.identity[label] | 0);
      if (this.bucketOf[label] !== NONE && same) stays.add(label);
      else come.push(label);
    }
    const free: number[] = [];
    for (const label of this.present) {
      if (stays.has(label)) continue;
      free.push(this.bucketOf[label]);
      this.bucketOf[label] = NONE;
    }
    const swaps = this.swaps ? Math.min(free.length, come.length) : 0;
    for (let i = 0; i < swaps; i++) this.bind(come[i], free[i]);
    for (let i = swaps; i < free.length; i++) this.remove(free[i]);
    for (let i = swaps; i < come.length; i++) {
      const bucket = this.add(come[i]);
      if (bucket === NONE) {
        this.beginWith(now);
        return;
      }
      this.bind(come[i], bucket);
    }
  }

  private beginWith(labels: readonly number[]): void {
    this.bucketOf.fill(NONE);
    if (labels.length === 0) return;
    this.begin(labels.length);
    labels.forEach((label, bucket) => this.bind(label, bucket));
  }

  private bind(label: number, bucket: number): void {
    if (bucket >= this.labelOf.length) {
      const labelOf = this.labelOf;
      this.labelOf = new Int32Array(Math.max(16, 2 * bucket));
      this.labelOf.set(labelOf);
    }
    this.labelOf[bucket] = label;
    this.bucketOf[label] = bucket;
  }

  private growLabels(labels: number): void {
    if (labels <= this.bucketOf.length) return;
    const { bucketOf, identityOf } = this;
    this.bucketOf = new Int32Array(2 * labels).fill(NONE);
    this.bucketOf.set(bucketOf);
    this.identityOf = new Int32Array(2 * labels);
    this.identityOf.set(identityOf);
  }
}

/** The least power of two ≥ n. */
export function powerOfTwo(n: number): number {
  let power = 1;
  while (power < n) power *= 2;
  return power;
}

/** Room for n nodes to become more where the user states none: four times as many, at least 64. */
export const roomFor = (n: number): number => powerOfTwo(Math.max(64, 4 * n));

/** Where a capacity may be stated. */
export const MOST_CAPACITY = 2 ** 24;
