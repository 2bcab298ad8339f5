/** Time series: all variants over each other, events marked, one cursor and one brush for all. */
import { useMemo, useState } from "preact/hooks";
import type { PageModel } from "../../report/page/page-model.ts";
import type { Table } from "../../report/report-model.ts";
import { Chart } from "../shared/chart.tsx";
import type { ChartSeries } from "../shared/chart.tsx";
import { DataBehind } from "../shared/data-table.tsx";
import { OfChoice, Section } from "./parts.tsx";
import type { PageState } from "./state.ts";

const TITLES: Readonly<Record<string, string>> = {
  rate: "Rate of requests that ended",
  "error-rate": "Errors",
  p50: "Latency, p50",
  p99: "Latency, p99",
  "miss-rate": "Cache misses",
  utilization: "Utilization, mean",
  "peak-utilization": "Utilization, busiest machine",
  imbalance: "Imbalance (max / mean)",
  spillover: "Spillover",
  "connections-open": "Connections open",
  "connections-opened": "Connections opened",
  "connections-broken": "Connections broken",
  "stale-users": "Stale users",
  "response-hit-rate": "Response cache hits",
  offload: "Offload by response caches",
  "balancer-utilization": "Utilization of balancers' own cores",
};
const titleOf = (name: string): string =>
  TITLES[name] ?? `Cache misses, ${name.replace("-misses", "")}`;

/** Charts in which nothing ever happens are left out; these are there always. */
const ALWAYS = new Set(["rate", "error-rate", "p50", "p99", "utilization"]);

interface Plotted {
  readonly metric: number;
  readonly xs: readonly number[];
  readonly series: readonly ChartSeries[];
}

/** One chart a metric that has anything to show. Exported for the charts' tables in tests. */
export function plottedOf(model: PageModel, of: string): Plotted[] {
  const xs = pointTimes(model);
  return model.metrics.flatMap(({ name }, metric): Plotted[] => {
    const series = model.variants.flatMap(({ label, series: own }, index): ChartSeries[] => {
      const selection = own.of.find((one) => one.of === of);
      const values = selection?.values[metric] ?? null;
      if (selection === undefined || values === null) return [];
      const align = alignment(own.edgesMs, xs);
      return [
        {
          label,
          index,
          values: align(values),
          low: align(selection.low?.[metric] ?? null),
          high: align(selection.high?.[metric] ?? null),
        },
      ];
    });
    const happens = series.some(({ values }) => values.some((value) => (value ?? 0) !== 0));
    return series.length > 0 && (happens || ALWAYS.has(name)) ? [{ metric, xs, series }] : [];
  });
}

/** The beginnings of all points of all variants: mostly the same ones. */
function pointTimes({ variants }: PageModel): number[] {
  const all = new Set(variants.flatMap(({ series: { edgesMs } }) => edgesMs.slice(0, -1)));
  return [...all].toSorted((a, b) => a - b);
}

/** A variant's list laid onto the times of all; as it is where they are its own. */
function alignment(edgesMs: readonly number[], xs: readonly number[]) {
  const own = new Map(edgesMs.slice(0, -1).map((atMs, index) => [atMs, index]));
  const same = own.size === xs.length;
  function align(values: readonly (number | null)[]): readonly (number | null)[];
  function align(values: readonly (number | null)[] | null): readonly (number | null)[] | null;
  function align(values: readonly (number | null)[] | null) {
    if (values === null || same) return values;
    return xs.map((at) => values[own.get(at) ?? -1] ?? null);
  }
  return align;
}

export function SeriesSection({ state }: { state: PageState }) {
  const { model, of, hidden, toggle, range, setRange, marks } = state;
  const [logarithmic, setLogarithmic] = useState(false);
  const plotted = useMemo(() => plottedOf(model, of), [model, of]);
  return (
    <Section id="series" title="Over time" look={model.look.series}>
      <Events state={state} />
      <div class="tools no-print">
        <OfChoice state={state} label="Figures of" />
        <button
          type="button"
          class="button"
          aria-pressed={logarithmic}
          onClick={() => setLogarithmic(!logarithmic)}
        >
          Latency on a logarithmic axis
        </button>
        <button
          type="button"
          class="button"
          disabled={range === null}
          onClick={() => setRange(null)}
        >
          Show the whole run
        </button>
        <span class="hint">Drag over a chart to zoom all of them; double-click to go back.</span>
      </div>
      <div class="charts">
        {plotted.map(({ metric, xs, series }) => {
          const { name, unit } = model.metrics[metric];
          return (
            <figure key={name} data-metric={name}>
              <Chart
                title={titleOf(name)}
                xs={xs}
                series={series}
                unit={unit}
                marks={marks}
                syncKey="time"
                range={range}
                onRange={setRange}
                hidden={hidden}
                onToggle={toggle}
                logarithmic={logarithmic && unit === "ms"}
              />
              <DataBehind
                label={of === "all" ? titleOf(name) : `${titleOf(name)}, ${of}`}
                table={() => seriesTable(model, { metric, xs, series }, of)}
              />
            </figure>
          );
        })}
      </div>
    </Section>
  );
}

function seriesTable(model: PageModel, { metric, xs, series }: Plotted, of: string): Table {
  const { name, unit } = model.metrics[metric];
  const columns = series.flatMap(({ label, values, low, high }) => [
    { label, values },
    ...(low == null ? [] : [{ label: `${label}, least`, values: low }]),
    ...(high == null ? [] : [{ label: `${label}, greatest`, values: high }]),
  ]);
  return {
    title: `${titleOf(name)} (${name}) of ${of}, by time`,
    columns: [{ head: "from", unit: "ms" }, ...columns.map(({ label }) => ({ head: label, unit }))],
    rows: xs.map((at, index) => ({ cells: [at, ...columns.map(({ values }) => values[index])] })),
    notes: [],
  };
}

function Events({ state: { model, setRange } }: { state: PageState }) {
  if (model.events.length === 0) return <p class="hint">Nothing was changed in this run.</p>;
  const end = Math.max(...model.variants.map(({ series }) => series.edgesMs.at(-1) ?? 0));
  return (
    <ol class="events" aria-label="Events">
      {model.events.map(({ atMs, sign, text }) => (
        <li key={sign}>
          <span class="flag">{sign}</span> <span>{text}</span>{" "}
          <button
            type="button"
            class="button no-print"
            onClick={() => setRange([Math.max(0, atMs - end / 20), Math.min(end, atMs + end / 8)])}
          >
            Zoom to it
          </button>
        </li>
      ))}
    </ol>
  );
}
