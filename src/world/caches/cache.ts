/**
 * One machine's cache: which objects it holds, and which it lets go. A policy decides whom to evict
 * (one file each); lookup, capacity, sizes and ages are the same for all and live in
 * bounded-cache.ts.
 */
import type { Definition, Fields, SettingsOf } from "../../definition.ts";

/** What `Cache.touch` found. */
export const HIT = 0;
/** It was not there; it is now, unless it is larger than the whole cache. */
export const MISS = 1;
/** It was there, but older than the time to live; it has been fetched afresh. */
export const EXPIRED = 2;
export type Touch = typeof HIT | typeof MISS | typeof EXPIRED;

export interface Cache {
  /** Objects held (an expired one counts until it is asked for or evicted). */
  readonly count: number;
  /** Sum of their sizes in bytes; equal to `count` where the capacity counts entries. */
  readonly bytes: number;
  /**
   * One request for object `key` (0 .. 2^31 − 2) of `size` bytes (> 0; its size does not change
   * while it is held) at `nowMs` (never decreasing). A hit tells the policy; a miss inserts at once
   * and evicts as many as needed. O(1) amortised; allocates only while the cache still grows to its
   * capacity.
   */
  touch(key: number, size: number, nowMs: number): Touch;
  /** Whether `key` is held, expired or not; changes nothing. */
  has(key: number): boolean;
  /** Whether a `touch` of `key` at `nowMs` would be a hit; changes nothing. O(1). */
  isFresh(key: number, nowMs: number): boolean;
  /**
   * The held keys' numbers in `into` (at least `count` long), in no stated order; returns how many.
   */
  keys(into: Int32Array): number;
  /**
   * Forgets the held keys that are meant; to the policy it is as if they had never been there.
   * O(count), with room for the held keys' numbers.
   */
  forget(isMeant: (key: number) => boolean): void;
  /** Forgets everything, as a restart does. */
  clear(): void;
}

export interface CacheHints {
  /**
   * Greatest number of different objects that can ever be asked for; no table grows beyond what
   * they need.
   */
  readonly objects: number;
}

export interface CacheDefinition<F extends Fields = Fields> extends Definition<F> {
  /**
   * The field that a bare value with a size's unit sets, as `primary` is set by a bare count: `{
   * lru: 64MiB }`.
   */
  readonly secondary: keyof F & string;
  /** A problem that no field shows alone; null where there is none. */
  check(settings: SettingsOf<F>): string | null;
  create(settings: SettingsOf<F>, hints: CacheHints): Cache;
}
