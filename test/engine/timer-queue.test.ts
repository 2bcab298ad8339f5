import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TimerQueue } from "../../src/engine/timer-queue.ts";
import { NEVER } from "../../src/units.ts";

describe("the timer queue", () => {
  it("gives alarms back in order of time, equal times in the order in which they were set", () => {
    const step = fc.option(fc.integer({ min: 0, max: 8 }), { nil: null, freq: 3 });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const timers = new TimerQueue();
        const list: { timeMs: number; order: number }[] = [];
        let set = 0;
        for (const timeMs of steps) {
          if (timeMs === null) {
            const first = list.toSorted((a, b) => a.timeMs - b.timeMs || a.order - b.order).at(0);
            expect(timers.nextMs).toBe(first?.timeMs ?? NEVER);
            if (first === undefined) continue;
            expect(timers.nextStamp).toBe(3 * first.order);
            expect(timers.take()).toBe(first.order);
            list.splice(list.indexOf(first), 1);
          } else {
            timers.add(timeMs, set, 3 * set);
            list.push({ timeMs, order: set++ });
          }
          expect(timers.size).toBe(list.length);
        }
      }),
      { numRuns: 200, seed: 21 },
    );
  });

  it("has no next time when it is empty", () => {
    const timers = new TimerQueue();
    expect(timers.nextMs).toBe(NEVER);
    timers.add(3, 1);
    expect([timers.nextMs, timers.nextStamp, timers.take(), timers.nextMs]).toEqual([
      3,
      0,
      1,
      NEVER,
    ]);
  });

  it("refuses an alarm at no time", () => {
    expect(() => new TimerQueue().add(NaN, 1)).toThrow("has a time");
  });
});
