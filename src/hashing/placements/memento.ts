/** MementoHash: jump hash, with memory only of the buckets that went out of its middle. */
import { combine32, restOf } from "../mix32.ts";
import { definePlacement } from "../placement-definition.ts";
import { jumpHash } from "./jump.ts";
import { Bucketed } from "./parts/bucketed.ts";

/**
 * Follows Coluzzi et al., "MementoHash: A Stateful, Minimal Memory, Best Performing Consistent Hash
 * Algorithm", IEEE/ACM ToN 32(4), 2024 (arXiv 2306.09783). Jump hash finds a bucket; one that went
 * is looked up in the memory, which holds how many stayed when it went, the key is hashed anew
 * among these, and so on. The last bucket leaves without memory while nothing is remembered; else
 * what went last comes back first. Lookup O(ln n + (ln(n/w))²) expected for w nodes of n buckets;
 * change O(1) beside the list of nodes. The paper keeps the memory in a hash table of the removed;
 * here it is a row a bucket up to the highest that ever went, 8 bytes each, and nothing while none
 * is gone.
 *
 * Left open: the hash of key and bucket (ours).
 */
export class Memento extends Bucketed {
  /** Buckets 0 .. range − 1 are there or remembered. */
  private range = 0;
  private removed = 0;
  /** The bucket that went last; `range` if none is remembered. */
  private last = 0;
  /**
   * By bucket: 1 + how many stayed when it went (they are also its successor's number), 0: there.
   */
  private stayed = new Int32Array(0);
  /** The bucket that went before it. */
  private before = new Int32Array(0);

  bytes(): number {
    return this.stayed.byteLength + this.before.byteLength + this.ownBytes();
  }

  protected begin(count: number): void {
    this.range = count;
    this.last = count;
    this.removed = 0;
    this.stayed = new Int32Array(0);
    this.before = new Int32Array(0);
  }

  protected remove(bucket: number): void {
    if (this.removed === 0 && bucket === this.range - 1) {
      this.range = bucket;
      this.last = bucket;
      return;
    }
    this.remember(bucket);
    this.stayed[bucket] = this.range - this.removed;
    this.before[bucket] = this.last;
    this.last = bucket;
    this.removed++;
  }

  protected add(): number {
    const bucket = this.last;
    if (this.removed === 0) {
      this.range = bucket + 1;
      this.last = this.range;
      return bucket;
    }
    this.removed--;
    this.stayed[bucket] = 0;
    this.last = this.removed === 0 ? this.range : this.before[bucket];
    return bucket;
  }

  protected bucket(key: number, rest = restOf(key)): number {
    const { stayed } = this;
    const known = stayed.length;
    let bucket = jumpHash(key, rest, this.range);
    if (bucket >= known || this.removed === 0) return bucket;
    let size = stayed[bucket] - 1;
    while (size >= 0) {
      bucket = (combine32(key, bucket) >>> 0) % (size >>> 0);
      let next = bucket < known ? stayed[bucket] - 1 : -1;
      // Gone before: `next` is also the number of the bucket that took its place.
      while (next >= size) {
        bucket = next;
        next = bucket < known ? stayed[bucket] - 1 : -1;
      }
      size = next;
    }
    return bucket;
  }

  protected steps(key: number, rest = restOf(key)): readonly string[] {
    const stays = (bucket: number): number => (this.stayed[bucket] ?? 0) - 1;
    let bucket = jumpHash(key, rest, this.range);
    const lines = [`jump gives bucket ${bucket} of ${this.range}`];
    for (let size = stays(bucket); size >= 0; size = stays(bucket)) {
      const from = bucket;
      bucket = (combine32(key, bucket) >>> 0) % size;
      const passed: number[] = [];
      while (stays(bucket) >= size) {
        passed.push(bucket);
        bucket = stays(bucket);
      }
      const over = passed.length === 0 ? "" : `, over ${passed.join(", ")}`;
      lines.push(`${from} went when ${size} stayed: hashed among these to ${bucket}${over}`);
    }
    return lines;
  }

  private remember(bucket: number): void {
    if (bucket < this.stayed.length) return;
    const room = Math.min(this.range, Math.max(16, 2 * bucket));
    const { stayed, before } = this;
    this.stayed = new Int32Array(room);
    this.stayed.set(stayed);
    this.before = new Int32Array(room);
    this.before.set(before);
  }
}

/**
 * MementoHash.
 *
 * Follows Coluzzi et al. 2024. Any target may leave and moves its own keys alone, and the pool may
 * grow without bound; the one that comes next takes the keys of the one that left last, whoever it
 * is, so owners depend on the order of changes, as with anchor. Weights are ignored. Cost: O(ln n)
 * a pick, more once many are gone; O(n) a change. Left open: the hash of key and bucket.
 */
export const memento = definePlacement({
  name: "memento",
  summary: "jump with a memory of what left its middle; any target may leave",
  follows: "Coluzzi et al., IEEE/ACM ToN 32(4), 2024, MementoHash",
  fields: {},
  cost: {
    lookup: "O(ln n + ln²(n / w)) expected, w of n left",
    change: "O(n) for the list of nodes, O(1) a node that changed",
    memory: "12 to 28 bytes a node, 8 a bucket up to the highest gone",
  },
  create: () => new Memento(),
});
