import { describe, expect, it } from "vitest";
import { AssertionError } from "../../src/assert.ts";
import { COMPARISON_COLUMNS, metricColumn } from "../../src/experiment/columns.ts";
import type { ComparisonColumn } from "../../src/experiment/columns.ts";
import { Comparison, compareRuns } from "../../src/experiment/compare.ts";
import type { ComparisonResult, PlannedRun } from "../../src/experiment/compare.ts";
import { summarize } from "../../src/statistics/run-summary.ts";
import type { RunSummary } from "../../src/statistics/run-summary.ts";
import { SETTINGS, change, disruption, record, seconds } from "../statistics/sample-record.ts";

/**
 * A run in which every latency is shifted by `extraMs`, so that variants differ by exactly that.
 */
const summaryOf = (seed: number, extraMs: number, moved: number | null = null): RunSummary =>
  summarize(
    record(
      seconds(30, (second) => ({
        cells: [{ latencies: [20 + 4 * seed + extraMs, 40 + (second % 3) + extraMs] }],
        machines: {
          received: [1, 1, 0, 0, 0],
          hits: [9],
          misses: { remap: [second > 14 ? 3 : 1] },
        },
      })),
      {
        seed,
        fingerprint: `${seed}-${extraMs}`,
        changes:
          moved === null ? [] : [change({ atMs: 15_000, disruption: disruption({ moved }) })],
      },
    ),
    SETTINGS,
    "test",
  );

const planOf = (
  variants: readonly (readonly [string, number])[],
  seeds: readonly number[] = [1, 2, 3, 4],
): PlannedRun[] =>
  seeds.flatMap((seed) =>
    variants.map(([label, extraMs]) => ({
      label,
      seed,
      run: () => summaryOf(seed, extraMs, label === "ring" ? 0.06 : 0.94),
    })),
  );

function finish(plan: readonly PlannedRun[]): ComparisonResult {
  const runs = compareRuns(plan);
  for (;;) {
    const next = runs.next();
    if (next.done === true) return next.value;
  }
}

const cellOf = (result: ComparisonResult, row: number, column: string) =>
  result.rows[row].cells[result.columns.findIndex(({ name }) => name === column)];

describe("columns that only some runs have", () => {
  const columns: readonly ComparisonColumn[] = [
    metricColumn("p50")!,
    { ...metricColumn("sessions-moved")!, optional: true },
  ];
  const compared = (sessions: boolean): ComparisonResult => {
    const comparison = new Comparison([{ label: "a", seed: 1 }], columns);
    const { overall, ...summary } = summaryOf(1, 0);
    const more = sessions ? { "sessions-moved": 7 } : {};
    comparison.add(0, { ...summary, overall: { ...overall, ...more } });
    return comparison.result();
  };

  it("are left out where no run has them", () => {
    expect(compared(false).columns.map(({ name }) => name)).toEqual(["p50"]);
    expect(compared(false).rows[0].cells).toHaveLength(1);
    expect(compared(true).columns.map(({ name }) => name)).toEqual(["p50", "sessions-moved"]);
    expect(cellOf(compared(true), 0, "sessions-moved").mean).toBe(7);
  });
});

it("tells everybody's way where one variant has connections, and nobody's where none has", () => {
  const compared = (connections: boolean): ComparisonResult => {
    const plan = ["with", "without"].map((label) => ({ label, seed: 1 }));
    const comparison = new Comparison(plan);
    for (const index of [0, 1]) {
      const { overall, ...summary } = summaryOf(1, 0);
      const lookups = connections && index === 0 ? { lookups: 3 } : {};
      comparison.add(index, { ...summary, overall: { ...overall, network: 5, ...lookups } });
    }
    return comparison.result();
  };
  expect([0, 1].map((row) => cellOf(compared(true), row, "network").mean)).toEqual([5, 5]);
  expect(compared(false).columns.map(({ name }) => name)).not.toContain("network");
});

describe("columns by place", () => {
  const columnOf = (name: string): ComparisonColumn =>
    COMPARISON_COLUMNS.find((column) => column.name === name)!;

  it("are the hit rates of the first caches that have one, and of those behind", () => {
    const at = (path: string, tier: number, requests: number, hits: number | null) => ({
      path,
      tier,
      place: null,
      strategy: null,
      datacenter: false,
      machines: 1,
      metrics: { requests, "response-hit-rate": hits },
    });
    const balancers = [
      at("www", 0, 400, null),
      at("www/a", 1, 100, 0.2),
      at("www/b", 1, 300, 0.6),
      at("www/a/shield", 2, 80, 0.4),
    ];
    const summary: RunSummary = { ...summaryOf(1, 0), balancers };
    // (100 × 0.2 + 300 × 0.6) / 400.
    expect(columnOf("first-cache-hits").of(summary)).toBeCloseTo(0.5, 12);
    expect(columnOf("next-cache-hits").of(summary)).toBeCloseTo(0.4, 12);
    expect(columnOf("next-cache-hits").of({ ...summary, balancers: [] })).toBeNaN();
  });

  it("are the hits of response caches before, just after and long after the change", () => {
    const [episode] = summaryOf(1, 0, 0.5).episodes;
    const hits = { before: 0.9, justAfter: 0.4, longAfter: 0.8, backAfterMs: null };
    const effects = { ...episode.effects, "response-hit-rate": hits };
    const summary: RunSummary = { ...summaryOf(1, 0), episodes: [{ ...episode, effects }] };
    const around = ["before", "just-after", "long-after"].map((when) =>
      columnOf(`response-hits-${when}`).of(summary),
    );
    expect(around).toEqual([0.9, 0.4, 0.8]);
  });

  it("are the medians of the best and the worst region, where connecting counts", () => {
    const regions = [12, 300, 80].map((p50) => ({ name: `r${p50}`, metrics: { p50 } }));
    const none = { opened: 0, closed: 0, broken: 0, open: 0, holds: true, counts: {}, layers: [] };
    const summary: RunSummary = { ...summaryOf(1, 0), regions, connections: none };
    expect(columnOf("p50-best-region").of(summary)).toBe(12);
    expect(columnOf("p50-worst-region").of(summary)).toBe(300);
    expect(columnOf("p50-best-region").of(summaryOf(1, 0))).toBeNaN();
  });
});

