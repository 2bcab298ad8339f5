import { describe, expect, it } from "vitest";
import { Pool } from "../../src/balancing/pool.ts";
import type { Strategy } from "../../src/balancing/strategy.ts";

const clock = { nowMs: 0 };

function poolOf(targets: number, panic = 0): Pool {
  const pool = new Pool(panic, clock, (slot, origin) => 10 * slot + origin);
  for (let i = 0; i < targets; i++) joinTo(pool, i);
  pool.refresh();
  return pool;
}

const joinTo = (pool: Pool, i: number, weight = 1): number =>
  pool.join({ node: 50 + i, name: `n${i}`, path: `p/n${i}`, identity: 7 * i, weight, capacity: i });

const usableOf = (pool: Pool): number[] => Array.from(pool.usable.subarray(0, pool.size));

/** Picks the first and writes down what it is told. */
function spy(heard: string[], more: Partial<Strategy> = {}): Strategy {
  return {
    pick: () => 0,
    membershipChanged: () => void heard.push("members"),
    ...more,
  };
}

const view = { key: 1, rawKey: 1, origin: 0, attempt: 1 };

describe("a pool", () => {
  it("uses members that are believed up, do not drain and have a weight, in order of joining", () => {
    const pool = poolOf(5);
    pool.believe(1, false);
    pool.drain(3);
    pool.reweigh(4, 0);
    pool.refresh();
    expect(usableOf(pool)).toEqual([0, 2]);
    expect([pool.members, pool.slots, pool.believedUp(1)]).toEqual([5, 5, false]);
    pool.believe(1, true);
    pool.reweigh(4, 2);
    pool.refresh();
    expect(usableOf(pool)).toEqual([0, 1, 2, 4]);
  });

  it("keeps slots for ever, and numbers members as a list without gaps", () => {
    const pool = poolOf(4);
    pool.leave(1);
    expect(joinTo(pool, 9)).toBe(4);
    pool.refresh();
    expect(usableOf(pool)).toEqual([0, 2, 3, 4]);
    expect([0, 2, 3, 4].map((slot) => pool.ordinal[slot])).toEqual([0, 1, 2, 3]);
    expect([pool.belongs(1), pool.belongs(4), pool.members]).toEqual([false, true, 4]);
    expect([pool.name(4), pool.path(4), pool.node[4], pool.identity[4]]).toEqual([
      "n9",
      "p/n9",
      59,
      63,
    ]);
    expect(() => pool.leave(1)).toThrow("only a member");
  });

  it("counts what it owes to a target even after that has left", () => {
    const pool = poolOf(2);
    pool.sent(0);
    pool.sent(0);
    pool.leave(0);
    pool.refresh();
    pool.returned(0);
    expect(pool.inFlight[0]).toBe(1);
  });

  it("falls into panic strictly below its threshold, and out of it again", () => {
    const pool = poolOf(4, 0.5);
    const down = (slot: number, isDown: boolean): boolean => {
      pool.believe(slot, !isDown);
      pool.refresh();
      return pool.inPanic;
    };
    expect([down(0, true), down(1, true)]).toEqual([false, false]); // 2 of 4 are not below one half
    expect(usableOf(pool)).toEqual([2, 3]);
    expect(down(2, true)).toBe(true);
    expect(usableOf(pool)).toEqual([0, 1, 2, 3]);
    expect(pool.healthyShare()).toBe(0.25);
    expect(down(2, false)).toBe(false);
    expect([usableOf(pool), pool.healthyShare()]).toEqual([[2, 3], 0.5]);
  });

  it("panics over those that could serve: draining and weightless targets stay out", () => {
    const pool = poolOf(4, 0.9);
    pool.drain(0);
    pool.reweigh(1, 0);
    pool.believe(2, false);
    pool.refresh();
    expect([pool.inPanic, usableOf(pool)]).toEqual([true, [2, 3]]);
    // Of four members only slot 3 would be usable without panic.
    expect(pool.healthyShare()).toBe(0.25);
  });

  it("without panic has nobody to pick when all are down", () => {
    const pool = poolOf(2);
    pool.use(spy([], { owner: () => 1 }));
    expect([pool.pick(view), pool.owner(1, 1), pool.keyed]).toEqual([0, 1, true]);
    pool.believe(0, false);
    pool.believe(1, false);
    pool.refresh();
    expect([pool.pick(view), pool.owner(1, 1), pool.inPanic]).toEqual([-1, -1, false]);
    expect(pool.healthyShare()).toBe(0);
    expect(new Pool(0, clock, () => 0).healthyShare()).toBe(0);
  });

  it("tells its strategy what that has asked to hear, and nothing else", () => {
    const heard: string[] = [];
    const pool = poolOf(2);
    pool.use(spy(heard));
    pool.sent(0);
    pool.report(0, 0.5, 3, 1);
    expect([heard, pool.wantsLatency, pool.keyed]).toEqual([["members"], false, false]);
    pool.use(
      spy(heard, {
        inFlightChanged: (slot) => void heard.push(`flight ${slot}`),
        reported: (slot) => void heard.push(`report ${slot}`),
        responded: (slot, ms, ok) => void heard.push(`answer ${slot} ${ms} ${ok}`),
      }),
    );
    pool.sent(1);
    pool.returned(1);
    pool.report(1, 0.5, 3, 1);
    pool.responded(1, 12, true);
    pool.refresh();
    expect(heard.slice(2)).toEqual([
      "flight 1",
      "flight 1",
      "report 1",
      "answer 1 12 true",
      "members",
    ]);
  });

  it("knows what was reported and when", () => {
    const pool = poolOf(1);
    expect([pool.reportedUtilization[0], pool.reportedAtMs[0], pool.reportedHealthy[0]]).toEqual([
      -1, -1, 1,
    ]);
    clock.nowMs = 42;
    pool.report(0, 0.25, 6, 0.5);
    clock.nowMs = 50;
    expect([
      pool.reportedUtilization[0],
      pool.reportedInFlight[0],
      pool.reportedHealthy[0],
      pool.reportedAtMs[0],
      pool.nowMs,
    ]).toEqual([0.25, 6, 0.5, 42, 50]);
    clock.nowMs = 0;
  });

  it("grows without losing anything", () => {
    const pool = poolOf(0);
    for (let i = 0; i < 100; i++) {
      joinTo(pool, i, i + 1);
      for (let k = 0; k <= i; k++) pool.sent(i);
    }
    pool.hold(3, 77);
    pool.refresh();
    expect(usableOf(pool).every((slot, i) => slot === i)).toBe(true);
    expect(usableOf(pool).map((slot) => pool.weight[slot] - pool.inFlight[slot])).toEqual(
      Array.from({ length: 100 }, () => 0),
    );
    expect([pool.capacity[3], pool.capacity[99], pool.roundTripMs(5, 2)]).toEqual([77, 99, 52]);
  });
});
