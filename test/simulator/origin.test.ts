/** The origin behind the caches: what a miss waits for, and what becomes of it there. */
import { describe, expect, it } from "vitest";
import { simulate } from "../../src/simulator/run.ts";
import { mmcWaitMs } from "../../src/statistics/theory/many-servers.ts";
import { metricNamed } from "../../src/statistics/metrics/registry.ts";
import { EVERYTHING } from "../../src/statistics/selection.ts";
import { tallyOf } from "../../src/statistics/tally.ts";
import type { RunRecord } from "../../src/statistics/run-record.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import {
  balancer,
  client,
  constant,
  exponential,
  lru,
  machines,
  objects,
  poisson,
  recorded,
  replay,
  requestClass,
  scenario,
  uniformPopularity,
} from "./scenario-builder.ts";

const STARVATION = { share: 0.5, windowMs: 1000, fairRequests: 20, waitMs: 1000 };
const figure = (record: RunRecord, name: string): number => {
  const tally = tallyOf(record, EVERYTHING, 0, record.endMs);
  return metricNamed(name)!.of(tally, { starvation: STARVATION });
};

interface Small {
  readonly holds?: "core" | "nothing";
  readonly cores?: number;
  readonly queueLimit?: number | null;
  readonly discipline?: "fifo" | "processor-sharing";
  readonly place?: number | null;
  readonly events?: Parameters<typeof scenario>[0]["events"];
  readonly timeoutMs?: number | null;
}

/**
 * One machine of one core that takes 1 ms, one origin that takes 10 ms a miss, ten ms away if at
 * all.
 */
const small = (given: Small = {}): Scenario =>
  scenario({
    durationMs: 1000,
    roundTripMs: [
      [0, 20],
      [20, 0],
    ],
    clients: [client("people", { arrivals: replay })],
    classes: [
      requestClass({
        objects: objects(100, uniformPopularity),
        onMiss: constant(10),
        missHolds: given.holds ?? "nothing",
        timeoutMs: given.timeoutMs ?? null,
      }),
    ],
    root: balancer("lb", { place: 0 }, [
      machines(1, {
        place: 0,
        cache: lru(50),
        warm: false,
        discipline: given.discipline ?? "fifo",
      }),
    ]),
    origin: {
      place: given.place ?? null,
      cores: given.cores ?? 1,
      queueLimit: given.queueLimit ?? null,
    },
    events: given.events ?? [],
  });

/** Requests for different objects at these times. */
const asked = (...timesMs: readonly number[]) =>
  recorded(timesMs.map((timeMs, object) => [timeMs, object] as const));

/** Mean latency, of what was completed. */
const meanMs = (record: RunRecord): number => figure(record, "mean");
const outcomes = (record: RunRecord): readonly number[] => record.outcomesTotal;

