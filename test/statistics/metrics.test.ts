import { describe, expect, it } from "vitest";
import { metricNamed, metrics } from "../../src/statistics/metrics/registry.ts";
import type { MetricSettings } from "../../src/statistics/metrics/registry.ts";
import { MISSES, PARTS } from "../../src/statistics/run-record.ts";
import type { RunRecord } from "../../src/statistics/run-record.ts";
import { selectionOf } from "../../src/statistics/selection.ts";
import { spanOf, tallyIn, tallyOf } from "../../src/statistics/tally.ts";
import { NODES, SETTINGS, change, disruption, record, seconds, slice } from "./sample-record.ts";

const figure = (
  run: RunRecord,
  name: string,
  of: string | null = null,
  settings: MetricSettings = SETTINGS,
): number => metricNamed(name)!.of(tallyOf(run, selectionOf(run, of)!, 0, run.endMs), settings);

describe("the registry", () => {
  it("has names as a scenario writes them, each once, and says what each is", () => {
    const names = metrics.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const metric of metrics) {
      expect(metric.name).toMatch(/^[a-z0-9]+([-.][a-z0-9]+)*$/);
      expect(metric.summary.length).toBeGreaterThan(10);
      expect(metric.formula.length).toBeGreaterThan(4);
    }
    expect(metricNamed("p98")).toBeUndefined();
  });
});

describe("outcomes and latency", () => {
  // Two seconds, 10 requests: 5 completed, 1 rejected, 2 timed out, 1 failed, 1 unroutable.
  const run = record(
    [
      slice({
        startMs: 0,
        endMs: 2000,
        born: [12, 0, 0, 0],
        cells: [
          {
            latencies: [10, 20, 30, 40, 100],
            outcomes: { rejected: 1, "timed-out": 2, failed: 1 },
            parts: { network: 50, wait: 25, service: 100, miss: 25 },
            waitedLong: 1,
            moved: 2,
            spilled: 3,
          },
          { balancer: -1, outcomes: { unroutable: 1 } },
        ],
        machines: { received: [6, 3], waitMs: [30, 0], started: [6, 3], lost: [1], completed: [4] },
      }),
    ],
    { bornTotal: 12, inFlightAtEnd: 2 },
  );

  it("counts and shares", () => {
    expect(figure(run, "requests")).toBe(10);
    expect(figure(run, "born")).toBe(12);
    expect(figure(run, "rate")).toBe(10 / 2000);
    expect(figure(run, "availability")).toBe(0.5);
    expect(figure(run, "error-rate")).toBe(0.5);
    expect(figure(run, "rejected")).toBe(0.1);
    expect(figure(run, "timed-out")).toBe(0.2);
    expect(figure(run, "failed")).toBe(0.1);
    expect(figure(run, "unroutable")).toBe(0.1);
    expect(figure(run, "availability", "fra")).toBe(5 / 9);
  });

  it("latency and its parts, which sum to the mean", () => {
    expect(figure(run, "mean")).toBe(40);
    expect(figure(run, "max")).toBe(100);
    expect(figure(run, "wait")).toBe(5);
    expect(PARTS.reduce((sum, part) => sum + figure(run, part), 0)).toBe(40);
    // The histogram's promise is 1/128.
    expect(Math.abs(figure(run, "p50") - 30) / 30).toBeLessThan(1 / 128);
    expect(figure(run, "p99.9")).toBeLessThanOrEqual(100);
    expect(figure(run, "request-starvation")).toBe(0.2);
  });

  it("a machine has the figures of its own columns", () => {
    expect(figure(run, "requests", "fra/1".replace("fra", "global/fra"))).toBe(6);
    expect(figure(run, "rate", "global/fra/2")).toBe(3 / 2000);
    expect(figure(run, "wait", "global/fra/1")).toBe(5);
    expect(figure(run, "wait", "global/fra/3")).toBeNaN();
    expect(figure(run, "availability", "global/fra/1")).toBe(0.8);
  });

  it("no part is below zero, whatever rounding left of it", () => {
    const rounded = record(
      seconds(1, () => ({ cells: [{ latencies: [10], parts: { miss: -1e-13 } }] })),
    );
    expect(figure(rounded, "miss")).toBe(0);
  });

  it("moves and spills are parts of the answers", () => {
    expect(figure(run, "users-moved")).toBe(0.4);
    expect(figure({ ...run, tellsUsers: false }, "users-moved")).toBeNaN();
    expect(figure(run, "spillover")).toBe(0.6);
    // A drained datacenter is no one's nearest: its users are at home in the next.
    expect(metricNamed("spillover")?.summary).toContain("of the root's targets still there");
  });
});

