import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Cache } from "../../../src/world/caches/cache.ts";
import { EXPIRED, HIT, MISS } from "../../../src/world/caches/cache.ts";
import { caches } from "../../../src/world/caches/registry.ts";
import { entryOf } from "../../../src/definition.ts";
import { referenceCache } from "./reference-caches.ts";

interface Limits {
  readonly entries?: number;
  readonly bytes?: number;
  readonly ttl?: number;
}
const create = (name: string, limits: Limits, objects = 1_000_000): Cache =>
  entryOf(caches, name).create(
    { entries: limits.entries ?? null, bytes: limits.bytes ?? null, ttl: limits.ttl ?? null },
    { objects },
  );
const held = (cache: Cache): number[] => {
  const keys = new Int32Array(cache.count);
  expect(cache.keys(keys)).toBe(cache.count);
  return [...keys].toSorted((a, b) => a - b);
};

/** Skewed keys, so that there are hits, evictions and repeated visits in a short run. */
const key = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 30 }));
const step = fc.record({ key, gapMs: fc.integer({ min: 0, max: 9 }) });
const steps = fc.array(step, { maxLength: 250 });
/** An object keeps its size. */
const sizeOf = (k: number) => 1 + ((k * 7) % 13);

for (const definition of caches) {
  describe(definition.name, () => {
    it("answers as the plain one does, counting entries", () => {
      fc.assert(
        fc.property(steps, fc.integer({ min: 1, max: 12 }), (trace, entries) => {
          const ours = create(definition.name, { entries });
          const plain = referenceCache(definition.name, {
            entries,
            bytes: Infinity,
            ttlMs: Infinity,
          });
          for (const { key: k } of trace) {
            expect(ours.touch(k, 1, 0)).toBe(plain.touch(k, 0, 0));
            expect(ours.count).toBeLessThanOrEqual(entries);
          }
          expect(held(ours)).toEqual([...plain.held].toSorted((a, b) => a - b));
        }),
        { numRuns: 150, seed: 1 },
      );
    });

    it("answers as the plain one does, counting bytes, with a time to live", () => {
      fc.assert(
        fc.property(steps, fc.integer({ min: 1, max: 60 }), (trace, bytes) => {
          const ours = create(definition.name, { bytes, ttl: 100 });
          const plain = referenceCache(definition.name, { entries: Infinity, bytes, ttlMs: 100 });
          let nowMs = 0;
          for (const { key: k, gapMs } of trace) {
            nowMs += gapMs;
            expect(ours.touch(k, sizeOf(k), nowMs)).toBe(plain.touch(k, sizeOf(k), nowMs));
            expect(ours.bytes).toBeLessThanOrEqual(bytes);
            expect(ours.bytes).toBe(plain.held.reduce((sum, each) => sum + sizeOf(each), 0));
          }
          expect(held(ours)).toEqual([...plain.held].toSorted((a, b) => a - b));
        }),
        { numRuns: 150, seed: 2 },
      );
    });

    it("goes on as the plain one does after some objects were forgotten", () => {
      fc.assert(
        fc.property(steps, fc.integer({ min: 1, max: 60 }), (trace, bytes) => {
          const ours = create(definition.name, { bytes, ttl: 100 });
          const plain = referenceCache(definition.name, { entries: Infinity, bytes, ttlMs: 100 });
          let nowMs = 0;
          for (const { key: k, gapMs } of trace) {
            nowMs += gapMs;
            const isMeant = (one: number): boolean => one % 3 === k % 3;
            if (gapMs === 9) {
              ours.forget(isMeant);
              plain.forget(isMeant);
            }
            expect(ours.touch(k, sizeOf(k), nowMs)).toBe(plain.touch(k, sizeOf(k), nowMs));
            expect(ours.bytes).toBe(plain.held.reduce((sum, each) => sum + sizeOf(each), 0));
          }
          expect(held(ours)).toEqual([...plain.held].toSorted((a, b) => a - b));
        }),
        { numRuns: 150, seed: 4 },
      );
    });

    it("stays right while it grows and long after, with keys far apart", () => {
      const entries = 1500;
      const ours = create(definition.name, { entries });
      const plain = new Set<number>();
      let state = 1;
      let hits = 0;
      let wrong = 0;
      for (let i = 0; i < 60_000; i++) {
        state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
        const k = ((state >>> 16) % 2500) * 800_000;
        const there = ours.has(k);
        if (ours.touch(k, 1, i) !== (there ? HIT : MISS)) wrong++;
        hits += there ? 1 : 0;
        if (!ours.has(k)) wrong++;
        plain.add(k);
      }
      expect(wrong).toBe(0);
      expect(ours.count).toBe(entries);
      // 2500 equally likely keys, 1500 held: about 60 % of hits, whatever the policy.
      expect(hits / 60_000).toBeGreaterThan(0.5);
      for (const k of held(ours)) expect(plain.has(k) && ours.has(k)).toBe(true);
    });

    it("never stores an object larger than itself, and keeps what it has", () => {
      const cache = create(definition.name, { bytes: 100 });
      cache.touch(1, 60, 0);
      expect(cache.touch(2, 101, 0)).toBe(MISS);
      expect(cache.touch(2, 101, 0)).toBe(MISS);
      expect([cache.has(1), cache.has(2), cache.bytes]).toEqual([true, false, 60]);
      expect(cache.touch(3, 100, 0)).toBe(MISS);
      expect([cache.has(1), cache.has(3), cache.bytes]).toEqual([false, true, 100]);
    });

    it("expires at its time to live, counted from when it was stored, not from the last hit", () => {
      const cache = create(definition.name, { entries: 4, ttl: 10 });
      expect(cache.touch(1, 1, 0)).toBe(MISS);
      expect(cache.touch(1, 1, 9)).toBe(HIT);
      expect(cache.touch(1, 1, 10)).toBe(EXPIRED);
      expect(cache.touch(1, 1, 19)).toBe(HIT);
      expect(cache.touch(1, 1, 20)).toBe(EXPIRED);
      expect(cache.count).toBe(1);
    });

    it("forgets everything when cleared", () => {
      const cache = create(definition.name, { entries: 3 });
      for (const k of [1, 2, 3, 1, 2, 4, 5]) cache.touch(k, 1, 0);
      cache.clear();
      expect([cache.count, cache.bytes, cache.has(5)]).toEqual([0, 0, false]);
      for (const k of [7, 8, 9]) expect(cache.touch(k, 1, 0)).toBe(MISS);
      for (const k of [7, 8, 9]) expect(cache.touch(k, 1, 0)).toBe(HIT);
      expect(held(cache)).toEqual([7, 8, 9]);
    });

    it("wants exactly one capacity", () => {
      expect(definition.check({ entries: 1, bytes: null, ttl: null })).toBeNull();
      expect(definition.check({ entries: null, bytes: 1, ttl: null })).toBeNull();
      expect(definition.check({ entries: null, bytes: null, ttl: null })).toMatch(
        /needs a capacity/,
      );
      expect(definition.check({ entries: 1, bytes: 1, ttl: null })).toMatch(/two capacities/);
    });
  });
}

