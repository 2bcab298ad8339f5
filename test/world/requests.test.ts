import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MISSES, OUTCOMES } from "../../src/statistics/run-record.ts";
import { MissClass } from "../../src/world/miss-history.ts";
import { OutcomeCode, RequestState, Requests } from "../../src/world/requests.ts";

const NAMES = ["state", "outcome", "abandoned", "missed", "spilled", "depth"] as const;

describe("requests", () => {
  it("are fresh at every use", () => {
    const requests = new Requests(1, { nowMs: 0 });
    const a = requests.take();
    expect(requests.take()).not.toBe(a);
    a.abandoned = a.missed = true;
    a.depth = 3;
    a.networkMs = 5;
    const { serial } = a;
    requests.free(a);
    expect([requests.live, a.state]).toEqual([1, RequestState.Free]);
    expect(requests.take()).toBe(a);
    expect(a.serial).toBe(serial + 1);
    expect([a.abandoned, a.depth, a.networkMs, a.paidMs, a.machine]).toEqual([
      false,
      0,
      0,
      0,
      null,
    ]);
  });

  it("keep each of their small facts, whatever the others are", () => {
    const requests = new Requests(1, { nowMs: 0 });
    const request = requests.take();
    const facts = fc.record({
      state: fc.integer({ min: RequestState.Free, max: RequestState.Hung }),
      outcome: fc.integer({ min: OutcomeCode.Completed, max: OutcomeCode.Unroutable }),
      abandoned: fc.boolean(),
      missed: fc.boolean(),
      spilled: fc.integer({ min: 0, max: 1 }),
      depth: fc.integer({ min: 0, max: 64 }),
    });
    const check = fc.property(facts, fc.shuffledSubarray([...NAMES]), (wanted, order) => {
      const before = Object.fromEntries(NAMES.map((name) => [name, request[name]]));
      for (const name of order) Object.assign(request, { [name]: wanted[name] });
      for (const name of NAMES) {
        expect(request[name], name).toBe(order.includes(name) ? wanted[name] : before[name]);
      }
    });
    fc.assert(check, { numRuns: 500, seed: 1 });
  });

  it("know what every tier in force picked, and of a way back what is left of it", () => {
    const requests = new Requests<string>(4, { nowMs: 0 });
    const request = requests.take();
    const picks = (): string[] =>
      Array.from({ length: request.depth }, (_, tier) => requests.hopAt(request, tier));
    for (const pick of ["a", "b", "c", "d"]) requests.enter(request, pick);
    expect([picks(), requests.lastHop(request)]).toEqual([["a", "b", "c", "d"], "d"]);
    requests.returnTo(request, 4);
    expect(picks()).toEqual(["a", "b", "c", "d"]);
    requests.returnTo(request, 2);
    expect([picks(), requests.lastHop(request)]).toEqual([["a", "b"], "b"]);
    requests.enter(request, "e");
    expect([picks(), requests.lastHop(request)]).toEqual([["a", "b", "e"], "e"]);
    requests.returnTo(request, 0);
    requests.enter(request, "f");
    expect(picks()).toEqual(["f"]);
  });

  it("are taken in the same order however many are ready", () => {
    const taken = (ready: number): number[] => {
      const requests = new Requests(1, { nowMs: 0 });
      if (ready > 0) requests.makeReady(ready);
      // Of every five two are given back, so that new ones and used ones take turns.
      return Array.from({ length: 1000 }, (_, i) => {
        const request = requests.take();
        if (i % 5 < 2) requests.free(request);
        return request.index;
      });
    };
    for (const ready of [1, 100, 600, 5000]) expect(taken(ready)).toEqual(taken(0));
  });

  it("become more as they are needed, and keep what they hold", () => {
    const tiers = 3;
    const requests = new Requests<number>(tiers, { nowMs: 0 });
    const taken = new Set(
      Array.from({ length: 5000 }, (_, user) => {
        const request = requests.take();
        request.user = user;
        request.demandMs = user / 8;
        for (let tier = 0; tier < tiers; tier++) {
          requests.enter(request, user * tiers + tier);
          requests.sentMs[request.index * tiers + tier] = user;
        }
        return request;
      }),
    );
    expect([taken.size, requests.live]).toEqual([5000, 5000]);
    for (const { index, user, demandMs, networkMs } of taken) {
      expect([requests.all[index].user, demandMs, networkMs]).toEqual([user, user / 8, 0]);
      for (let tier = 0; tier < tiers; tier++) {
        expect(requests.hopAt(requests.all[index], tier)).toBe(user * tiers + tier);
        expect(requests.sentMs[index * tiers + tier]).toBe(user);
      }
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
    // Three bits of a request's flags, and of what is folded into the fingerprint.
    expect(OUTCOMES.length).toBeLessThanOrEqual(8);
  });

  it("are in one order: classes of misses and the statistics' list", () => {
    const names = Object.entries(MissClass).toSorted(([, a], [, b]) => a - b);
    expect(names.map(([name]) => name.toLowerCase())).toEqual([...MISSES]);
    expect(names.map(([, code]) => code)).toEqual(MISSES.map((_, i) => i));
  });
});
