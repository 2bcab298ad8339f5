import { expect, it } from "vitest";
import type { ComparisonCell, ComparisonResult } from "../../src/experiment/compare.ts";
import { comparisonReport } from "../../src/report/comparison-report.ts";
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
function reportOf(differences: readonly [Said, Said, Said], count = 5) {
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