describe("a comparison", () => {
  const result = finish(
    planOf([
      ["mod-n", 5],
      ["ring", 0],
    ]),
  );

  it("has the columns in their order and is plain JSON", () => {
    expect(result.columns.map(({ name }) => name)).toEqual([
      "requests",
      "availability",
      "p50",
      "p99",
      "peak-utilization",
      "imbalance",
      "starvation",
      "miss-rate-before",
      "miss-rate-just-after",
      "miss-rate-long-after",
      "keys-moved",
      "keys-moved-least",
      "users-moved",
    ]);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect(result).toMatchObject({ planned: 8, done: 8, partial: false, level: 0.95 });
    expect(result.change).toEqual({
      atMs: 15_000,
      of: "global/fra",
      what: ["global/fra: fra/3 joined"],
    });
  });

  it("shows what changed, and which is better, pair by pair", () => {
    expect(cellOf(result, 0, "keys-moved")).toMatchObject({ mean: 0.94, difference: null });
    expect(cellOf(result, 1, "keys-moved")).toMatchObject({
      mean: 0.06,
      half: 0,
      best: true,
      difference: { count: 4, mean: -0.88, verdict: "better" },
    });
    expect(cellOf(result, 1, "p99")).toMatchObject({
      best: true,
      difference: { verdict: "better" },
    });
    expect(cellOf(result, 1, "miss-rate-before")).toMatchObject({ mean: 0.1, best: false });
    expect(cellOf(result, 1, "miss-rate-just-after").mean).toBe(0.25);
    expect(cellOf(result, 1, "requests").difference?.verdict).toBe("none shown");
  });

  it("two copies of one variant are equal to the byte", () => {
    const copies = finish(
      planOf([
        ["mod-n", 5],
        ["mod-n again", 5],
      ]),
    );
    expect(copies.rows[1].equalToFirst).toBe(true);
    for (const cell of copies.rows[1].cells) expect(cell.difference?.verdict).toBe("equal");
    expect(copies.rows.some(({ cells }) => cells.some(({ best }) => best))).toBe(false);
    expect(JSON.stringify(copies.rows[1].cells.map(({ mean, half }) => [mean, half]))).toBe(
      JSON.stringify(copies.rows[0].cells.map(({ mean, half }) => [mean, half])),
    );
  });

  it("can be stopped between runs, and keeps what is complete", () => {
    const runs = compareRuns(
      planOf([
        ["mod-n", 5],
        ["ring", 0],
      ]),
    );
    runs.next();
    runs.next();
    const third = runs.next();
    expect(third.done).toBe(false);
    if (third.done === true) return;
    expect(third.value).toMatchObject({ index: 2, label: "mod-n", seed: 2 });
    const soFar = third.value.soFar();
    expect(soFar).toMatchObject({ planned: 8, done: 3, partial: true });
    expect(soFar.rows.map(({ seeds }) => seeds)).toEqual([[1, 2], [1]]);
    // One pair is no interval.
    expect(cellOf(soFar, 1, "p99").difference).toMatchObject({
      count: 1,
      half: null,
      verdict: "unknown",
    });
  });

  it("comes out the same in whatever order runs arrive", () => {
    const plan = planOf([
      ["mod-n", 5],
      ["ring", 0],
    ]);
    const comparison = new Comparison(plan);
    for (let index = plan.length - 1; index >= 0; index--) comparison.add(index, plan[index].run());
    expect(comparison.result()).toEqual(result);
    // As long as the first variant has no run, the others have nothing to be compared with.
    const early = new Comparison(plan);
    early.add(1, plan[1].run());
    expect(early.result().rows.map(({ label, seeds }) => [label, seeds])).toEqual([
      ["mod-n", []],
      ["ring", [1]],
    ]);
    expect(cellOf(early.result(), 1, "p50").difference?.verdict).toBe("unknown");
  });

  it("a run without a change has one miss rate, and nothing after", () => {
    const calm = finish([{ label: "a", seed: 1, run: () => summaryOf(1, 0) }]);
    expect(calm.change).toBeNull();
    expect(cellOf(calm, 0, "miss-rate-before").mean).toBeCloseTo(60 / (60 + 270), 5);
    expect(cellOf(calm, 0, "miss-rate-just-after").mean).toBeNull();
    expect(cellOf(calm, 0, "keys-moved").mean).toBeNull();
  });

  it("takes any other metric as a column", () => {
    const columns = [...COMPARISON_COLUMNS, metricColumn("p99.9")!];
    const runs = compareRuns([{ label: "a", seed: 1, run: () => summaryOf(1, 0) }], columns);
    runs.next();
    const last = runs.next();
    expect(last.done === true && last.value.columns.at(-1)?.name).toBe("p99.9");
    expect(metricColumn("p98")).toBeUndefined();
  });

  it("refuses a plan that runs the same twice, and runs with another seed", () => {
    expect(
      () =>
        new Comparison([
          { label: "a", seed: 1 },
          { label: "a", seed: 1 },
        ]),
    ).toThrow(AssertionError);
    expect(() => new Comparison([{ label: "a", seed: 2 }]).add(0, summaryOf(1, 0))).toThrow(
      AssertionError,
    );
  });
});
