import { describe, expect, it } from "vitest";
import { MISSES, OUTCOMES } from "../../src/statistics/run-record.ts";
import { MissClass } from "../../src/world/miss-history.ts";
import {
  OutcomeCode,
  RequestInt,
  RequestState,
  RequestTable,
} from "../../src/world/request-table.ts";

describe("the table of requests", () => {
  it("gives a row that is all its own, fresh after every use", () => {
    const table = new RequestTable(1, { nowMs: 0 });
    const a = table.take();
    const b = table.take();
    expect(a).not.toBe(b);
    table.ints[a + RequestInt.Abandoned] = 1;
    table.ints[a + RequestInt.Depth] = 3;
    const serial = table.ints[a + RequestInt.Serial];
    table.free(a);
    expect([table.live, table.stateOf(a)]).toEqual([1, RequestState.Free]);
    expect(table.take()).toBe(a);
    expect(table.ints[a + RequestInt.Serial]).toBe(serial + 1);
    expect([table.ints[a + RequestInt.Abandoned], table.ints[a + RequestInt.Depth]]).toEqual([
      0, 0,
    ]);
  });

  it("grows and keeps what it holds", () => {
    const table = new RequestTable(1, { nowMs: 0 });
    const rows = new Set<number>();
    for (let i = 0; i < 5000; i++) {
      const row = table.take();
      table.ints[row + RequestInt.User] = i;
      table.sentMs[(row + RequestInt.Pool) >> 1] = i;
      rows.add(row);
    }
    expect([rows.size, table.live]).toEqual([5000, 5000]);
    let i = 0;
    for (const row of rows) {
      expect(table.ints[row + RequestInt.User]).toBe(i);
      expect(table.sentMs[(row + RequestInt.Pool) >> 1]).toBe(i++);
    }
    expect([...table.all()].filter((row) => rows.has(row)).length).toBe(5000);
  });

  it("is wide enough for any depth of tiers", () => {
    for (const tiers of [1, 4, 7, 8, 30]) {
      const { width } = new RequestTable(tiers, { nowMs: 0 });
      expect(width).toBeGreaterThanOrEqual(RequestInt.Slot + 1 + 2 * (tiers - 1));
      expect(Math.log2(width) % 1).toBe(0);
    }
  });
});

describe("names that two folders share", () => {
  it("are in one order: codes of outcomes and the statistics' list", () => {
    const codes: Record<(typeof OUTCOMES)[number], OutcomeCode> = {
      completed: OutcomeCode.Completed,
      rejected: OutcomeCode.Rejected,
      "timed-out": OutcomeCode.TimedOut,
      failed: OutcomeCode.Failed,
      unroutable: OutcomeCode.Unroutable,
    };
    expect(OUTCOMES.map((outcome) => codes[outcome])).toEqual([0, 1, 2, 3, 4]);
  });

  it("are in one order: classes of misses and the statistics' list", () => {
    const names = Object.entries(MissClass).toSorted(([, a], [, b]) => a - b);
    expect(names.map(([name]) => name.toLowerCase())).toEqual([...MISSES]);
    expect(names.map(([, code]) => code)).toEqual(MISSES.map((_, i) => i));
  });
});
