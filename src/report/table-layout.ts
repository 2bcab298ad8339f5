/**
 * Fits a table of the model into a width: formats its columns, and where they do not fit side by
 * side splits them into tables that repeat the first column, or turns a table of few rows on its
 * side.
 */
import { displayWidth, fitted, wrapped } from "./display-width.ts";
import { formatColumns } from "./numbers.ts";
import type { ColumnTexts } from "./numbers.ts";
import type { Column, Table } from "./report-model.ts";

export interface TextCell {
  /** Lines apart by "\n"; figures have one. */
  readonly text: string;
  /** The best of its column: `text` ends with the mark already. */
  readonly best: boolean;
}
export interface TextColumn {
  /** Lines of the head; the unit, where there is one, is the last. */
  readonly head: readonly string[];
  readonly unit: string;
  readonly align: "left" | "right";
  readonly cells: readonly TextCell[];
  readonly width: number;
}
/** What is drawn: column by column, all with equally many cells. */
export interface TextTable {
  readonly title: string;
  readonly columns: readonly TextColumn[];
  readonly notes: readonly string[];
}

/** Between two columns. */
export const GAP = 2;
export const BEST_MARK = "*";
const INDENT = "  ";
/** A text that takes more than this part of the width is wrapped. */
const TEXT_PART = 0.45;
/** A table of so few rows is turned on its side rather than split. */
const FEW_ROWS = 3;

/** One or more text tables, each at most `width` columns wide where that can be. O(cells). */
export function layoutTable(table: Table, width: number): TextTable[] {
  const formatted = formatColumns(
    table.columns,
    table.rows.map(({ cells }) => cells),
  );
  const columns = formatted.map((texts, index) => textColumn(table, index, texts, width));
  const chunks = split(columns, table.columns, width);
  if (chunks.length > 1 && table.rows.length <= FEW_ROWS && table.keepRows !== true) {
    const turned = transposed(table, columns);
    if (totalWidth(turned) <= width) {
      return [{ title: table.title, columns: turned, notes: table.notes }];
    }
  }
  return chunks.map((chunk, index) => ({
    title: index === 0 ? table.title : `${table.title} (continued)`,
    columns: chunk,
    notes: index === chunks.length - 1 ? table.notes : [],
  }));
}

export const totalWidth = (columns: readonly TextColumn[]): number =>
  columns.reduce((sum, column) => sum + column.width, 0) + GAP * Math.max(0, columns.length - 1);

const widthOf = ({ text }: TextCell): number => Math.max(...text.split("\n").map(displayWidth));

function textColumn(
  table: Table,
  index: number,
  { unit, texts }: ColumnTexts,
  width: number,
): TextColumn {
  const column = table.columns[index];
  const best = table.rows.map((row) => row.best?.includes(index) ?? false);
  const marked = best.includes(true);
  const longest = Math.max(8, Math.floor(width * TEXT_PART));
  const cells = texts.map((text, row) => {
    const indent = index === 0 ? INDENT.repeat(table.rows[row].depth ?? 0) : "";
    const lines = displayWidth(text) <= longest ? [text] : wrapped(text, longest);
    // Only a single word that is wider still is cut.
    const mark = marked ? (best[row] ? BEST_MARK : " ") : "";
    return {
      text: `${lines.map((line) => indent + fitted(line, longest)).join("\n")}${mark}`,
      best: best[row],
    };
  });
  const body = Math.max(0, ...cells.map(widthOf));
  const words = Math.max(...column.head.split(" ").map(displayWidth));
  const head = wrapped(column.head, Math.max(body, words));
  if (unit !== "") head.push(unit);
  const mark = marked ? " " : "";
  return {
    head: column.unit === "text" ? head : head.map((line) => `${line}${mark}`),
    unit,
    align: column.unit === "text" ? "left" : "right",
    cells,
    width: Math.max(body, ...head.map((line) => displayWidth(line) + mark.length)),
  };
}

/**
 * Each group goes into the first part that has room for it, so that there are few parts; a group
 * too wide for any is taken apart. The first column stands in front of each part.
 */
function split(
  columns: readonly TextColumn[],
  model: readonly Column[],
  width: number,
): TextColumn[][] {
  if (totalWidth(columns) <= width || columns.length < 3) return [[...columns]];
  const [first] = columns;
  const parts: TextColumn[][] = [];
  const place = (group: readonly TextColumn[]): void => {
    const part = parts.find((one) => totalWidth([...one, ...group]) <= width);
    if (part !== undefined) part.push(...group);
    else if (group.length === 1 || totalWidth([first, ...group]) <= width) {
      parts.push([first, ...group]);
    } else for (const column of group) place([column]);
  };
  for (const group of groupsOf(columns, model)) place(group);
  return parts;
}

/** Neighbours of one group name; a column without one stands alone. */
function groupsOf(columns: readonly TextColumn[], model: readonly Column[]): TextColumn[][] {
  const groups: TextColumn[][] = [];
  for (let index = 1; index < columns.length; index++) {
    const { group } = model[index];
    const joins = index > 1 && group !== undefined && group === model[index - 1].group;
    if (joins) groups[groups.length - 1].push(columns[index]);
    else groups.push([columns[index]]);
  }
  return groups;
}

const plain = (texts: readonly string[], head: string): TextColumn => ({
  head: [head],
  unit: "",
  align: "left",
  cells: texts.map((text) => ({ text, best: false })),
  width: Math.max(displayWidth(head), ...texts.map(displayWidth)),
});

/** Rows become columns: a column of heads, one of units, then one a row. */
function transposed(table: Table, columns: readonly TextColumn[]): TextColumn[] {
  const rest = columns.slice(1);
  const units = rest.map((column) => column.unit);
  const names = table.columns.slice(1).map((column) => column.head);
  const marked = rest.some((column) => column.cells.some((cell) => cell.best));
  const figures = table.rows.map((_, row): TextColumn => {
    const cells = rest.map((column): TextCell => {
      const { text, best } = column.cells[row];
      return { text: best || !marked ? text : `${text.trimEnd()} `, best };
    });
    const head = columns[0].cells[row].text.split("\n").map((line) => line + (marked ? " " : ""));
    return {
      head,
      unit: "",
      align: "right",
      cells,
      width: Math.max(...head.map(displayWidth), ...cells.map(widthOf)),
    };
  });
  const labels = plain(names, table.columns[0].head);
  return units.some((unit) => unit !== "")
    ? [labels, plain(units, ""), ...figures]
    : [labels, ...figures];
}
