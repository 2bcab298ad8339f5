/**
 * Draws laid-out tables with cli-table3: no frames, a rule under the head, so that rows can be
 * copied and compared.
 */
import CliTable from "cli-table3";

import { GAP } from "../report/table-layout.ts";
import type { TextTable } from "../report/table-layout.ts";
import type { Style } from "./style.ts";

const NO_FRAME = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: " ".repeat(GAP),
};

/** Lines of one table, with its title above and its notes below. */
export function printTable(table: TextTable, style: Style): string {
  const { columns } = table;
  const drawn = new CliTable({
    chars: NO_FRAME,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    colAligns: columns.map((column) => column.align),
  });
  drawn.push(
    columns.map((column) => ({ content: column.head.join("\n"), vAlign: "bottom" as const })),
  );
  drawn.push(columns.map((column) => style.dim("─".repeat(column.width))));
  const rows = columns[0]?.cells.length ?? 0;
  for (let row = 0; row < rows; row++) {
    drawn.push(
      columns.map(({ cells }) => (cells[row].best ? style.bold(cells[row].text) : cells[row].text)),
    );
  }
  const body = drawn
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
  return [style.bold(table.title), ...body, ...table.notes.map((note) => style.dim(note))]
    .map((line) => `${line}\n`)
    .join("");
}
