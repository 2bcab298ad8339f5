/** Utilization of every machine over time. */
import { useMemo } from "preact/hooks";
import { HEAT_UNIT, OUT_OF_SERVICE } from "../../report/page/heat.ts";
import type { HeatModel } from "../../report/page/page-model.ts";
import type { Table } from "../../report/report-model.ts";
import { DataBehind } from "../shared/data-table.tsx";
import { HeatMap } from "../shared/heat-map.tsx";
import { Section, VariantChoice } from "./parts.tsx";
import type { PageState } from "./state.ts";

export function HeatSection({ state }: { state: PageState }) {
  const { model, variant, marks, range } = state;
  const { heat, label } = model.variants[variant];
  return (
    <Section id="heat" title="Machines" look={model.look.heat}>
      <div class="tools no-print">
        <VariantChoice state={state} />
      </div>
      {heat !== null && <Heat heat={heat} label={label} marks={marks} range={range} />}
    </Section>
  );
}

type HeatProps = { heat: HeatModel; label: string } & Pick<PageState, "marks" | "range">;

function Heat({ heat, label, marks, range }: HeatProps) {
  const { machines, edgesMs, groups, values } = heat;
  const grid = useMemo(
    () => ({
      values: Float32Array.from(values, (each) =>
        each === OUT_OF_SERVICE ? NaN : each / HEAT_UNIT,
      ),
      rows: machines.length,
      columns: edgesMs.length - 1,
    }),
    [heat],
  );
  return (
    <figure>
      <HeatMap
        title={`utilization by machine and time, ${label}`}
        grid={grid}
        rowNames={machines}
        groups={groups}
        edgesMs={edgesMs}
        unit="share"
        most={1}
        marks={marks}
        range={range}
      />
      <DataBehind label="utilization by machine and time" table={() => heatTable(heat, label)} />
    </figure>
  );
}

/** One row a machine and window, as in series.csv. */
function heatTable({ machines, edgesMs, values }: HeatModel, label: string): Table {
  const columns = edgesMs.length - 1;
  return {
    title: `Utilization by machine and time, ${label}`,
    columns: [
      { head: "machine", unit: "text" },
      { head: "from", unit: "ms" },
      { head: "utilization", unit: "share" },
    ],
    rows: values.map((value, index) => ({
      cells: [
        machines[Math.floor(index / columns)],
        edgesMs[index % columns],
        value === OUT_OF_SERVICE ? null : value / HEAT_UNIT,
      ],
    })),
    notes: ["– the machine was out of service."],
  };
}
