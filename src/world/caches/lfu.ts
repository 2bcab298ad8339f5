/**
 * Least frequently used, in O(1): objects of equal frequency form a bucket, buckets form a list in
 * rising order, a hit moves an object to the next bucket. Frequencies count from when the object
 * was stored and are forgotten when it goes.
 *
 * The source leaves open whom to take out of the lowest bucket: the one that was used longest ago
 * (as LRU would).
 */
import { NONE } from "../../units.ts";
import { BoundedCache, defineCache } from "./bounded-cache.ts";
import type { Touch } from "./cache.ts";
import { HIT } from "./cache.ts";

/** A bucket's words: how often used, its neighbours, and the newest and oldest of its objects. */
const BUCKET_BITS = 3;
const FREQUENCY = 0;
const LOWER = 1;
const HIGHER = 2;
const NEWEST = 3;
const OLDEST = 4;

class LeastFrequentlyUsed extends BoundedCache {
  /** Never more buckets than objects, one more while an object moves. */
  private buckets = new Int32Array(16 << BUCKET_BITS);
  private fresh = 0;
  /** Those given back, linked by HIGHER. */
  private free = NONE;
  private lowest = NONE;

  touch(key: number, size: number, nowMs: number): Touch {
    const slot = this.table.find(key);
    if (slot === 0 || !this.isFreshAt(slot, nowMs)) return this.missed(slot, key, size, nowMs);
    this.used(slot);
    return HIT;
  }

  protected added(slot: number): void {
    let bucket = this.lowest;
    if (bucket === NONE || this.buckets[(bucket << BUCKET_BITS) + FREQUENCY] !== 1) {
      bucket = this.bucketAfter(NONE, 1);
    }
    this.enter(slot, bucket);
  }

  protected victim(): number {
    const slot = this.buckets[(this.lowest << BUCKET_BITS) + OLDEST];
    this.removed(slot);
    return slot;
  }

  protected removed(slot: number): void {
    const { table } = this;
    const bucket = table.mark(slot);
    const row = bucket << BUCKET_BITS;
    const newer = table.before(slot);
    const older = table.after(slot);
    if (newer === 0) this.buckets[row + NEWEST] = older;
    else table.setLinks(newer, table.before(newer), older);
    if (older === 0) this.buckets[row + OLDEST] = newer;
    else table.setLinks(older, newer, table.after(older));
    if (newer === 0 && older === 0) this.drop(bucket);
  }

  protected override cleared(): void {
    this.fresh = 0;
    this.free = NONE;
    this.lowest = NONE;
  }

  private used(slot: number): void {
    const bucket = this.table.mark(slot);
    const row = bucket << BUCKET_BITS;
    const frequency = this.buckets[row + FREQUENCY] + 1;
    const higher = this.buckets[row + HIGHER];
    const there =
      higher !== NONE && this.buckets[(higher << BUCKET_BITS) + FREQUENCY] === frequency;
    if (!there && this.buckets[row + NEWEST] === this.buckets[row + OLDEST]) {
      // Alone in its bucket, and none above takes it in: the bucket rises with it.
      this.buckets[row + FREQUENCY] = frequency;
      return;
    }
    const target = there ? higher : this.bucketAfter(bucket, frequency);
    this.removed(slot);
    this.enter(slot, target);
  }

  private enter(slot: number, bucket: number): void {
    const { table } = this;
    const row = bucket << BUCKET_BITS;
    const newest = this.buckets[row + NEWEST];
    table.setMark(slot, bucket);
    table.setLinks(slot, 0, newest);
    if (newest === 0) this.buckets[row + OLDEST] = slot;
    else table.setLinks(newest, slot, table.after(newest));
    this.buckets[row + NEWEST] = slot;
  }

  /** A new, empty bucket just above `lower` (NONE: below all). */
  private bucketAfter(lower: number, frequency: number): number {
    let bucket = this.free;
    if (bucket !== NONE) this.free = this.buckets[(bucket << BUCKET_BITS) + HIGHER]!;
    else bucket = this.fresh++;
    if ((bucket + 1) << BUCKET_BITS > this.buckets.length) {
      const buckets = new Int32Array(this.buckets.length * 2);
      buckets.set(this.buckets);
      this.buckets = buckets;
    }
    const { buckets } = this;
    const higher = lower === NONE ? this.lowest : buckets[(lower << BUCKET_BITS) + HIGHER];
    const row = bucket << BUCKET_BITS;
    buckets[row + FREQUENCY] = frequency;
    buckets[row + LOWER] = lower;
    buckets[row + HIGHER] = higher;
    buckets[row + NEWEST] = 0;
    buckets[row + OLDEST] = 0;
    if (lower === NONE) this.lowest = bucket;
    else buckets[(lower << BUCKET_BITS) + HIGHER] = bucket;
    if (higher !== NONE) buckets[(higher << BUCKET_BITS) + LOWER] = bucket;
    return bucket;
  }

  private drop(bucket: number): void {
    const { buckets } = this;
    const row = bucket << BUCKET_BITS;
    const lower = buckets[row + LOWER];
    const higher = buckets[row + HIGHER];
    if (lower === NONE) this.lowest = higher;
    else buckets[(lower << BUCKET_BITS) + HIGHER] = higher;
    if (higher !== NONE) buckets[(higher << BUCKET_BITS) + LOWER] = lower;
    buckets[row + HIGHER] = this.free;
    this.free = bucket;
  }
}

export const lfu = defineCache(
  {
    name: "lfu",
    summary: "evicts what was asked for least often since it was stored",
    follows:
      "Shah, Mitra, Matani: An O(1) algorithm for implementing the LFU cache eviction scheme, 2010",
  },
  LeastFrequentlyUsed,
);
