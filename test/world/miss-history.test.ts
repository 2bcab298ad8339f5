import { describe, expect, it } from "vitest";
import { entryOf } from "../../src/definition.ts";
import { MISSES } from "../../src/statistics/run-record.ts";
import type { Cache } from "../../src/world/caches/cache.ts";
import { EXPIRED, HIT } from "../../src/world/caches/cache.ts";
import { caches } from "../../src/world/caches/registry.ts";
import { MissClass, MissHistory } from "../../src/world/miss-history.ts";

/** Machines of one tier, each with an LRU cache, as the simulator runs them. */
class Tier {
  readonly history: MissHistory;
  readonly machines: Cache[];
  constructor(count: number, entries: number, ttl: number | null = null, boundBytes?: number) {
    const sizes = { keys: 1000, machines: count };
    this.history = new MissHistory(boundBytes === undefined ? sizes : { ...sizes, boundBytes });
    this.machines = Array.from({ length: count }, () =>
      entryOf(caches, "lru").create({ entries, bytes: null, ttl }, { objects: 1000 }),
    );
  }
  ask(machine: number, key: number, keyed = false, nowMs = 0): string {
    const found = this.machines[machine].touch(key, 1, nowMs);
    if (found === HIT) return "hit";
    const why = this.history.classify(key, machine, keyed, found === EXPIRED);
    this.history.inserted(key, machine);
    return MISSES[why];
  }
  restart(machine: number): void {
    this.history.restarted(machine, this.machines[machine]);
    this.machines[machine].clear();
  }
}

describe("the class of a miss", () => {
  it("has the statistics' order", () => {
    const names = Object.keys(MissClass).map((name) => name.toLowerCase());
    expect(names).toEqual([...MISSES]);
    expect(Object.values(MissClass)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("is compulsory the first time in the tier, then scatter or remap elsewhere, by the strategy", () => {
    const tier = new Tier(3, 10);
    expect(tier.ask(0, 7)).toBe("compulsory");
    expect(tier.ask(0, 7)).toBe("hit");
    expect(tier.ask(1, 7, false)).toBe("scatter");
    expect(tier.ask(2, 7, true)).toBe("remap");
    expect(tier.ask(2, 7, true)).toBe("hit");
  });

  it("is capacity where this machine had evicted it, though others had it too", () => {
    const tier = new Tier(2, 2);
    for (const key of [1, 2, 3]) tier.ask(0, key);
    tier.ask(1, 1);
    expect(tier.ask(0, 1, true)).toBe("capacity");
  });

  it("is expiry where it was there, but too old", () => {
    const tier = new Tier(1, 2, 10);
    expect(tier.ask(0, 1, false, 0)).toBe("compulsory");
    expect(tier.ask(0, 1, false, 10)).toBe("expiry");
    expect(tier.ask(0, 1, false, 19)).toBe("hit");
  });

  it("is restart for what was in the cache then, once; what had been evicted before stays capacity", () => {
    const tier = new Tier(2, 2);
    for (const key of [1, 2, 3]) tier.ask(0, key);
    tier.restart(0);
    expect(tier.ask(0, 3)).toBe("restart");
    expect(tier.ask(0, 1)).toBe("capacity");
    expect(tier.ask(0, 2)).toBe("restart");
    expect(tier.ask(0, 3)).toBe("capacity");
    expect(tier.ask(1, 3)).toBe("scatter");
  });

  it("is remap or scatter for a machine that joins with nothing, also after another left", () => {
    const tier = new Tier(3, 2);
    tier.ask(0, 1);
    tier.history.removed(0);
    tier.history.removed(2);
    expect(tier.ask(1, 1, true)).toBe("remap");
    expect(tier.ask(2, 1, false)).toBe("scatter");
  });

  it("folds the keys where memory is bounded: never a first miss, at worst a capacity miss too many", () => {
    // 1000 keys and 3 machines in 24 bytes: 64 bits a machine.
    const tier = new Tier(3, 500, null, 24);
    const exact = new Tier(3, 500);
    let state = 5;
    let differ = 0;
    for (let i = 0; i < 3_000; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const [machine, key] = [(state >>> 8) % 3, (state >>> 16) % 200];
      const folded = tier.ask(machine, key);
      const plain = exact.ask(machine, key);
      if (folded === plain) continue;
      differ++;
      expect([plain, folded]).toEqual(["scatter", "capacity"]);
    }
    expect(differ).toBeGreaterThan(0);
  });
});
