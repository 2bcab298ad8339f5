import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventQueue } from "../../src/engine/event-queue.ts";
import { NEVER } from "../../src/units.ts";
import { Deadlines } from "../../src/world/deadlines.ts";
import { type Request, Requests } from "../../src/world/requests.ts";

function clients(timeouts: readonly (number | null)[], unitMs: number) {
  const timeoutsMs = timeouts.map((timeout) => (timeout === null ? null : timeout * unitMs));
  const queue = new EventQueue();
  const requests = new Requests(1, queue);
  const deadlines = new Deadlines(timeoutsMs, queue, requests);
  const bear = (group: number): Request => {
    const request = requests.take();
    request.group = group;
    if (deadlines.watchesBirths) deadlines.watch(request);
    return request;
  };
  /** Requests that give up until then, with the time; `after` says what becomes of them. */
  const expiredUntil = (until: number, after: "free" | "keep" = "free"): [Request, number][] => {
    const seen: [Request, number][] = [];
    while (queue.nextMs <= until * unitMs && queue.nextMs < NEVER) {
      queue.take();
      const request = deadlines.expired();
      if (request === null) continue;
      request.abandoned = true;
      if (after === "free") requests.free(request);
      seen.push([request, queue.nowMs / unitMs]);
    }
    queue.advanceTo(until * unitMs);
    return seen;
  };
  return { queue, requests, bear, expiredUntil };
}

// Under a second a class is impatient and stands in a line, from a second on it is swept.
describe.each([1, 1024])("deadlines in units of %i ms", (unitMs) => {
  it("come a timeout after birth, each class by its own, and never without one", () => {
    const { queue, bear, expiredUntil } = clients([10, 3, null], unitMs);
    const a = bear(0);
    const b = bear(1);
    bear(2);
    queue.advanceTo(unitMs);
    const c = bear(1);
    const d = bear(1);
    expect(expiredUntil(1000)).toEqual([
      [b, 3],
      [c, 4],
      [d, 4],
      [a, 10],
    ]);
  });

  it("ring once, though the request goes on after its client has left", () => {
    const { bear, expiredUntil } = clients([4], unitMs);
    const request = bear(0);
    expect(expiredUntil(100, "keep")).toEqual([[request, 4]]);
  });

  it("are not those of its next use", () => {
    const { requests, bear, expiredUntil } = clients([4], unitMs);
    const request = bear(0);
    expect(expiredUntil(3)).toEqual([]);
    requests.free(request);
    expect(bear(0)).toBe(request);
    expect(expiredUntil(100)).toEqual([[request, 7]]);
  });

  it("cost nothing where nobody gives up", () => {
    const { queue, bear } = clients([null, null], unitMs);
    bear(0);
    expect(queue.nextMs).toBe(NEVER);
  });

  it("agree with a plain list of deadlines", () => {
    const step = fc.record({
      afterMs: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.double({ min: 0, max: 9, noNaN: true })),
      forget: fc.option(fc.nat()),
      group: fc.integer({ min: 0, max: 1 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { queue, requests, bear, expiredUntil } = clients([6, 6.5], unitMs);
        const byTime = (list: readonly [Request, number][]) =>
          list.toSorted((a, b) => a[1] - b[1] || a[0].index - b[0].index);
        let open: [Request, number][] = [];
        for (const { afterMs, forget, group } of steps) {
          const nowMs = queue.nowMs / unitMs + afterMs;
          const due = open.filter(([, dueMs]) => dueMs <= nowMs);
          expect(byTime(expiredUntil(nowMs))).toEqual(byTime(due));
          open = open.filter(([, dueMs]) => dueMs > nowMs);
          if (forget !== null && open.length > 0) {
            const [[request]] = open.splice(forget % open.length, 1);
            requests.free(request);
          }
          open.push([bear(group), nowMs + [6, 6.5][group]]);
        }
        expect(byTime(expiredUntil(queue.nowMs / unitMs + 7))).toEqual(byTime(open));
      }),
      { numRuns: 200, seed: 22 },
    );
  });
});