describe("machines", () => {
  it("utilization keeps in-service time, the wall clock all of it", () => {
    // Of 2 cores × 1000 ms: the first busy 1000 of 2000, the second 500 of the 1000 core ms in
    // which it was up.
    const run = record([
      slice({
        startMs: 0,
        endMs: 1000,
        machines: { busyMs: [1000, 500], inServiceMs: [2000, 1000, 0, 0, 0] },
      }),
    ]);
    expect(figure(run, "utilization")).toBe(0.5);
    expect(figure(run, "utilization-wall", "fra")).toBe(1500 / 6000);
    expect(figure(run, "utilization", "global/fra/2")).toBe(0.5);
    expect(figure(run, "utilization-wall", "global/fra/2")).toBe(0.25);
    expect(figure(run, "utilization", "global/gru/1")).toBeNaN();
    expect(figure(run, "peak-utilization")).toBe(0.5);
  });

  it("a machine's wall clock starts when it joins", () => {
    const nodes = NODES.map((node) => (node.id === 5 ? { ...node, joinedMs: 750 } : node));
    const run = record([slice({ startMs: 0, endMs: 1000, machines: { busyMs: [0, 0, 250] } })], {
      nodes,
    });
    expect(figure(run, "utilization-wall", "global/fra/3")).toBe(250 / (2 * 250));
  });

  it("imbalance compares by weight", () => {
    const run = record([
      slice({ startMs: 0, endMs: 1000, machines: { received: [40, 20, 30] }, weights: [2] }),
    ]);
    // By weight: 20, 20, 30. Mean 70/3, so 9/7; Jain 70² / (3 × 1700).
    expect(figure(run, "imbalance", "fra")).toBeCloseTo(9 / 7, 12);
    expect(figure(run, "jain", "fra")).toBeCloseTo(4900 / 5100, 12);
    expect(figure(run, "imbalance-cv", "fra")).toBeCloseTo(Math.sqrt(5100 / 4900 - 1), 12);
  });

  it("imbalance is of each selection's own machines, though they share a span", () => {
    const run = record([
      slice({ startMs: 0, endMs: 1000, machines: { received: [40, 20, 30, 10, 10] } }),
    ]);
    const span = spanOf(run, 0, run.endMs);
    const of = (name: string | null): number =>
      metricNamed("imbalance")!.of(tallyIn(span, selectionOf(run, name)!), SETTINGS);
    expect(of("region:europe")).toBeNaN();
    expect([of("fra"), of("gru")]).toEqual([4 / 3, 1]);
    expect(of(null)).toBeCloseTo(40 / 22, 12);
  });

  it("compares by the weight of the time, whatever became of it later", () => {
    // All evenly for 199 s, then 100 : 1 : 1 for a second: each got exactly its share.
    const run = record([
      slice({ startMs: 0, endMs: 199_000, machines: { received: [9000, 9000, 9000] } }),
      slice({
        startMs: 199_000,
        endMs: 200_000,
        machines: { received: [100, 1, 1] },
        weights: [100],
      }),
    ]);
    expect(figure(run, "imbalance", "fra")).toBeCloseTo(1, 12);
    expect(figure(run, "imbalance-cv", "fra")).toBeCloseTo(0, 12);
    expect(figure(run, "jain", "fra")).toBeCloseTo(1, 12);
    expect(figure(run, "starvation", "fra")).toBe(0);
  });

  it("a machine that was there for half the time is even with half the requests", () => {
    const run = record([
      slice({
        startMs: 0,
        endMs: 1000,
        machines: { received: [20, 20, 10], inServiceMs: [2000, 2000, 1000, 0, 0] },
      }),
    ]);
    expect(figure(run, "imbalance")).toBeCloseTo(1, 12);
    expect(figure(run, "jain")).toBeCloseTo(1, 12);
    expect(figure(run, "imbalance-cv")).toBeCloseTo(0, 12);
  });

  it("imbalance is of the machines that were there long enough, mean and greatest alike", () => {
    // The third was in service for a twentieth and got ten times its share: chance, left out.
    const run = record([
      slice({
        startMs: 0,
        endMs: 1000,
        machines: { received: [30, 20, 12], inServiceMs: [2000, 2000, 100, 0, 0] },
      }),
    ]);
    // The mean of the two that count is 25; with the third it would be above the greatest of them.
    expect(figure(run, "imbalance")).toBeCloseTo(30 / 25, 12);
  });
});

