/** Capacity, sizes and ages, the same for every policy. */
import { assert } from "../../assert.ts";
import type { Fields, SettingsOf } from "../../definition.ts";
import type { Cache, CacheDefinition, CacheHints, Touch } from "./cache.ts";
import { EXPIRED, MISS } from "./cache.ts";
import { KeyTable } from "./key-table.ts";

export const cacheFields = {
  entries: {
    kind: "count",
    min: 1,
    max: 2 ** 28,
    optional: true,
    doc: "capacity in objects, whatever their size",
  },
  bytes: { kind: "size", above: 0, optional: true, doc: "capacity in bytes of objects" },
  ttl: {
    kind: "duration",
    above: 0,
    optional: true,
    doc: "age at which an object is fetched afresh, from when it was stored; none: never",
  },
} as const satisfies Fields;

export type CacheSettings = SettingsOf<typeof cacheFields>;

/**
 * What all policies share. A policy writes its own `touch`, so that the path of a hit knows its
 * policy (V8 slows a call down that finds more than four kinds behind it); misses are handled here.
 */
export abstract class BoundedCache implements Cache {
  protected readonly table: KeyTable;
  private readonly entryLimit: number;
  private readonly byteLimit: number;
  private readonly ttlMs: number;
  /** By slot; null where the capacity counts entries. */
  private sizes: Float64Array | null = null;
  /** By slot; null where nothing expires. */
  private storedAtMs: Float64Array | null = null;
  private usedBytes = 0;

  constructor({ entries, bytes, ttl }: CacheSettings, hints: CacheHints) {
    assert((entries === null) !== (bytes === null), "capacity is in entries or in bytes");
    const objects = Math.min(Math.max(1, hints.objects), 2 ** 28);
    this.entryLimit = Math.min(entries ?? objects, objects);
    this.byteLimit = bytes ?? Infinity;
    this.ttlMs = ttl ?? Infinity;
    this.table = new KeyTable(this.entryLimit);
    if (bytes !== null) this.sizes = new Float64Array(this.table.room + 1);
    if (ttl !== null) this.storedAtMs = new Float64Array(this.table.room + 1);
  }

  abstract touch(key: number, size: number, nowMs: number): Touch;
  /** A slot that has just been filled. */
  protected abstract added(slot: number): void;
  /** Chooses whom to evict and unlinks it; called while at least one slot is held. */
  protected abstract victim(): number;
  /** Unlink this one: it has expired, or was forgotten by order. */
  protected abstract removed(slot: number): void;
  /** Every slot is gone and the list is empty; for policies with more to forget. */
  protected cleared(): void {}

  get count(): number {
    return this.table.count;
  }

  get bytes(): number {
    return this.sizes === null ? this.table.count : this.usedBytes;
  }

  has(key: number): boolean {
    return this.table.find(key) !== 0;
  }

  isFresh(key: number, nowMs: number): boolean {
    const slot = this.table.find(key);
    return slot !== 0 && this.isFreshAt(slot, nowMs);
  }

  keys(into: Int32Array): number {
    return this.table.keys(into);
  }

  forget(isMeant: (key: number) => boolean): void {
    const { table } = this;
    const keys = new Int32Array(table.count);
    this.keys(keys);
    for (const key of keys) {
      if (!isMeant(key)) continue;
      const slot = table.find(key);
      this.removed(slot);
      this.gone(slot);
    }
  }

  clear(): void {
    this.table.clear();
    this.cleared();
    this.usedBytes = 0;
  }

  /**
   * Whether a found slot counts: as a freshness lifetime in HTTP, while its age is below it (RFC
   * 9111 §4.2).
   */
  protected isFreshAt(slot: number, nowMs: number): boolean {
    return this.storedAtMs === null || nowMs - this.storedAtMs[slot] < this.ttlMs;
  }

  /**
   * What `touch` answers for a slot that is 0 (not held) or not fresh, after storing the object.
   */
  protected missed(slot: number, key: number, size: number, nowMs: number): Touch {
    if (slot === 0) {
      this.insert(key, size, nowMs);
      return MISS;
    }
    // To the policy an expired object is a new one: it forgets how often and when the old one was
    // used.
    this.removed(slot);
    this.added(slot);
    this.storedAtMs![slot] = nowMs;
    return EXPIRED;
  }

  private insert(key: number, size: number, nowMs: number): void {
    const { table } = this;
    if (this.sizes === null && this.storedAtMs === null) {
      if (table.count === this.entryLimit) table.remove(this.victim());
      this.added(table.add(key));
      return;
    }
    if (this.sizes !== null) {
      // Evicting the whole cache for what does not fit anyway would help nobody.
      if (size > this.byteLimit) return;
      while (this.usedBytes + size > this.byteLimit) this.evict();
    } else if (table.count === this.entryLimit) {
      this.evict();
    }
    const slot = table.add(key);
    if (this.sizes !== null) {
      if (this.sizes.length <= table.room) this.sizes = grown(this.sizes, table.room);
      this.sizes[slot] = size;
      this.usedBytes += size;
    }
    if (this.storedAtMs !== null) {
      if (this.storedAtMs.length <= table.room) {
        this.storedAtMs = grown(this.storedAtMs, table.room);
      }
      this.storedAtMs[slot] = nowMs;
    }
    this.added(slot);
  }

  private evict(): void {
    this.gone(this.victim());
  }

  /** The policy has unlinked it. */
  private gone(slot: number): void {
    this.table.remove(slot);
    if (this.sizes !== null) {
      // Fractional sizes may leave crumbs in the sum; an empty cache is empty.
      this.usedBytes = this.table.count === 0 ? 0 : this.usedBytes - this.sizes[slot];
    }
  }
}

function grown(old: Float64Array, room: number): Float64Array {
  const array = new Float64Array(room + 1);
  array.set(old);
  return array;
}

/** A policy's entry in the registry: its words, and its class. */
export function defineCache(
  words: { readonly name: string; readonly summary: string; readonly follows: string },
  policy: new (settings: CacheSettings, hints: CacheHints) => Cache,
): CacheDefinition {
  return forgetFields<typeof cacheFields>({
    ...words,
    fields: cacheFields,
    primary: "entries",
    secondary: "bytes",
    check: ({ entries, bytes }) => {
      if (entries === null && bytes === null) return "needs a capacity: entries or bytes";
      if (entries !== null && bytes !== null)
        return "has two capacities: entries or bytes, not both";
      return null;
    },
    create: (settings, hints) => new policy(settings, hints),
  });
}

function forgetFields<const F extends Fields>(definition: CacheDefinition<F>): CacheDefinition;
function forgetFields(definition: CacheDefinition): CacheDefinition {
  return definition;
}
