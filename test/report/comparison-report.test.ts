import { describe, expect, it } from "vitest";
import { CHAIN_COLUMNS, metricColumn } from "../../src/experiment/columns.ts";
import type { ComparisonCell, ComparisonResult } from "../../src/experiment/compare.ts";
import { comparisonReport } from "../../src/report/comparison-report.ts";
import type { Table } from "../../src/report/report-model.ts";
import { layoutTable } from "../../src/report/table-layout.ts";
import { PAIRS_LEAST } from "../../src/statistics/across-runs.ts";
import type { Verdict } from "../../src/statistics/across-runs.ts";

type Said = readonly [mean: number, half: number, verdict: Verdict];

const cell = (mean: number, difference: Said | null, count: number): ComparisonCell => ({
  count,
  mean,
  half: 0,
  best: false,
  difference:
    difference === null
      ? null
      : { count, mean: difference[0], half: difference[1], verdict: difference[2] },
});

/** Two variants; how the second differs in requests, imbalance and p99. */
function reportOf(
  differences: readonly [Said, Said, Said],
  count = 5,
  more: Partial<ComparisonResult> = {},
) {
  const seeds = Array.from({ length: count }, (_, i) => i + 1);
  const row = (label: string, cells: readonly ComparisonCell[]) => ({
    label,
    seeds,
    fingerprints: seeds.map(String),
    equalToFirst: false,
    cells,
  });
  const result: ComparisonResult = {
    columns: [
      { name: "requests", head: "requests", unit: "count", better: null },
      { name: "imbalance", head: "imbalance", unit: "ratio", better: "lower" },
      { name: "p99", head: "p99", unit: "ms", better: "lower" },
      { name: "keys-moved-least", head: "least possible", unit: "share", better: null },
    ],
    level: 0.95,
    planned: 2 * count,
    done: 2 * count,
    partial: false,
    change: { atMs: 5000, of: "global", what: ["global: fra believed down"] },
    chainColumns: [],
    chains: [],
    rows: [
      row("a", [...differences.map(() => cell(1, null, count)), cell(0.1, null, count)]),
      row("b", [
        ...differences.map((said) => cell(1, said, count)),
        cell(0.1, [0, 0, "none shown"], count),
      ]),
    ],
    ...more,
  };
  const words = { name: "n", question: "", expectation: "", version: "0" };
  return comparisonReport({ ...words, result, seeds: "", fingerprint: "", command: "" });
}

it("marks no difference that rounds to nothing, and leaves the traffic's own count out", () => {
  const { tables } = reportOf([
    [3, 1, "higher"],
    [-0.0001, 0.00001, "better"],
    [12, 1, "worse"],
  ]);
  expect(tables[1].rows.map(({ cells }) => cells)).toEqual([
    ["imbalance", "negligible"],
    ["p99, ms", "+12.00 ± 1.00 ✗"],
  ]);
});

it("says what a change was, what least means, and when there is no verdict", () => {
  const unknown: Said = [12, 30, "unknown"];
  const { tables } = reportOf([unknown, unknown, unknown], PAIRS_LEAST - 1);
  expect(tables[0].notes).toEqual([
    "* best of its column",
    "Before and after: the change at 5 s (global: fra believed down).",
    "Least possible: for even shares; a small layout may happen to move less.",
  ]);
  expect(tables[1].notes).toContain(
    "No verdict from fewer than 3 seeds: ask for more with --seeds 1..10.",
  );
  for (const { cells } of tables[1].rows) expect(cells[1]).not.toMatch(/[✓✗]/);
});

const SAME: Said = [0, 0, "equal"];
const unitsOf = (table: Table): string[] =>
  layoutTable(table, 80).flatMap(({ columns }) => columns.slice(1).map(({ unit }) => unit));

it("tells the parts of the latency in one unit, in whatever part of the table", () => {
  const parts = { connect: 103.9, network: 51.9, balancer: 0.0234 };
  const { tables } = reportOf([SAME, SAME, SAME], 1, {
    columns: Object.keys(parts).map((name) => metricColumn(name)!),
    rows: [
      {
        label: "a",
        seeds: [1],
        fingerprints: ["1"],
        equalToFirst: false,
        cells: Object.values(parts).map((mean) => cell(mean, null, 1)),
      },
    ],
  });
  expect(unitsOf(tables[0])).toEqual(["ms", "ms", "ms"]);
});

describe("what a change set off", () => {
  const chainOf = (what: readonly string[], told: Readonly<Record<string, number>>): Table => {
    const chainColumns = CHAIN_COLUMNS;
    const cells = CHAIN_COLUMNS.map(({ name }) => told[name] ?? null);
    const chains = [
      { change: { atMs: 10_000, of: "www", what }, rows: [{ label: "a", cells }] },
    ] as const;
    return reportOf([SAME, SAME, SAME], 1, { chainColumns, chains }).tables[1];
  };
  const p99 = { "p99-before": 105.6, "p99-just-after": 1904, "p99-long-after": 6570 };

  it("is told in one unit before and after", () => {
    const table = chainOf(["lb: 2 joined"], { "remap-misses": 5, ...p99 });
    expect(unitsOf(table)).toEqual(["", "ms", "ms", "ms"]);
  });

  it("names the first kind of change, and how many more there were", () => {
    const purges = ["e1", "e2", "e3"].map((edge) => `${edge}: all responses purged`);
    const told = { "remap-misses": 5 };
    expect(chainOf([...purges, "e1: 2 joined"], told).title).toBe(
      "What the change at 10 s set off (e1: all responses purged; and 3 more)",
    );
    expect(chainOf(["e1: 2 joined"], told).title).toBe(
      "What the change at 10 s set off (e1: 2 joined)",
    );
  });

  it("says what keys moved means where some did", () => {
    const note = "Keys moved: summed over the pool's changes.";
    const noteOf = (told: Readonly<Record<string, number>>): string =>
      chainOf(["e1: 2 joined"], { "remap-misses": 5, ...told }).notes[0];
    expect(noteOf({ "keys-moved": 0.1 })).toBe(`${note} Added: just after less before.`);
    expect(noteOf({})).toBe("Added: just after less before.");
  });
});