describe("starvation of machines", () => {
  it("is the part of the windows with less than α of the fair share", () => {
    // fra gets 90 a second, 30 each would be fair. Its third machine gets 10 in half of the
    // seconds.
    const run = record(
      seconds(10, (index) => ({
        machines: { received: index % 2 === 0 ? [40, 40, 10] : [30, 30, 30] },
      })),
    );
    expect(figure(run, "starvation", "global/fra/3")).toBe(0.5);
    expect(figure(run, "starvation", "global/fra/1")).toBe(0);
    expect(figure(run, "starvation", "fra")).toBeCloseTo(0.5 / 3, 12);
    // gru had no arrivals at all: nothing to judge, and no part of the mean.
    expect(figure(run, "starvation", "gru")).toBeNaN();
    expect(figure(run, "starvation")).toBeCloseTo(0.5 / 3, 12);
  });

  it("widens windows until the fair share is large enough", () => {
    // Fair are 5 a second, so windows are 4 s wide; in each the third machine gets 2 of 20.
    const run = record(
      seconds(10, (index) => ({ machines: { received: [6, 7, index % 2 === 0 ? 1 : 3] } })),
    );
    // 4 s: fair 20 or more, got 8 (2 a second): below half of it. The last 2 s stay unjudged.
    expect(figure(run, "starvation", "global/fra/3")).toBe(1);
    const narrow = { ...SETTINGS, starvation: { ...SETTINGS.starvation, fairRequests: 1 } };
    // Second by second: 1 of 14/3 starves, 3 of 16/3 does not.
    expect(figure(run, "starvation", "global/fra/3", narrow)).toBe(0.5);
  });

  it("asks for nothing while a machine is out of service, else for its weight's share", () => {
    const run = record(
      seconds(4, (index) => ({
        machines: {
          // Fair: 4 : 1 : 1 of 240 = 160, 40, 40; while the third is out: 192 and 48.
          received: index < 2 ? [160, 40, 40] : [200, 40, 0],
          inServiceMs: index < 2 ? [2000, 2000, 2000] : [2000, 2000, 0],
        },
        weights: [4],
      })),
    );
    for (const machine of [1, 2, 3]) {
      expect(figure(run, "starvation", `global/fra/${machine}`)).toBe(0);
    }
  });
});

describe("caches", () => {
  const misses = Object.fromEntries(MISSES.map((kind, index) => [kind, [index + 1]]));
  const run = record([slice({ startMs: 0, endMs: 1000, machines: { hits: [79], misses } })]);

  it("misses by class sum to the miss rate", () => {
    expect(figure(run, "hit-rate")).toBe(0.79);
    expect(figure(run, "miss-rate")).toBe(0.21);
    expect(figure(run, "remap-misses")).toBe(0.03);
    const sum = MISSES.reduce((total, kind) => total + figure(run, `${kind}-misses`), 0);
    expect(sum).toBeCloseTo(0.21, 12);
    expect(figure(run, "miss-rate", "global/fra/1")).toBe(0.21);
  });

  it("a machine without a cache has no rate", () => {
    expect(figure(run, "miss-rate", "gru")).toBeNaN();
  });
});

describe("placement", () => {
  it("keys moved are the mean over the changes that place keys", () => {
    const run = record(
      seconds(10, () => ({})),
      {
        changes: [
          change({ disruption: disruption({ moved: 0.9, leastByWeight: 0.2 }) }),
          change({ disruption: null }),
          change({ balancer: 2, disruption: disruption({ moved: 0.3, leastByWeight: 0.3 }) }),
        ],
      },
    );
    expect(figure(run, "keys-moved")).toBeCloseTo(0.6, 12);
    expect(figure(run, "keys-moved-least")).toBeCloseTo(0.25, 12);
    expect(figure(run, "keys-moved", "gru")).toBe(0.3);
    expect(figure(run, "keys-moved", "region:europe")).toBeNaN();
  });

  it("spillover is unavoidable beyond the capacity of the preferred target", () => {
    // Both regions prefer gru: 1000 requests of 8 core ms (the run's mean) against 2 × 2000 core
    // ms: ρ = 2, so half.
    const run = record([
      slice({
        startMs: 0,
        endMs: 1000,
        born: [600, 0, 400, 0],
        machines: { busyMs: [8000], started: [1000] },
      }),
    ]);
    const both = { ...SETTINGS, preferred: [2, 2] };
    expect(figure(run, "spillover-unavoidable", null, both)).toBe(0.5);
    expect(figure(run, "spillover-unavoidable", "region:brazil", both)).toBe(0.5);
    expect(figure(run, "spillover-unavoidable")).toBeNaN();
    // Europe prefers fra: 600 × 8 / 6000 and 400 × 8 / 4000 are both 0.8, and nothing has to spill.
    const own = { ...SETTINGS, preferred: [1, 2] };
    expect(figure(run, "spillover-unavoidable", null, own)).toBe(0);
  });
});
