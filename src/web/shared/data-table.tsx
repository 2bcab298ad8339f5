/**
 * Tables of the report's model on a page: numbers of a column in one unit, sortable by click and
 * key, and the data behind a picture with its copy as CSV.
 */
import { useMemo, useState } from "preact/hooks";
import { csvText } from "../../report/csv.ts";
import { formatColumn } from "../../report/numbers.ts";
import type { Column, Table } from "../../report/report-model.ts";
import { copyText } from "./copy.ts";
import { nextSorting, sortedRows } from "./sorting.ts";
import type { Sorting } from "./sorting.ts";
import "./data-table.css";

/** Values as they are: shares 0..1, times in ms, rates per second. */
export const tableCsv = ({ columns, rows }: Table): string =>
  csvText(
    columns.map(({ head }) => head),
    rows.map(({ cells }) => cells),
  );

export interface DataTableProps {
  readonly table: Table;
  readonly sortable?: boolean;
  /** Rows beyond this many are left out of the page; default 500. */
  readonly most?: number;
  /** A swatch or mark before the first cell of a row. */
  readonly lead?: (row: number) => preact.ComponentChildren;
}

export function DataTable({ table, sortable = true, most = 500, lead }: DataTableProps) {
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const { columns, rows, title, notes } = table;
  const texts = useMemo(
    () =>
      columns.map(({ unit, signed }, index) =>
        formatColumn(
          rows.map(({ cells }) => cells[index] ?? null),
          unit,
          signed,
        ),
      ),
    [table],
  );
  const order = useMemo(() => sortedRows(rows, sorting), [rows, sorting]);
  const heads = columns.map(({ head }, index) => ({
    label: head,
    unit: texts[index].unit,
    isText: isText(columns[index]),
  }));
  return (
    <>
      <div class="data-table" tabIndex={0} role="region" aria-label={title}>
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              {heads.map(({ label, unit, isText: text }, index) => (
                <th
                  key={label}
                  scope="col"
                  class={text ? "is-text" : ""}
                  {...(sortable ? { "aria-sort": directionOf(sorting, index) } : {})}
                >
                  {sortable ? (
                    <button
                      type="button"
                      class="sorter"
                      onClick={() => setSorting(nextSorting(sorting, index))}
                    >
                      <Head label={label} unit={unit} />
                    </button>
                  ) : (
                    <Head label={label} unit={unit} />
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {order.slice(0, most).map((row) => (
              <TableRow key={row} table={table} row={row} texts={texts} lead={lead?.(row)} />
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > most && (
        <p class="table-note">
          The first {most} of {rows.length} rows; the CSV has them all.
        </p>
      )}
      {notes.map((note) => (
        <p key={note} class="table-note">
          {note}
        </p>
      ))}
    </>
  );
}

const isText = ({ unit }: Column): boolean => unit === "text";

function directionOf(sorting: Sorting | null, column: number) {
  if (sorting === null || sorting.column !== column) return "none" as const;
  return sorting.descending ? ("descending" as const) : ("ascending" as const);
}

const Head = ({ label, unit }: { label: string; unit: string }) => (
  <span>
    {label}
    {unit === "" ? null : <span class="unit">{` ${unit}`}</span>}
  </span>
);

interface TableRowProps {
  readonly table: Table;
  readonly row: number;
  readonly texts: readonly { readonly texts: readonly string[] }[];
  readonly lead: preact.ComponentChildren;
}

function TableRow({ table, row, texts, lead }: TableRowProps) {
  const { best = [], depth = 0 } = table.rows[row];
  return (
    <tr>
      {table.columns.map((column, index) => {
        const text = texts[index].texts[row];
        const names = [isText(column) ? "is-text" : "", best.includes(index) ? "is-best" : ""];
        const kind = names.filter((name) => name !== "").join(" ");
        if (index > 0) {
          return (
            <td key={column.head} class={kind}>
              {text}
              {best.includes(index) && <span aria-label="best of its column">{" ★"}</span>}
            </td>
          );
        }
        return (
          <th key={column.head} scope="row" class="is-text">
            <span style={{ paddingLeft: `${depth}em` }}>
              {lead}
              {text}
            </span>
          </th>
        );
      })}
    </tr>
  );
}

/**
 * What stands behind a picture: folded away, drawn only when opened. `table` is made then; it may
 * cost something.
 */
export function DataBehind({ label, table }: { label: string; table: () => Table }) {
  const [open, setOpen] = useState(false);
  const [said, setSaid] = useState("");
  const data = useMemo(() => (open ? table() : null), [open, table]);
  const copy = async (text: string): Promise<void> => {
    setSaid((await copyText(text)) ? "copied" : "the browser refused the clipboard");
  };
  return (
    <details class="data-behind" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Data behind it: {label}</summary>
      {data !== null && (
        <>
          <div class="tools">
            <button type="button" class="button" onClick={() => void copy(tableCsv(data))}>
              Copy as CSV
            </button>
            <span role="status">{said}</span>
          </div>
          <DataTable table={data} />
        </>
      )}
    </details>
  );
}
