import { EFFECT_METRICS } from "../../src/statistics/change-effects.ts";
import { describe, expect, it } from "vitest";
import { AssertionError } from "../../src/assert.ts";
import { metrics } from "../../src/statistics/metrics/registry.ts";
import { tidy, tidyMs } from "../../src/statistics/rounding.ts";
import { SUMMARY_FORMAT, summarize } from "../../src/statistics/run-summary.ts";
import { SERIES_COLUMNS, seriesRows } from "../../src/statistics/series.ts";
import { SETTINGS, change, disruption, notice, record, seconds } from "./sample-record.ts";

const run = () =>
  record(
    seconds(30, (second) => ({
      born: [3, 0, 0, 0],
      cells: [
        { latencies: [10, 20 + second / 3] },
        { region: 1, class: 1, balancer: 2, latencies: [30] },
      ],
      machines: {
        received: [1, 1, 0, 1, 0],
        busyMs: [100, 100, 0, 100, 0],
        hits: [1],
        completed: [1],
      },
    })),
    {
      changes: [change({ atMs: 15_000.123_456_7, disruption: disruption() })],
      notices: [notice({ atMs: 15_000 })],
    },
  );

describe("rounding", () => {
  it("keeps six digits of a measure and all of a count", () => {
    expect(tidy(0.123_456_789)).toBe(0.123_457);
    expect(tidy(12_345_678)).toBe(12_345_678);
    expect(tidy(1_234_567.89)).toBe(1_234_570);
    expect(Object.is(tidy(-0), 0)).toBe(true);
    expect([tidy(NaN), tidy(Infinity), tidyMs(NaN)]).toEqual([null, null, null]);
    expect(tidyMs(15_000.123_456)).toBe(15_000.123);
  });
});

describe("the summary of a run", () => {
  const summary = summarize(run(), SETTINGS, "1.2.3");

  it("is plain JSON, the same bytes each time", () => {
    const text = JSON.stringify(summary);
    expect(JSON.parse(text)).toEqual(summary);
    expect(JSON.stringify(summarize(run(), SETTINGS, "1.2.3"))).toBe(text);
  });

  it("has all metrics of everything, each region, class, balancer, in order", () => {
    const names = metrics.flatMap(({ name, needs }) => (needs === undefined ? [name] : []));
    expect(Object.keys(summary.overall)).toEqual(names);
    expect(summary.regions.map(({ name }) => name)).toEqual(["europe", "brazil"]);
    expect(summary.classes.map(({ name }) => name)).toEqual(["browse", "buy"]);
    expect(
      summary.balancers.map(({ path, datacenter, machines }) => [path, datacenter, machines]),
    ).toEqual([
      ["global", false, 5],
      ["global/fra", true, 3],
      ["global/gru", true, 2],
    ]);
    expect(summary.machines.map(({ path }) => path)[4]).toBe("global/gru/2");
    expect(summary.overall["requests"]).toBe(90);
    expect(summary.regions[1].metrics["requests"]).toBe(30);
    expect(summary.balancers[1].metrics["requests"]).toBe(60);
    // Per second for people.
    expect(summary.overall["rate"]).toBe(3);
    expect(summary.machines[0].metrics).toMatchObject({ requests: 30, utilization: 0.05 });
  });

  it("leaves the warm-up out", () => {
    const late = summarize(run(), { ...SETTINGS, warmupMs: 10_000 }, "1.2.3");
    expect(late.overall["requests"]).toBe(60);
    expect(late.conservation.born).toBe(90);
    // A run that ends before its warm-up has no figures, and says so without falling over.
    const never = summarize(run(), { ...SETTINGS, warmupMs: 99_000 }, "1.2.3");
    expect(never.overall["p99"]).toBeNull();
  });

  it("tells the change and the fault", () => {
    expect(summary.format).toBe(SUMMARY_FORMAT);
    const [episode] = summary.episodes;
    expect(episode).toMatchObject({
      startMs: 15_000.123,
      of: "global/fra",
      keysMoved: 0.25,
      keysMovedLeast: 0.25,
    });
    expect(episode.changes[0].disruption).toMatchObject({ keys: 10_000, excess: 0.01 });
    expect(Object.keys(episode.effects)).toEqual(
      // There is no cache of responses.
      EFFECT_METRICS.filter((name) => name !== "response-hit-rate"),
    );
    expect(episode.effects["miss-rate"].before).toBe(0);
    expect(summary.failovers[0]).toMatchObject({
      atMs: 15_000,
      what: "failed",
      nodes: ["global/fra/1"],
      lastedMs: null,
      detectionMs: null,
      errorRateBackMs: 0,
    });
  });

  it("refuses a run in which requests got lost", () => {
    expect(() => summarize({ ...run(), bornTotal: 91 }, SETTINGS, "1")).toThrow(AssertionError);
    expect(
      summarize({ ...run(), bornTotal: 91, inFlightAtEnd: 1 }, SETTINGS, "1").conservation,
    ).toMatchObject({ born: 91, inFlight: 1, holds: true });
  });
});

describe("the series", () => {
  it("has one row a window and node, as wide as its columns", () => {
    const rows = [...seriesRows(run(), SETTINGS)];
    // All, 2 regions, 3 balancers, 5 machines.
    expect(rows.length).toBe(30 * 11);
    for (const row of rows) expect(row.length).toBe(SERIES_COLUMNS.length);
    expect(rows[0].slice(0, 5)).toEqual([0, 1000, "all", 3, 3]);
    const machine = rows[6];
    expect(machine[2]).toBe("global/fra/1");
    expect(machine[SERIES_COLUMNS.indexOf("utilization")]).toBe(0.05);
    expect(machine[SERIES_COLUMNS.indexOf("p99")]).toBeNull();
  });

  it("leaves machines out on request, and before they join", () => {
    expect([...seriesRows(run(), { ...SETTINGS, machines: false })].length).toBe(30 * 6);
    const late = run();
    const nodes = late.nodes.map((node) => (node.id === 5 ? { ...node, joinedMs: 10_000 } : node));
    expect([...seriesRows({ ...late, nodes }, SETTINGS)].length).toBe(30 * 11 - 10);
  });
});
