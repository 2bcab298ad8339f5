import { describe, expect, it } from "vitest";
import { geoScore } from "../../../src/balancing/strategies/geo.ts";
import { FakePool, equalTargets, request } from "../fake-view.ts";

const picks = (pool: FakePool, origins: readonly number[]): number[] =>
  origins.map((origin, i) => pool.send(request(i, origin)));

describe("nearest", () => {
  it("takes the least round trip from the request's origin, and the next when that is lost", () => {
    const pool = new FakePool([
      { distances: [5, 40] },
      { distances: [40, 5] },
      { distances: [30] },
    ]);
    pool.use("nearest");
    expect(picks(pool, [0, 1, 0, 1])).toEqual([0, 1, 0, 1]);
    pool.takeOut(0);
    expect(picks(pool, [0, 1])).toEqual([2, 1]);
  });

  it("lets equals take turns, for each origin by itself", () => {
    const pool = new FakePool(equalTargets(3)).use("nearest");
    expect(picks(pool, [0, 1, 0, 1, 0, 0])).toEqual([0, 0, 1, 1, 2, 0]);
  });
});

describe("geo", () => {
  it("adds latency, utilization and health by their weights", () => {
    const weights = { latency: 2, utilization: 3, health: 5 };
    const at = { roundTripMs: 50, utilization: 0.4, healthy: 0.9 };
    expect(geoScore(weights, at)).toBeCloseTo(2 * 0.5 + 3 * 0.4 + 5 * 0.1, 12);
    expect(geoScore(weights, { ...at, utilization: -1 })).toBeCloseTo(1.5, 12);
  });

  it("leaves the nearest when a report says that its utilization outweighs the distance", () => {
    const pool = new FakePool([{ distances: [10] }, { distances: [60] }]).use("geo");
    expect(picks(pool, [0, 0])).toEqual([0, 0]);
    pool.report(1, { utilization: 0.2 });
    pool.report(0, { utilization: 0.6 });
    expect(picks(pool, [0])).toEqual([0]);
    // 0.1 + 0.75 against 0.6 + 0.2.
    pool.report(0, { utilization: 0.75 });
    expect(picks(pool, [0, 0])).toEqual([1, 1]);
    // Half of the members lost: 0.6 + 0.2 + 0.5.
    pool.report(1, { utilization: 0.2, healthy: 0.5 });
    expect(picks(pool, [0])).toEqual([0]);
  });

  it("lets equals take turns", () => {
    const pool = new FakePool([{ distances: [10] }, { distances: [99] }, { distances: [10] }]);
    expect(picks(pool.use("geo"), [0, 0, 0])).toEqual([0, 2, 0]);
  });
});