const heldAfter = (name: string, entries: number, keys: readonly number[]) => {
  const cache = create(name, { entries });
  for (const k of keys) cache.touch(k, 1, 0);
  return held(cache);
};

describe("what sets the policies apart", () => {
  it("lru: a larger cache holds all that a smaller one holds (Mattson's stack property)", () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 10 }), (trace, entries) => {
        const small = create("lru", { entries });
        const large = create("lru", { entries: entries + 1 });
        for (const { key: k } of trace) {
          small.touch(k, 1, 0);
          large.touch(k, 1, 0);
          for (const each of held(small)) expect(large.has(each)).toBe(true);
        }
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  it("fifo: Belady's anomaly, nine misses with three frames and ten with four", () => {
    // The classic reference string of Belady, Nelson, Shedler (1969).
    const trace = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5];
    const misses = (entries: number) => {
      const cache = create("fifo", { entries });
      return trace.filter((k) => cache.touch(k, 1, 0) === MISS).length;
    };
    expect([misses(3), misses(4)]).toEqual([9, 10]);
  });

  it("lfu: one that was asked for often outlives a scan, and ties go to the least recent", () => {
    expect(heldAfter("lfu", 3, [1, 1, 1, 2, 2, 10, 11, 12, 13])).toEqual([1, 2, 13]);
    expect(heldAfter("lfu", 3, [1, 2, 3, 4])).toEqual([2, 3, 4]);
  });

  it("clock moves what was used to the front, sieve leaves it where it is", () => {
    // Both evict 2 for 4. Then 1 stands at clock's front, unmarked, and 3 is its oldest; sieve's
    // hand stands at 3 too. The hit on 3 saves it: clock next meets 1, sieve goes on to 4.
    const trace = [1, 2, 3, 1, 4, 3, 5];
    expect(heldAfter("clock", 3, trace)).toEqual([3, 4, 5]);
    expect(heldAfter("sieve", 3, trace)).toEqual([1, 3, 5]);
  });
});
