/** The comparison's table with its intervals; of a run alone, its tables. */
import { useMemo } from "preact/hooks";
import type { IntervalCell, IntervalTable, PageModel } from "../../report/page/page-model.ts";
import type { Table, Unit } from "../../report/report-model.ts";
import { DataTable } from "../shared/data-table.tsx";
import { Section, variantLead } from "./parts.tsx";

const MARKS: Readonly<Record<string, readonly [sign: string, words: string]>> = {
  better: ["▲", "better than the first row"],
  worse: ["▼", "worse than the first row"],
  higher: ["↑", "higher than the first row"],
  lower: ["↓", "lower than the first row"],
};

export function ComparisonSection({ model }: { model: PageModel }) {
  const { comparison, tables, kind } = model;
  return (
    <Section id="figures" title={kind === "run" ? "Figures" : "Comparison"}>
      {comparison !== null && <Intervals comparison={comparison} />}
      {tables.map((table) => (
        <div key={table.title} class="block">
          <DataTable table={table} />
        </div>
      ))}
    </Section>
  );
}

/** The table of the means alone: what is sorted and copied. */
export const meansTable = ({ title, columns, rows, notes }: IntervalTable): Table => ({
  title,
  columns,
  rows: rows.map(({ label, cells }) => ({
    cells: [label, ...cells.map(({ mean }) => mean)],
    best: cells.flatMap(({ best }, index) => (best ? [index + 1] : [])),
  })),
  notes,
});

function Intervals({ comparison }: { comparison: IntervalTable }) {
  const table = useMemo(() => meansTable(comparison), [comparison]);
  return (
    <DataTable
      table={table}
      lead={variantLead}
      beside={(row, column) => (
        <Beside
          cell={comparison.rows[row].cells[column - 1]}
          unit={comparison.columns[column].unit}
        />
      )}
    />
  );
}

function Beside({ cell, unit }: { cell: IntervalCell; unit: Unit }) {
  const { mean, half, halfText, verdict, difference } = cell;
  if (mean === null) return null;
  const mark = MARKS[verdict ?? ""];
  const points = unit === "share" ? " points" : "";
  return (
    <>
      {mark !== undefined && (
        <span
          class={`mark is-${verdict ?? ""}`}
          role="img"
          aria-label={mark[1]}
          title={difference === null ? mark[1] : `${mark[1]}: ${difference}${points}`}
        >
          {" "}
          {mark[0]}
        </span>
      )}
      {half !== null && half > 0 && <span class="half"> ± {halfText}</span>}
    </>
  );
}
