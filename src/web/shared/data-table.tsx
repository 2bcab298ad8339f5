/**
 * Tables of the report's model on a page: numbers of a column in one unit, sortable by click and
 * key, and the data behind a picture with its copy as CSV.
 */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { csvText } from "../../report/csv.ts";
import { formatColumns } from "../../report/numbers.ts";
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

/** A text longer than so many characters is sentences, and gets room for them. */
const PROSE = 80;

export interface DataTableProps {
  readonly table: Table;
  readonly sortable?: boolean;
  /** Rows beyond this many are left out of the page; default 500. */
  readonly most?: number;
  /** A swatch or mark before the first cell of a row. */
  readonly lead?: (row: number) => preact.ComponentChildren;
  /** What stands behind a figure: its interval, a verdict. */
  readonly beside?: (row: number, column: number) => preact.ComponentChildren;
}

export function DataTable(props: DataTableProps) {
  const { table, sortable = true, most = 500, lead, beside } = props;
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const { columns, rows, title, notes } = table;
  const shown = useMemo(() => sortedRows(rows, sorting).slice(0, most), [rows, sorting, most]);
  const texts = useMemo(
    () =>
      formatColumns(
        columns,
        shown.map((row) => rows[row].cells),
      ),
    [table, shown],
  );
  const { box, hint } = useScrollHint();
  return (
    <>
      <p class="scroll-hint" ref={hint} hidden>
        More columns to the right: scroll →
      </p>
      <div class="data-table" tabIndex={0} role="region" aria-label={title} ref={box}>
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              {columns.map((column, index) => (
                <ColumnHead
                  key={index}
                  column={column}
                  unit={texts[index].unit}
                  direction={sortable ? directionOf(sorting, index) : null}
                  onSort={() => setSorting(nextSorting(sorting, index))}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, at) => (
              <TableRow
                key={row}
                table={table}
                row={row}
                texts={texts.map((column) => column.texts[at])}
                lead={lead?.(row)}
                beside={beside}
              />
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

/** Shows the hint while the box has columns beyond its right edge. */
function useScrollHint() {
  const box = useRef<HTMLDivElement>(null);
  const hint = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    const { current } = box;
    if (current === null) return undefined;
    const look = (): void => {
      const hidden = current.scrollLeft + current.clientWidth >= current.scrollWidth - 1;
      hint.current?.toggleAttribute("hidden", hidden);
    };
    const watch = new ResizeObserver(look);
    watch.observe(current);
    current.addEventListener("scroll", look, { passive: true });
    return () => {
      watch.disconnect();
      current.removeEventListener("scroll", look);
    };
  }, []);
  return { box, hint };
}

const isText = ({ unit }: Column): boolean => unit === "text";

function directionOf(sorting: Sorting | null, column: number) {
  if (sorting === null || sorting.column !== column) return "none" as const;
  return sorting.descending ? ("descending" as const) : ("ascending" as const);
}

interface ColumnHeadProps {
  readonly column: Column;
  readonly unit: string;
  /** null: the table keeps its order. */
  readonly direction: "ascending" | "descending" | "none" | null;
  readonly onSort: () => void;
}

function ColumnHead({ column, unit, direction, onSort }: ColumnHeadProps) {
  const words = (
    <span>
      {column.head}
      {unit === "" ? null : <span class="unit">{` ${unit}`}</span>}
    </span>
  );
  const kind = isText(column) ? "is-text" : "";
  if (direction === null) {
    return (
      <th scope="col" class={kind}>
        {words}
      </th>
    );
  }
  return (
    <th scope="col" class={kind} aria-sort={direction}>
      <button type="button" class="sorter" onClick={onSort}>
        {words}
      </button>
    </th>
  );
}

interface TableRowProps {
  readonly table: Table;
  readonly row: number;
  /** One a column. */
  readonly texts: readonly string[];
  readonly lead: preact.ComponentChildren;
  readonly beside: DataTableProps["beside"];
}

function TableRow({ table, row, texts, lead, beside }: TableRowProps) {
  const { best = [], depth = 0 } = table.rows[row];
  return (
    <tr>
      {table.columns.map((column, index) => {
        const text = texts[index];
        const names = [
          isText(column) ? "is-text" : "",
          text.length > PROSE ? "is-prose" : "",
          best.includes(index) ? "is-best" : "",
        ];
        const kind = names.filter((name) => name !== "").join(" ");
        if (index > 0) {
          return (
            <td key={index} class={kind}>
              {text}
              {best.includes(index) && (
                <span role="img" aria-label="best of its column">
                  {" ★"}
                </span>
              )}
              {beside?.(row, index)}
            </td>
          );
        }
        return (
          <th key={index} scope="row" class="is-text">
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
