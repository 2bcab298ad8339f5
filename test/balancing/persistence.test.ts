/** What a cookie store remembers, and which targets of a pool may keep users. */
import { describe, expect, it } from "vitest";
import { Cookies } from "../../src/balancing/persistence/cookie.ts";
import { Pool } from "../../src/balancing/pool.ts";
import { NONE } from "../../src/units.ts";

describe("cookies", () => {
  it("name nobody before the first answer, then the target of the last that was told", () => {
    const cookies = new Cookies(3, { nowMs: 5 }, Infinity);
    expect([0, 1, 2].map((user) => cookies.kept(user))).toEqual([NONE, NONE, NONE]);
    cookies.answered(1, 4);
    cookies.answered(2, 4);
    cookies.answered(2, 0);
    expect([0, 1, 2].map((user) => cookies.kept(user))).toEqual([NONE, 4, 0]);
    expect([0, 4, 7].map((slot) => cookies.heldUntilMs(slot))).toEqual([Infinity, Infinity, NONE]);
  });

  it("are over one lifetime after they were set", () => {
    const clock = { nowMs: 5 };
    const cookies = new Cookies(2, clock, 100);
    cookies.answered(0, 3);
    clock.nowMs = 50;
    cookies.answered(1, 3);
    expect(cookies.heldUntilMs(3)).toBe(150);
    clock.nowMs = 104.9;
    expect(cookies.kept(0)).toBe(3);
    clock.nowMs = 105;
    expect([cookies.kept(0), cookies.kept(1)]).toEqual([NONE, 3]);
    clock.nowMs = 150;
    expect(cookies.heldUntilMs(3)).toBe(NONE);
  });
});

describe("a pool", () => {
  const poolOf = (targets: number, panic: number): Pool => {
    const pool = new Pool(panic, { nowMs: 0 }, () => 0);
    for (let i = 0; i < targets; i++) {
      pool.join({ node: i, name: `${i}`, path: `p/${i}`, identity: i, weight: 2, capacity: 1 });
    }
    pool.refresh();
    return pool;
  };
  const keeping = (pool: Pool): boolean[] => [0, 1, 2, 3].map((slot) => pool.keeps(slot));

  it("lets members keep users that drain or weigh nothing, not those that are down or gone", () => {
    const pool = poolOf(4, 0);
    pool.drain(0);
    pool.reweigh(1, 0);
    pool.believe(2, false);
    pool.leave(3);
    pool.refresh();
    expect(keeping(pool)).toEqual([true, true, false, false]);
  });

  it("lets those that are down keep them too while it is in panic", () => {
    const pool = poolOf(4, 0.5);
    for (const slot of [0, 1, 2]) pool.believe(slot, false);
    pool.refresh();
    expect([pool.inPanic, ...keeping(pool)]).toEqual([true, true, true, true, true]);
  });

  it("shows the part of a weight that has been reached, also of one that is set meanwhile", () => {
    const pool = poolOf(4, 0);
    pool.rise(1, 0.25);
    expect([...pool.weight.subarray(0, 2)]).toEqual([2, 0.5]);
    pool.reweigh(1, 8);
    expect(pool.weight[1]).toBe(2);
    pool.rise(1, 1);
    expect(pool.weight[1]).toBe(8);
  });
});
