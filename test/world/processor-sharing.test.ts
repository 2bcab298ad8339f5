import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Request } from "../../src/world/requests.ts";
import { Workbench } from "./workbench.ts";

interface Ask {
  readonly atMs: number;
  readonly demandMs: number;
  /** Taken back after that time. */
  readonly patienceMs: number | null;
}

/**
 * Departures reckoned in the plain way: everybody's rest goes down alike from one event to the
 * next.
 */
function naive(asks: readonly Ask[], cores: number): { doneMs: (number | null)[]; busyMs: number } {
  const rests = new Map<number, number>();
  const doneMs: (number | null)[] = asks.map(() => null);
  let nowMs = 0;
  let busyMs = 0;
  const comings = asks.map((ask, who) => ({ who, atMs: ask.atMs, leaves: false }));
  const goings = asks.flatMap(({ atMs, patienceMs }, who) =>
    patienceMs === null ? [] : [{ who, atMs: atMs + patienceMs, leaves: true }],
  );
  const plan = [...comings, ...goings].toSorted((a, b) => a.atMs - b.atMs || a.who - b.who);
  for (;;) {
    const rate = Math.min(1, cores / rests.size);
    const nextDone = nowMs + Math.min(...rests.values()) / rate;
    const nextMs = Math.min(plan.at(0)?.atMs ?? Infinity, nextDone);
    if (nextMs === Infinity) return { doneMs, busyMs };
    busyMs += Math.min(cores, rests.size) * (nextMs - nowMs);
    for (const [who, restMs] of rests) rests.set(who, restMs - (nextMs - nowMs) * rate);
    nowMs = nextMs;
    for (const [who, restMs] of rests) {
      if (restMs > 1e-9) continue;
      doneMs[who] = nowMs;
      rests.delete(who);
    }
    while (plan.length > 0 && plan[0].atMs <= nowMs) {
      const { who, leaves } = plan.shift()!;
      if (leaves) rests.delete(who);
      else rests.set(who, asks[who].demandMs);
    }
  }
}

describe("processor sharing", () => {
  it("agrees with the plain reckoning, whoever comes, goes and is taken back", () => {
    // Irrational-looking demands, so that no departure coincides with somebody's patience.
    const ask = fc.record({
      gapMs: fc.integer({ min: 0, max: 6 }),
      demandMs: fc.integer({ min: 1, max: 40 }).map((n) => n * 0.377),
      patienceMs: fc.option(fc.integer({ min: 1, max: 25 }).map((n) => n + 0.0123)),
    });
    fc.assert(
      fc.property(
        fc.array(ask, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 3 }),
        (gaps, cores) => {
          let clockMs = 0;
          const asks = gaps.map(({ gapMs, ...rest }) => ({ atMs: (clockMs += gapMs), ...rest }));
          const expected = naive(asks, cores);
          const bench = new Workbench();
          bench.machine({ cores, discipline: "processor-sharing" });
          const ended = (who: number): boolean =>
            bench.log.some((line) => line.startsWith(`${who} `));
          const plan = asks.flatMap(({ atMs, patienceMs }, who) => [
            { who, atMs, leaves: false },
            ...(patienceMs === null ? [] : [{ who, atMs: atMs + patienceMs, leaves: true }]),
          ]);
          const requests = new Map<number, Request>();
          for (const { who, atMs, leaves } of plan.toSorted(
            (a, b) => a.atMs - b.atMs || a.who - b.who,
          )) {
            bench.until(atMs);
            if (!leaves) {
              requests.set(who, bench.ask(String(who), { demand: asks[who].demandMs }));
            } else if (!ended(who)) bench.withdraw(requests.get(who)!);
          }
          bench.until(Infinity);
          for (const [who, doneMs] of expected.doneMs.entries()) {
            const line = bench.log.find((entry) => entry.startsWith(`${who} `))!;
            if (doneMs === null) expect(line).toContain("withdrawn");
            // Rounding: fewer than 100 sums of numbers below 1000, each within 2^-53 of its size.
            else expect(Number(line.split(" ")[2])).toBeCloseTo(doneMs, 9);
          }
          expect(bench.first.busyMs).toBeCloseTo(expected.busyMs, 8);
          expect(bench.requests.live).toBe(0);
        },
      ),
      { numRuns: 150, seed: 23 },
    );
  });

  it("serves equals in the order of their birth, and at once what asks for nothing", () => {
    const bench = new Workbench();
    bench.machine({ discipline: "processor-sharing" });
    bench.ask("a", { demand: 2 });
    bench.until(1);
    bench.ask("b", { demand: 1 });
    bench.ask("c", { demand: 0 });
    bench.until(Infinity);
    expect(bench.log).toEqual(["c done 1", "a done 3", "b done 3"]);
  });
});