describe("a miss with an origin behind it", () => {
  it("waits for the origin's core, without one of its own", () => {
    // Fetches are done at 10 and 20, answers after 1 ms more.
    const record = simulate(small(), asked(0, 0));
    expect(meanMs(record)).toBe((11 + 21) / 2);
    expect(figure(record, "origin-wait")).toBe(5);
    // Two fetches of 10 ms within a second; the machine itself was busy for 2.
    expect(figure(record, "origin-utilization")).toBeCloseTo(0.02, 12);
    expect(figure(record, "utilization")).toBeCloseTo(0.002, 12);
    expect(figure(record, "origin-rate")).toBeCloseTo(2 / 1000, 12);
  });

  it("holds its core meanwhile where the class says so", () => {
    // The second one is looked up only when the first has left its core, at 11.
    const record = simulate(small({ holds: "core" }), asked(0, 0));
    expect(meanMs(record)).toBe((11 + 22) / 2);
    expect(figure(record, "utilization")).toBeCloseTo(0.022, 12);
    expect(figure(record, "origin-wait")).toBe(0);
  });

  it("waits without a share of a processor that is shared", () => {
    const record = simulate(small({ holds: "core", discipline: "processor-sharing" }), asked(0, 0));
    expect(meanMs(record)).toBe((11 + 21) / 2);
    expect(figure(record, "utilization")).toBeCloseTo(0.002, 12);
  });

  it("travels there and back", () => {
    const record = simulate(small({ place: 1 }), asked(0));
    expect(meanMs(record)).toBe(10 + 10 + 10 + 1);
  });

  it("is told apart in the latency: all of it is the miss's part", () => {
    for (const holds of ["core", "nothing"] as const) {
      const record = simulate(small({ holds }), asked(0));
      const [cell] = record.slices.flatMap(({ cells }) => cells);
      const [wait, service, miss] = [4, 5, 6].map((part) => cell.parts[part]);
      expect([wait, service, miss]).toEqual([0, 1, 10]);
    }
  });

  it("fails where the origin's queue is full, and the core goes on with the next", () => {
    for (const holds of ["core", "nothing"] as const) {
      const record = simulate(small({ holds, queueLimit: 0 }), asked(0, 5, 12));
      // Without a core the second comes while the first is fetched; with one it waits for the core.
      const [completed, , , failed] = outcomes(record);
      expect([completed, failed]).toEqual(holds === "core" ? [3, 0] : [2, 1]);
      expect(figure(record, "origin-refused")).toBe(holds === "core" ? 0 : 1 / 3);
    }
    const held = small({ holds: "core", queueLimit: 0 });
    const two = {
      ...held,
      root: balancer("lb", { place: 0 }, [
        machines(1, { place: 0, cache: lru(50), warm: false, cores: 2 }),
      ]),
    };
    expect(outcomes(simulate(two, asked(0, 0, 0))).slice(0, 4)).toEqual([1, 0, 0, 2]);
  });

  it("fails at once over a link that is cut, and when its answer meets a cut", () => {
    const cut = { kind: "cut", between: [0, 1], atMs: 5, forMs: 100 } as const;
    // Sent at 0, back at 30: cut by then. Sent at 50: cut. Sent at 200: mended.
    const record = simulate(small({ place: 1, events: [cut] }), asked(0, 50, 200));
    expect(outcomes(record).slice(0, 4)).toEqual([1, 0, 0, 2]);
  });

  it("is done by the origin though nobody waits for it any more", () => {
    const fail = { kind: "fail", nodes: ["lb/1"], atMs: 2, manner: "crash" } as const;
    for (const given of [{ events: [fail] }, { timeoutMs: 3 }]) {
      const record = simulate(small({ ...given, holds: "core" }), asked(0));
      expect(outcomes(record)[0]).toBe(0);
      expect(figure(record, "origin-utilization")).toBeCloseTo(0.01, 12);
    }
  });

  it("lets probes wait that take their turn, as long as the origin lets it wait", () => {
    // Cores held by misses are no dead ones: 40 ms of patience cover a fetch and what is queued.
    const watched = (patienceMs: number): RunRecord => {
      const plain = small({ holds: "core" });
      const health = { intervalMs: 50, timeoutMs: patienceMs, rise: 1, fall: 1, asks: "queue" };
      const root = balancer("lb", { place: 0, health: { ...health, asks: "queue" } }, [
        machines(1, { place: 0, cache: lru(50), warm: false }),
      ]);
      const times = Array.from({ length: 50 }, (_, i) => 20 * i);
      return simulate({ ...plain, root }, asked(...times));
    };
    const downs = (record: RunRecord) =>
      record.notices.filter(({ what }) => what === "believed-down").length;
    expect(downs(watched(40))).toBe(0);
    expect(downs(watched(1))).toBeGreaterThan(0);
  });

  it("queues as M/M/c says", () => {
    // 0.04 misses a ms (every request is one: a million objects, a cache of one) on 5 cores of 100
    // ms: load 0.8, 120,000 fetches. Waits of M/M/5 are correlated over about 1/(1 − ρ)² = 25
    // services, so their mean has an error of some σ √(25 / 120,000) with σ about 1.5 means: 2.2 %;
    // we allow 4.
    const crowd = scenario({
      requestLimit: 120_000,
      clients: [client("people", { arrivals: poisson(0.04) })],
      classes: [
        requestClass({
          objects: objects(1_000_000, uniformPopularity),
          demand: constant(0),
          onMiss: exponential(100),
        }),
      ],
      root: balancer("lb", {}, [machines(1, { cache: lru(1), warm: false })]),
      origin: { place: null, cores: 5, queueLimit: null },
      windowMs: 1e5,
    });
    const wait = figure(simulate(crowd), "origin-wait");
    const theory = mmcWaitMs(100, 5, 0.8);
    expect(Math.abs(wait / theory - 1)).toBeLessThan(0.09);
  });
});
