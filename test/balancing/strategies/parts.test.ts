import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LevelLists } from "../../../src/balancing/strategies/parts/level-lists.ts";
import { TieTree } from "../../../src/balancing/strategies/parts/tie-tree.ts";
import { WinnerTree } from "../../../src/balancing/strategies/parts/winner-tree.ts";

const size = fc.integer({ min: 1, max: 20 });
const changes = fc.array(fc.tuple(fc.nat(19), fc.nat(4)), { maxLength: 60 });

describe("WinnerTree", () => {
  it("knows the least pair of key and stamp after every change", () => {
    const property = fc.property(size, changes, (n, steps) => {
      const tree = new WinnerTree();
      tree.reset(3);
      tree.reset(n);
      const pairs = Array.from({ length: n }, (_, i) => [Infinity, i] as const);
      steps.forEach(([at, key], i) => {
        const index = at % n;
        tree.set(index, key, i % 7);
        pairs[index] = [key, i % 7];
        const [low, stamp] = pairs.reduce((a, b) =>
          b[0] < a[0] || (b[0] === a[0] && b[1] < a[1]) ? b : a,
        );
        expect(tree.best).toBe(pairs.findIndex((pair) => pair[0] === low && pair[1] === stamp));
      });
    });
    fc.assert(property, { seed: 9, numRuns: 200 });
  });
});

describe("TieTree", () => {
  it("knows all entries with the least key after every change", () => {
    const property = fc.property(size, changes, (n, steps) => {
      const tree = new TieTree();
      tree.reset(40);
      tree.reset(n);
      const keys = Array.from({ length: n }, () => Infinity);
      for (const [at, key] of steps) {
        tree.set(at % n, key);
        keys[at % n] = key;
        const low = Math.min(...keys);
        const tied = keys.flatMap((value, i) => (value === low ? [i] : []));
        expect(tree.ties).toBe(tied.length);
        expect(tied.map((_, k) => tree.nth(k))).toEqual(tied);
      }
    });
    fc.assert(property, { seed: 10, numRuns: 200 });
  });
});

describe("LevelLists", () => {
  it("has at its head the one that came first to the least level, whatever the steps", () => {
    const step = fc.tuple(fc.nat(9), fc.option(fc.nat(200), { nil: null }));
    const property = fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const lists = new LevelLists();
      lists.growSlots(10);
      let order: { readonly slot: number; readonly level: number }[] = [];
      for (const [slot, level] of steps) {
        const known = order.find((entry) => entry.slot === slot);
        expect(lists.has(slot)).toBe(known !== undefined);
        if (known === undefined && level === null) continue;
        if (known?.level !== level) order = order.filter((entry) => entry !== known);
        if (level === null) lists.remove(slot);
        else {
          if (known === undefined) lists.add(slot, level);
          else lists.move(slot, level);
          if (known?.level !== level) order.push({ slot, level });
        }
        expect(lists.size).toBe(order.length);
        if (order.length === 0) continue;
        expect(lists.head).toBe(order.reduce((a, b) => (b.level < a.level ? b : a)).slot);
      }
    });
    fc.assert(property, { seed: 11, numRuns: 200 });
  });
});
