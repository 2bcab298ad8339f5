/**
 * The power of d choices over 1,000 machines against its mean-field limit. Times are in service
 * times (1 ms).
 */
import { describe, expect, it } from "vitest";
import * as theory from "../../src/statistics/theory.ts";
import { sojournBiasTimesMachines, tailsFromEmpty } from "./mean-field.ts";
import type { PowerOfD } from "./mean-field.ts";
import {
  expectTheory,
  meanLatencyMs,
  queuesAtEdges,
  recordsOf,
  sum,
  tallyAfterWarmup,
} from "./theory-runs.ts";
import type { Model } from "./theory-runs.ts";

const MACHINES = 1_000;

interface Case extends PowerOfD {
  readonly warmupMs: number;
  readonly measuredMs: number;
}

const modelOf = ({ d, rho, rush, warmupMs, measuredMs }: Case, windowMs: number): Model => ({
  ratePerMs: MACHINES * rho,
  ...(rush && { rush: { ratePerMs: MACHINES * rush.rho, untilMs: rush.until } }),
  machines: MACHINES,
  strategy: `{ power-of-d: ${d} }`,
  warmupMs,
  measuredMs,
  windowMs,
});

/** The limit's requests a machine at that time, from empty. */
const limitAt = (model: PowerOfD, timeMs: number): number => sum(tailsFromEmpty(model, timeMs));

/**
 * A pool of 1,000 at ρ = 0.99 with two choices forgets its beginning in 140 service times; a rush
 * in the first few fills it to where it belongs at once. How far the limit is then from its end is
 * reckoned, not assumed.
 */
function startBias(one: Case): number {
  const end = one.rho * theory.powerOfDSojourn(one.d, one.rho);
  return Math.abs(limitAt(one, one.warmupMs) / end - 1);
}

describe("d = 2 and 3", () => {
  const short = { levels: 14, warmupMs: 100, measuredMs: 60 };
  const long = { levels: 14, warmupMs: 150, measuredMs: 100 };
  const cases: readonly Case[] = [
    { d: 2, rho: 0.5, ...short, warmupMs: 50 },
    { d: 3, rho: 0.5, ...short, warmupMs: 50 },
    { d: 2, rho: 0.9, ...short },
    { d: 3, rho: 0.9, ...short },
    { d: 2, rho: 0.99, ...long, rush: { rho: 1.5, until: 9 } },
    { d: 3, rho: 0.99, ...long, rush: { rho: 1.5, until: 6 } },
  ];
  for (const one of cases) {
    it(`mean sojourn for d = ${one.d} at ρ = ${one.rho}`, () => {
      const limit = theory.powerOfDSojourn(one.d, one.rho);
      // 1,000 machines are slower than infinitely many by V/n: 0.01 % at 0.5, 0.12 % at 0.9, 0.84 %
      // and 1.2 % at 0.99. The next term is about its square.
      const finite = sojournBiasTimesMachines(one) / MACHINES;
      expect(finite / limit).toBeLessThan(0.013);
      const start = startBias(one);
      expect(start).toBeLessThan(0.005);
      // The rush is the same for all seeds, so that part of the spread which V/n comes from is not
      // yet whole at the warm-up's end: at most V/n is missing.
      const bias = start + (finite / limit) ** 2 + (one.rush === undefined ? 0 : finite / limit);
      const runs = recordsOf(modelOf(one, one.warmupMs + one.measuredMs), 10);
      const means = runs.map((record) => meanLatencyMs(tallyAfterWarmup(record)));
      // All machines together breathe slowly at 0.99 (140 service times), so a run is one sample or
      // two.
      const within = { 0.5: 0.02, 0.9: 0.05, 0.99: 0.15 }[one.rho] ?? 0;
      expectTheory(means, limit + finite, { bias, within });
    });
  }

  it("part of the machines with at least i requests for d = 2 at ρ = 0.9", () => {
    const model = modelOf({ d: 2, rho: 0.9, ...short, measuredMs: 25 }, 125);
    const ends = recordsOf(model, 12).map((record) => queuesAtEdges(record).at(-1)!.queues);
    for (let i = 1; i <= 4; i++) {
      const parts = ends.map((queues) => queues.filter((n) => n >= i).length / MACHINES);
      // Tails of 0.9, 0.73, 0.48, 0.21, so V/n is a percent of the last at most.
      const within = [0, 0.02, 0.06, 0.12, 0.3][i];
      expectTheory(parts, theory.powerOfDTail(2, 0.9, i), { bias: 0.01, within });
    }
  });
});

/**
 * Requests at each machine of each run, averaged over the slices' edges from the warm-up's end on.
 */
const queuesOf = (model: Model, seeds: number): { means: number[]; edgesMs: number[] } => {
  const edges = recordsOf(model, seeds).map((record) =>
    queuesAtEdges(record).filter(({ endMs }) => endMs >= model.warmupMs),
  );
  const means = edges.flatMap((run) =>
    Array.from({ length: MACHINES }, (_, machine) => {
      return run.reduce((total, { queues }) => total + queues[machine], 0) / run.length;
    }),
  );
  return { means, edgesMs: edges[0].map(({ endMs }) => endMs) };
};

/**
 * One choice makes 1,000 queues that know nothing of each other: the machines themselves are the
 * independent sample, and the limit is exact for any number of them.
 */
describe("d = 1", () => {
  for (const one of [
    { d: 1, rho: 0.5, levels: 40, warmupMs: 100, measuredMs: 100 },
    // 24 % too full at 50 by the rush, 0.1 % too empty at 400, where it would else be 5 %.
    {
      d: 1,
      rho: 0.9,
      levels: 200,
      warmupMs: 400,
      measuredMs: 400,
      rush: { rho: 1.5, until: 22 },
    },
  ]) {
    it(`mean number there at ρ = ${one.rho} is that of M/M/1`, () => {
      const { means, edgesMs } = queuesOf(modelOf(one, 50), 2);
      const end = one.rho * theory.powerOfDSojourn(1, one.rho);
      const starts = edgesMs.map((timeMs) => limitAt(one, timeMs) / end - 1);
      const bias = Math.abs(starts.reduce((total, value) => total + value, 0) / starts.length);
      expect(bias).toBeLessThan(0.01);
      expectTheory(means, end, { bias, within: 0.08 });
    });
  }

  it("at ρ = 0.99 the queues fill from empty as theory says at every time", () => {
    // They forget their beginning in 40,000 service times: 4·10⁷ requests before the mean of 100
    // could be seen. The way there is known as exactly, and passes through the same code.
    const one = { d: 1, rho: 0.99, levels: 250, warmupMs: 400, measuredMs: 1 };
    const runs = recordsOf(modelOf(one, 100), 2).map(queuesAtEdges);
    for (const edge of [0, 1, 3]) {
      const limit = tailsFromEmpty(one, runs[0][edge].endMs);
      const queues = runs.flatMap((run) => Array.from(run[edge].queues));
      // Spread about 3/4 of the mean, 2,000 machines: 1.7 %, times 3.3.
      expectTheory(queues, sum(limit), { within: 0.07 });
      for (const [i, within] of [
        [1, 0.02],
        [10, 0.1],
      ] as const) {
        const there = queues.map((n) => (n >= i ? 1 : 0));
        expectTheory(there, limit[i - 1], { within });
      }
    }
  });
});
