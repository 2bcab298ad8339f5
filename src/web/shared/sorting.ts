/** The order of a table's rows as a reader asks for it. */
import type { Row, Value } from "../../report/report-model.ts";

export interface Sorting {
  readonly column: number;
  readonly descending: boolean;
}

/** Numbers by size, texts as a reader counts (fra/2 before fra/10), missing ones last. */
export function compareValues(a: Value, b: Value): number {
  if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0);
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), "en", { numeric: true });
}

/** Row indices in the order asked for; equal ones keep theirs. O(n log n). */
export function sortedRows(rows: readonly Row[], sorting: Sorting | null): number[] {
  const order = rows.map((_, index) => index);
  if (sorting === null) return order;
  const { column, descending } = sorting;
  return order.toSorted((i, j) => {
    const a = rows[i].cells[column] ?? null;
    const b = rows[j].cells[column] ?? null;
    // Missing ones stay last in both directions.
    if (a === null || b === null) return compareValues(a, b);
    return descending ? compareValues(b, a) : compareValues(a, b);
  });
}

/** The next click on a head: ascending, descending, as it was. */
export const nextSorting = (sorting: Sorting | null, column: number): Sorting | null => {
  if (sorting === null || sorting.column !== column) return { column, descending: false };
  return sorting.descending ? null : { column, descending: true };
};
