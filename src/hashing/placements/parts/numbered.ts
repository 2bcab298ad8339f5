/**
 * Structures that know buckets 0 .. n − 1 alone and no nodes: a number out of a range, of a key and
 * the range's size.
 */
import { assert } from "../../../assert.ts";
import { NONE } from "../../../units.ts";
import { combine32, restOf } from "../../mix32.ts";
import { NO_NODES } from "../../placement.ts";
import type { Members, NameOf, Placement } from "../../placement.ts";

/**
 * The bucket, 0 .. buckets − 1, of a key of two 32-bit words; `buckets` ≥ 1. Consistent: with one
 * bucket more, a key stays or goes to the new one.
 */
export type RangeHash = (high: number, low: number, buckets: number) => number;

/** Buckets are numbered in 31 bits. */
export const MOST_BUCKETS = 2 ** 30;

/**
 * The nodes in order of joining are the buckets 0 .. n − 1: as operators number the shards of a
 * list. One that joins or leaves at the end moves its own keys alone; one that leaves in the middle
 * shifts all behind it, since the source knows no bucket that is missing. A node's hash plays no
 * part: two tiers that place the same key in ranges of the same size decide alike, unless `salt`
 * parts them. Lookup: the range hash; change O(n), 4 bytes a node.
 */
export class Numbered implements Placement {
  readonly traits = {
    weighted: false,
    drops: "last",
    orderless: false,
    remembers: false,
    incremental: false,
    reads: "hash",
  } as const;
  private labels = new Int32Array(0);
  private size = 0;
  private readonly hash: RangeHash;
  private readonly salt: number;

  constructor(hash: RangeHash, salt = 0) {
    this.hash = hash;
    this.salt = salt;
  }

  assign(members: Members): void {
    assert(members.size <= MOST_BUCKETS, "buckets are numbered in 31 bits");
    if (members.size > this.labels.length) this.labels = new Int32Array(2 * members.size);
    for (let i = 0; i < members.size; i++) this.labels[i] = members.usable[i];
    this.size = members.size;
  }

  owner(key: number, rest = restOf(key)): number {
    return this.size === 0 ? NONE : this.labels[this.bucket(key, rest, this.size)];
  }

  bytes(): number {
    return this.labels.byteLength;
  }

  /** The buckets that the key went through as the range grew. O(n) lookups. */
  explain(key: number, nameOf: NameOf, rest = restOf(key)): readonly string[] {
    const { size, labels } = this;
    if (size === 0) return NO_NODES;
    const visited = [0];
    let at = 0;
    for (let range = 2; range <= size; range++) {
      const bucket = this.bucket(key, rest, range);
      if (bucket === at) continue;
      visited.push(bucket);
      at = bucket;
    }
    return [
      `its bucket as 1 became ${size}: ${visited.join(", ")}`,
      `place ${at} in order of joining, counted from 0: ${nameOf(labels[at])}`,
    ];
  }

  private bucket(key: number, rest: number, range: number): number {
    const { salt } = this;
    return salt === 0
      ? this.hash(key, rest, range)
      : this.hash(combine32(salt, key), combine32(salt, rest), range);
  }
}

/** Parts tiers that would decide alike. */
export const saltField = {
  kind: "count",
  min: 0,
  max: 0x7fffffff,
  default: 0,
  doc: "hashed with the key unless 0, so that two tiers of the same structure decide apart",
} as const;

export const NUMBERED_MEMORY = "4 bytes a node";
