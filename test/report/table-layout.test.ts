import { describe, expect, it } from "vitest";

import { displayWidth } from "../../src/report/display-width.ts";
import { withoutEmptyColumns } from "../../src/report/report-model.ts";
import type { Table } from "../../src/report/report-model.ts";
import { layoutTable, totalWidth } from "../../src/report/table-layout.ts";

const NAMES = ["mod-n", "ring-hash", "maglev", "rendezvous"];

/** A first column of names and `groups` groups of three columns with six characters each. */
function wide(rows: number, groups: number): Table {
  const columns = Array.from({ length: groups * 3 }, (_, index) => ({
    head: `figure ${index}`,
    unit: "ms" as const,
    group: `g${Math.floor(index / 3)}`,
  }));
  return {
    title: "Variants",
    columns: [{ head: "variant", unit: "text" }, ...columns],
    rows: NAMES.slice(0, rows).map((name, row) => ({
      cells: [name, ...columns.map((_, index) => 100.5 + 10 * row + index)],
      best: row === 0 ? [1] : [],
    })),
    notes: ["note"],
  };
}

describe("a table in a given width", () => {
  it("stays in one piece where it fits", () => {
    const parts = layoutTable(wide(4, 2), 80);
    expect(parts).toHaveLength(1);
    expect(totalWidth(parts[0].columns)).toBeLessThanOrEqual(80);
  });

  it("is split between groups, each part with the names, none wider than asked for", () => {
    for (const width of [40, 60, 80, 100]) {
      const parts = layoutTable(wide(4, 4), width);
      expect(parts.length).toBeGreaterThan(1);
      for (const part of parts) {
        expect(totalWidth(part.columns)).toBeLessThanOrEqual(width);
        expect(part.columns[0].cells.map((cell) => cell.text)).toEqual(NAMES);
        expect((part.columns.length - 1) % 3).toBe(0);
      }
      expect(parts.map((part) => part.notes.length)).toEqual([...parts.slice(1).map(() => 0), 1]);
      expect(parts.reduce((sum, part) => sum + part.columns.length - 1, 0)).toBe(12);
    }
  });

  it("is turned on its side where it has few rows", () => {
    const parts = layoutTable(wide(2, 4), 60);
    expect(parts).toHaveLength(1);
    const [names, units, first, second] = parts[0].columns;
    expect(names.cells).toHaveLength(12);
    expect(new Set(units.cells.map((cell) => cell.text))).toEqual(new Set(["ms"]));
    expect(first.head[0].trim()).toBe("mod-n");
    expect(first.cells[0]).toEqual({ text: "100.5*", best: true });
    expect(second.cells[0].text).toBe("110.5 ");
  });

  it("marks the best, and keeps the digits of the others under each other", () => {
    const [{ columns }] = layoutTable(wide(4, 1), 80);
    expect(columns[1].cells.map((cell) => cell.text)).toEqual([
      "100.5*",
      "110.5 ",
      "120.5 ",
      "130.5 ",
    ]);
    expect(columns[1].head).toEqual(["figure ", "0 ", "ms "]);
  });

  it("wraps a long text and loses none of its words", () => {
    const said = "global/fra: 1, 2 believed down; 8 machines of global/lon believed down";
    const table: Table = {
      title: "t",
      columns: [
        { head: "at", unit: "text" },
        { head: "change", unit: "text" },
      ],
      rows: [{ cells: ["1 s", said] }],
      notes: [],
    };
    const [{ columns }] = layoutTable(table, 80);
    expect(columns[1].cells[0].text.split("\n").join(" ")).toBe(said);
    // 45 % of 80 columns.
    expect(columns[1].width).toBeLessThanOrEqual(36);
  });

  it("counts a wide name by the columns that it takes", () => {
    const table = { ...wide(1, 1), rows: [{ cells: ["東京データセンター", 1, 2, 3] }] };
    const [{ columns }] = layoutTable(table, 80);
    expect(columns[0].width).toBe(displayWidth("東京データセンター"));
    expect(columns[0].width).toBe(18);
  });
});

it("leaves out the columns in which nobody has a figure", () => {
  const table: Table = {
    title: "t",
    columns: [
      { head: "a", unit: "text" },
      { head: "b", unit: "ms" },
      { head: "c", unit: "ms" },
    ],
    rows: [{ cells: ["x", null, 1], best: [2] }],
    notes: [],
  };
  const left = withoutEmptyColumns(table);
  expect(left.columns.map((column) => column.head)).toEqual(["a", "c"]);
  expect(left.rows).toEqual([{ cells: ["x", 1], best: [1] }]);
});
