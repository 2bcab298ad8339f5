/** What the pages share, as far as it needs no browser. */
import { describe, expect, it } from "vitest";
import {
  clockTicks,
  logTicks,
  rangeAfterKey,
  unitTicks,
  within,
} from "../../src/web/shared/chart-scale.ts";
import { scaleColour, seriesColour, seriesDash } from "../../src/web/shared/colours.ts";
import { columnsOf, heatPixels } from "../../src/web/shared/heat-grid.ts";
import type { HeatGrid, HeatView } from "../../src/web/shared/heat-grid.ts";
import { nextSorting, sortedRows } from "../../src/web/shared/sorting.ts";

describe("the order of rows", () => {
  const rows = ["fra/10", "fra/2", null, "fra/1"].map((cell) => ({ cells: [cell] }));
  it("counts as a reader does, and keeps missing figures last both ways", () => {
    expect(sortedRows(rows, { column: 0, descending: false })).toEqual([3, 1, 0, 2]);
    expect(sortedRows(rows, { column: 0, descending: true })).toEqual([0, 1, 3, 2]);
    expect(sortedRows(rows, null)).toEqual([0, 1, 2, 3]);
  });
  it("goes up, down and back as it was", () => {
    const up = nextSorting(null, 2);
    const down = nextSorting(up, 2);
    expect([up, down, nextSorting(down, 2)]).toEqual([
      { column: 2, descending: false },
      { column: 2, descending: true },
      null,
    ]);
    expect(nextSorting(down, 1)).toEqual({ column: 1, descending: false });
  });
});

describe("axes", () => {
  it("write one unit without needless decimals", () => {
    expect(unitTicks([0, 0.2, 0.4], "share")).toEqual(["0 %", "20 %", "40 %"]);
    expect(unitTicks([0, 500, 1000], "rate")).toEqual(["0/s", "500/s", "1000/s"]);
    expect(unitTicks([0, 0.5, null], "ms")).toEqual(["0.0 ms", "0.5 ms", ""]);
    expect(clockTicks([0, 90_000])).toEqual(["0", "1 min 30 s"]);
  });
  it("have round numbers on a logarithmic scale, whatever its ends", () => {
    expect(logTicks(0.85, 23)).toEqual([1, 2, 5, 10, 20]);
    expect(logTicks(3, 7.5)).toEqual([3, 4, 5, 6, 7]);
    expect(logTicks(3, 3.3)).toEqual([3, 3.1, 3.2, 3.3]);
    expect(logTicks(0.02, 4_000)).toEqual([0.1, 1, 10, 100, 1_000]);
    expect(unitTicks([1, 100, 10_000], "ms")).toEqual(["1 ms", "100 ms", "10 s"]);
    expect(unitTicks([2_500, 1_000], "ms")).toEqual(["2.5 s", "1 s"]);
  });
  it("zoom and move inside the whole", () => {
    expect(rangeAfterKey("+", null, [0, 100])).toEqual([25, 75]);
    expect(rangeAfterKey("ArrowRight", [80, 100], [0, 100])).toEqual([80, 100]);
    expect(rangeAfterKey("-", [40, 60], [0, 100])).toEqual([30, 70]);
    expect(rangeAfterKey("x", [40, 60], [0, 100])).toBeNull();
    expect(within(-50, 150, [0, 100])).toEqual([0, 100]);
  });
});

describe("colours", () => {
  it("repeat with other dashes", () => {
    expect(seriesColour(8, "light")).toBe(seriesColour(0, "light"));
    expect(seriesDash(8)).not.toEqual(seriesDash(0));
  });
  it("begin and end as viridis does", () => {
    expect([scaleColour(-1), scaleColour(0), scaleColour(1), scaleColour(2)]).toEqual([
      "#440154",
      "#440154",
      "#fde725",
      "#fde725",
    ]);
  });
});

describe("a heat map's pixels", () => {
  const grid: HeatGrid = {
    values: Float32Array.from([0, 1, 2, 3, 4, 5, 6, NaN]),
    rows: 4,
    columns: 2,
  };
  const view: HeatView = { fromColumn: 0, toColumn: 2, width: 1, height: 2, gathering: "mean" };
  it("gather what they share, missing cells apart", () => {
    expect([...heatPixels(grid, view)]).toEqual([1.5, 5]);
    expect([...heatPixels(grid, { ...view, gathering: "greatest" })]).toEqual([3, 6]);
    expect([...heatPixels(grid, { ...view, gathering: "least" })]).toEqual([0, 4]);
  });
  it("repeat a cell that is wider than one", () => {
    const wide = heatPixels(grid, { ...view, width: 4, height: 8 });
    expect([...wide.subarray(0, 8)]).toEqual([0, 0, 1, 1, 0, 0, 1, 1]);
    expect([...wide.subarray(28)]).toEqual([6, 6, NaN, NaN]);
  });
  it("show the part asked for", () => {
    expect(columnsOf(grid, { ...view, fromColumn: 1, width: 10 }, 0)).toEqual([1, 2]);
    expect([...heatPixels(grid, { ...view, fromColumn: 1, height: 1 })]).toEqual([3]);
  });
});
