/** A change of weight counts from when it happened. */
import { describe, expect, it } from "vitest";
import { simulate } from "../../src/simulator/run.ts";
import { metricNamed } from "../../src/statistics/metrics/registry.ts";
import type { RunRecord } from "../../src/statistics/run-record.ts";
import { EVERYTHING } from "../../src/statistics/selection.ts";
import { tallyOf } from "../../src/statistics/tally.ts";
import { SETTINGS } from "../statistics/sample-record.ts";
import { balancer, client, everyMs, machines, scenario, strategy } from "./scenario-builder.ts";

const figure = (record: RunRecord, name: string): number =>
  metricNamed(name)!.of(tallyOf(record, EVERYTHING, 0, record.endMs), SETTINGS);

describe("a weight that changes late in a run", () => {
  const record = simulate(
    scenario({
      durationMs: 20_000,
      windowMs: 1000,
      clients: [client("people", { arrivals: everyMs(2) })],
      root: balancer("lb", { strategy: strategy("weighted-round-robin") }, [machines(3)]),
      events: [{ kind: "weight", atMs: 19_900, nodes: ["lb/1"], weight: 100 }],
    }),
  );

  it("leaves even what was even before", () => {
    // 3317 requests each, then 50 at 100 : 1 : 1, of which whole ones stray by some from their
    // shares of 49, 0.5 and 0.5: 1 in 3317, we allow 3.
    expect(figure(record, "imbalance")).toBeGreaterThan(1 - 1e-12);
    expect(figure(record, "imbalance")).toBeLessThan(1 + 3 / 3317);
    expect(figure(record, "imbalance-cv")).toBeLessThan(3 / 3317);
    expect(figure(record, "jain")).toBeCloseTo(1, 5);
    expect(figure(record, "starvation")).toBe(0);
  });

  it("is counted by the core ms in which it held", () => {
    let weightedMs = 0;
    for (const slice of record.slices) weightedMs += slice.machines.weightedMs[0];
    expect(weightedMs).toBeCloseTo(19_900 + 100 * 100, 6);
  });
});
