import { describe, expect, it } from "vitest";
import { strategies } from "../../../src/balancing/registry.ts";
import { entryOf } from "../../../src/definition.ts";
import type { Settings } from "../../../src/definition.ts";
import { FakePool, defaultsOf, equalTargets, request } from "../fake-view.ts";

const check = (name: string, settings: Settings, targets?: number): string | null => {
  const definition = entryOf(strategies, name);
  const members = targets === undefined ? undefined : [{ count: targets, weight: 1 }];
  return definition.check?.({ ...defaultsOf(definition.fields), ...settings }, members) ?? null;
};

describe("mod-n", () => {
  it("takes the number itself where that is asked for", () => {
    const pool = new FakePool(equalTargets(5)).use("mod-n", { of: "raw" });
    expect([0, 4, 5, 13].map((i) => pool.pick(request(i)))).toEqual([0, 4, 0, 3]);
    pool.takeOut(0);
    expect([0, 4, 5, 13].map((i) => pool.pick(request(i)))).toEqual([1, 1, 2, 2]);
  });
});

describe("ring-hash", () => {
  it("gives more keys to a heavier target, and takes them from all others alike", () => {
    const pool = new FakePool(equalTargets(5)).use("ring-hash", { nodes: 400 });
    const before = Array.from({ length: 8000 }, (_, i) => pool.owner(request(i)));
    pool.weight[2] = 2;
    pool.refresh();
    let moved = 0;
    for (let i = 0; i < 8000; i++) {
      const owner = pool.owner(request(i));
      if (owner === before[i]) continue;
      expect(owner).toBe(2);
      moved++;
    }
    // From 1/5 to 2/6: 13.3 % move. Points scatter by 1/√400 = 5 % of each share, 0.05 × √(0.2² +
    // 0.33²) = 1.9 points at most, keys by 0.4; 4 σ.
    expect(Math.abs(moved / 8000 - 2 / 15)).toBeLessThan(0.08);
  });

  it("refuses more points than a ring holds", () => {
    expect(check("ring-hash", { nodes: 1000 }, 10_000)).toBeNull();
    expect(check("ring-hash", { nodes: 100_000 }, 10_000)).toContain("at most 3355");
  });
});

describe("maglev", () => {
  it("refuses a table that is no prime, or too small", () => {
    expect(check("maglev", {})).toBeNull();
    expect(check("maglev", { table: 65_536 })).toContain("65537");
    expect(check("maglev", { table: 7 }, 8)).toContain("8 targets");
    expect(check("maglev", { table: 7 }, 7)).toBeNull();
  });
});
