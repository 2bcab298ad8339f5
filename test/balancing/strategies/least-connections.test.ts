import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FakePool, equalTargets, request } from "../fake-view.ts";

/** A list kept in order of the last change: what the linked lists and the tree must agree with. */
class ByDefinition {
  private order: number[];
  private readonly pool: FakePool;

  constructor(pool: FakePool) {
    this.pool = pool;
    this.order = Array.from(pool.usable);
  }

  changed(slot: number): void {
    this.order = [...this.order.filter((other) => other !== slot), slot];
  }

  oldest(counts: { readonly [slot: number]: number }): number {
    const cost = (slot: number) => counts[slot] / this.pool.weight[slot];
    return this.order.reduce((best, slot) => (cost(slot) < cost(best) ? slot : best));
  }
}

describe("least-connections", () => {
  it("takes the least count, and of equals the one whose count changed longest ago", () => {
    const pool = new FakePool(equalTargets(3)).use("least-connections");
    expect([0, 1, 2].map((i) => pool.send(request(i)))).toEqual([0, 1, 2]);
    pool.back(1);
    pool.back(0);
    pool.back(2);
    expect([0, 1, 2].map((i) => pool.pick(request(i)))).toEqual([1, 1, 1]);
    expect([0, 1, 2].map((i) => pool.send(request(i)))).toEqual([1, 0, 2]);
  });

  it.each([
    ["equal weights", [1, 1, 1, 1, 1]],
    ["unequal weights", [1, 2, 3, 1, 0.5]],
  ])("keeps the order of changes among equals over any history: %s", (_, weights) => {
    const steps = fc.array(fc.option(fc.nat(100), { nil: null }), { maxLength: 80 });
    const property = fc.property(steps, (history) => {
      const pool = new FakePool(weights.map((weight) => ({ weight }))).use("least-connections");
      const expected = new ByDefinition(pool);
      const open: number[] = [];
      for (const step of history) {
        if (step === null || open.length === 0) {
          expect(pool.pick(request(0))).toBe(expected.oldest(pool.inFlight));
          const slot = pool.send(request(0));
          expected.changed(slot);
          open.push(slot);
        } else {
          const slot = open.splice(step % open.length, 1)[0];
          pool.back(slot);
          expected.changed(slot);
        }
        if (step === 7) pool.refresh();
      }
    });
    fc.assert(property, { seed: 8, numRuns: 150 });
  });

  it("takes the first of equals where that is asked for", () => {
    const pool = new FakePool(equalTargets(3)).use("least-connections", { ties: "first" });
    expect([0, 1, 2, 3].map((i) => pool.send(request(i)))).toEqual([0, 1, 2, 0]);
    pool.back(0);
    pool.back(0);
    expect(pool.send(request(4))).toBe(0);
  });

  it("takes any of equals with equal chances where that is asked for", () => {
    // Three of four are tied: 1/3 each of 30,000 picks, σ = 0.27 points; 4 σ.
    const pool = new FakePool(equalTargets(4)).use("least-connections", { ties: "random" });
    pool.setInFlight(1, 5);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 30_000; i++) counts[pool.pick(request(i))] += 1 / 30_000;
    expect(counts[1]).toBe(0);
    for (const slot of [0, 2, 3]) expect(Math.abs(counts[slot] - 1 / 3)).toBeLessThan(0.011);
  });

  it("fills targets in proportion to weights", () => {
    // 60 requests that stay: f / w is level when counts are 10, 20, 30.
    for (const ties of ["oldest", "first", "random"]) {
      const pool = new FakePool([{ weight: 1 }, { weight: 2 }, { weight: 3 }]);
      pool.use("least-connections", { ties });
      for (let i = 0; i < 60; i++) pool.send(request(i));
      expect(Array.from(pool.inFlight)).toEqual([10, 20, 30]);
    }
  });

  it("sends all to one target between reports when it goes by them", () => {
    const pool = new FakePool(equalTargets(3)).use("least-connections", { by: "report" });
    pool.report(0, { inFlight: 4 });
    pool.report(1, { inFlight: 2 });
    pool.report(2, { inFlight: 9 });
    for (let i = 0; i < 50; i++) expect(pool.send(request(i))).toBe(1);
    pool.report(1, { inFlight: 52 });
    expect(pool.send(request(51))).toBe(0);
  });

  it("keeps count of targets that are out of use meanwhile", () => {
    const pool = new FakePool(equalTargets(2)).use("least-connections");
    pool.setInFlight(0, 3);
    pool.takeOut(0);
    pool.setInFlight(0, 1);
    pool.setInFlight(1, 2);
    pool.bringBack(0);
    expect(pool.pick(request(0))).toBe(0);
  });
});
