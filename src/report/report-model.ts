/**
 * One model of what people get to see, for the terminal, for files and for pages alike: values with
 * their units, no layout. Whoever prints it decides about width, colour and digits.
 */

/**
 * `text` is printed as it stands. `share` 0..1 becomes percent, `ms` a duration, `rate` requests
 * per second, `count` a number of things, `ratio` a bare number, `factor` one near 1 of which a
 * thousandth counts.
 */
export type Unit = "text" | "share" | "ms" | "rate" | "count" | "ratio" | "bytes" | "factor";

/** null: there is no such figure (nothing happened that it could be taken from). */
export type Value = number | string | null;

export interface Column {
  /** Words of the head without the unit. */
  readonly head: string;
  readonly unit: Unit;
  /** Columns of one group stay together where a table has to be split. */
  readonly group?: string;
  /** Columns of one scale have one unit: they are compared with each other, not down alone. */
  readonly scale?: string;
  /** Differences are printed with their sign. */
  readonly signed?: boolean;
}

export interface Row {
  /** One a column. */
  readonly cells: readonly Value[];
  /** Indices of the columns in which this row is the best one. */
  readonly best?: readonly number[];
  /** Depth in a tree: the first cell is indented by it. */
  readonly depth?: number;
  /** What it tells of, as a series calls it: `all`, `region:europe`, `global/fra`, a variant. */
  readonly of?: string;
}

export interface Table {
  readonly title: string;
  /** The first column names the row. */
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Sentences under the table. */
  readonly notes: readonly string[];
  /**
   * One row stays one row: the table is split where it is too wide, and never turned on its side.
   */
  readonly keepRows?: boolean;
  /** The metric whose course is worth a small picture in each row, where there is room for one. */
  readonly trend?: string;
}

/** The course of a metric over a run, window by window; null: nothing is known of that one. */
export type Trends = (of: string, metric: string) => readonly (number | null)[] | null;

export interface Fact {
  readonly label: string;
  readonly text: string;
}

export interface Verdict {
  readonly passed: boolean;
  readonly text: string;
}

export interface Report {
  readonly title: string;
  /** The scenario's own words: question, expectation. */
  readonly words: readonly Fact[];
  /** Failed ones first. */
  readonly verdicts: readonly Verdict[];
  readonly facts: readonly Fact[];
  readonly tables: readonly Table[];
  /** What a reader must know before believing a figure: partial runs, assumptions. */
  readonly notes: readonly string[];
  /** Seed, fingerprint, version, the command that repeats it. */
  readonly footer: readonly Fact[];
}

/** A table without rows says nothing and is left out. */
export const filled = (tables: readonly Table[]): Table[] =>
  tables.filter((table) => table.rows.length > 0);

/** A table without the columns (but the first) in which no row has a figure. */
export function withoutEmptyColumns(table: Table): Table {
  const keep = table.columns.map(
    (_, column) => column === 0 || table.rows.some((row) => row.cells[column] !== null),
  );
  const places = new Map<number, number>();
  for (let column = 0; column < keep.length; column++) {
    if (keep[column]) places.set(column, places.size);
  }
  return {
    ...table,
    columns: table.columns.filter((_, column) => keep[column]),
    rows: table.rows.map((row) => ({
      ...row,
      cells: row.cells.filter((_, column) => keep[column]),
      best: (row.best ?? []).flatMap((column) => places.get(column) ?? []),
    })),
  };
}
