/** The comparison as a table of means with their intervals. */
import type { ComparisonResult } from "../../experiment/compare.ts";
import { formatDifferences, formatHalves, humanise } from "../numbers.ts";
import type { IntervalTable } from "./page-model.ts";

export function intervalTable({ columns, rows, level }: ComparisonResult): IntervalTable {
  const met = columns.flatMap((column, index) =>
    // The traffic is the same: how many of its requests ended in the span says nothing.
    column.name !== "requests" && rows.some(({ cells }) => cells[index].mean !== null)
      ? [{ ...column, index }]
      : [],
  );
  const seeds = Math.max(0, ...rows.map((row) => row.seeds.length));
  const differences = columns.map(({ unit }, index) => {
    const cells = rows.map((row) => row.cells[index].difference);
    return formatDifferences(
      cells.map((cell) => cell?.mean ?? null),
      cells.map((cell) => cell?.half ?? null),
      unit,
    );
  });
  const halves = columns.map(({ unit }, index) => {
    const cells = rows.map((row) => row.cells[index]);
    return formatHalves(
      cells.map(({ mean }) => mean),
      cells.map(({ half }) => half),
      unit,
    );
  });
  const percent = humanise(level, "share").replace(".0", "");
  return {
    title: `Variants: mean of ${seeds} ${seeds === 1 ? "seed" : "seeds"} and its ${percent} interval`,
    columns: [
      { head: "variant", unit: "text", better: null },
      ...met.map(({ head, unit, better }) => ({ head, unit, better })),
    ],
    rows: rows.map(({ label, cells }, row) => ({
      label,
      cells: met.map(({ index }) => {
        const { mean, half, best, difference } = cells[index];
        const told = row > 0 ? difference : null;
        return {
          mean,
          half,
          halfText: halves[index][row],
          best,
          verdict: told?.verdict ?? null,
          difference: told === null ? null : differences[index].texts[row],
        };
      }),
    })),
    notes: [
      "★ best of its column. ▲ better and ▼ worse than the first row: the interval of the " +
        "differences paired by seed (Student's t) leaves out zero.",
      ...(seeds < 3
        ? ["No verdict from fewer than 3 seeds: ask for more with --seeds 1..10."]
        : []),
    ],
  };
}
