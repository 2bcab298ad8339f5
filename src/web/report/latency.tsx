/** Percentiles on an axis of nines, and what latencies consist of. */
import { useMemo, useState } from "preact/hooks";
import { QUANTILES } from "../../report/page/latency.ts";
import type { PageModel } from "../../report/page/page-model.ts";
import { humanise } from "../../report/numbers.ts";
import type { Table } from "../../report/report-model.ts";
import { PARTS } from "../../statistics/run-record.ts";
import { Chart } from "../shared/chart.tsx";
import { inkOn, seriesColour } from "../shared/colours.ts";
import { DataBehind } from "../shared/data-table.tsx";
import { useTheme } from "../shared/theme.ts";
import { OfChoice, Section } from "./parts.tsx";
import type { PageState } from "./state.ts";

/** Nines: 0 at p0, 1 at p90, 2 at p99, 3 at p99.9. */
const ninesOf = (q: number): number => -Math.log10(1 - q);
const nameOf = (q: number): string => `p${Number((q * 100).toPrecision(7))}`;
const TICKS = [0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999].map((q) => ({
  at: ninesOf(q),
  text: nameOf(q),
}));

export function LatencySection({ state }: { state: PageState }) {
  const { model, of, hidden, toggle } = state;
  const [logarithmic, setLogarithmic] = useState(true);
  const lines = useMemo(() => linesOf(model, of), [model, of]);
  return (
    <Section id="latency" title="Latency" look={model.look.percentiles}>
      <div class="tools no-print">
        <OfChoice state={state} label="Latencies of" />
        <button
          type="button"
          class="button"
          aria-pressed={logarithmic}
          onClick={() => setLogarithmic(!logarithmic)}
        >
          Logarithmic axis
        </button>
      </div>
      <figure data-picture="percentiles">
        <Chart
          title="Latency by percentile"
          height={300}
          {...lines}
          unit="ms"
          hidden={hidden}
          onToggle={toggle}
          logarithmic={logarithmic}
          xTicks={TICKS}
          xText={(nines) => nameOf(1 - 10 ** -nines)}
        />
        <DataBehind label="latency by percentile" table={() => percentilesTable(model, of)} />
      </figure>
      <h3>What it consists of</h3>
      <p class="look">{model.look.parts}</p>
      <figure data-picture="parts">
        <Parts model={model} of={of} />
        <DataBehind label="mean latency by part" table={() => partsTable(model, of)} />
      </figure>
    </Section>
  );
}

type LatencyOf = PageModel["variants"][number]["latency"]["of"][number];

const latenciesOf = (
  model: PageModel,
  of: string,
): (LatencyOf & { label: string; index: number })[] =>
  model.variants.flatMap(({ label, latency }, index) => {
    const own = latency.of.find((one) => one.of === of);
    return own === undefined ? [] : [{ ...own, label, index }];
  });

function linesOf(model: PageModel, of: string) {
  const own = latenciesOf(model, of);
  const last = QUANTILES.findLastIndex((_, at) =>
    own.some(({ quantiles }) => quantiles[at] !== null),
  );
  return {
    xs: QUANTILES.slice(0, last + 1).map(ninesOf),
    series: own.map(({ label, index, quantiles }) => ({
      label,
      index,
      values: quantiles.slice(0, last + 1),
    })),
  };
}

function percentilesTable(model: PageModel, of: string): Table {
  const own = latenciesOf(model, of);
  return {
    title: `Latency by percentile, ${of}`,
    columns: [
      { head: "percentile", unit: "text" },
      ...own.map(({ label }) => ({ head: label, unit: "ms" as const, scale: "variants" })),
    ],
    rows: QUANTILES.map((q, at) => ({
      cells: [nameOf(q), ...own.map(({ quantiles }) => quantiles[at])],
    })),
    notes: ["– fewer than one request lies beyond it."],
  };
}

/** Parts that take any time at all. */
const partsMet = (own: readonly LatencyOf[]): number[] =>
  [...PARTS.keys()].filter((part) => own.some(({ parts }) => (parts[part] ?? 0) > 0));

function Parts({ model, of }: { model: PageModel; of: string }) {
  const theme = useTheme();
  const own = latenciesOf(model, of);
  const met = partsMet(own);
  const longest = Math.max(...own.map(({ mean }) => mean ?? 0));
  const colourOf = (part: number): string => seriesColour(part, theme);
  return (
    <>
      <ul class="parts-legend">
        {met.map((part) => (
          <li key={part}>
            <span class="block-swatch" style={{ background: colourOf(part) }} /> {PARTS[part]}
          </li>
        ))}
      </ul>
      <div class="stacks">
        {own.map(({ label, parts, mean }) => (
          <div key={label} class="stack-row">
            <span class="stack-name">{label}</span>
            <div class="stack" role="img" aria-label={stackText(label, parts, met, mean)}>
              {met.map((part) => {
                const share = (parts[part] ?? 0) / longest;
                return (
                  <div
                    key={part}
                    class="stack-part"
                    style={{
                      width: `${share * 100}%`,
                      background: colourOf(part),
                      color: inkOn(colourOf(part)),
                    }}
                    title={`${PARTS[part]}: ${humanise(parts[part], "ms")}`}
                  >
                    {share > 0.09 && <span>{PARTS[part]}</span>}
                  </div>
                );
              })}
            </div>
            <span class="stack-sum">{humanise(mean, "ms")}</span>
          </div>
        ))}
      </div>
    </>
  );
}

const stackText = (
  label: string,
  parts: readonly (number | null)[],
  met: readonly number[],
  mean: number | null,
): string =>
  `${label}: ${humanise(mean, "ms")} on average, of it ${met
    .map((part) => `${PARTS[part]} ${humanise(parts[part], "ms")}`)
    .join(", ")}`;

function partsTable(model: PageModel, of: string): Table {
  const own = latenciesOf(model, of);
  const met = partsMet(own);
  return {
    title: `Mean latency by part, ${of}`,
    columns: [
      { head: "variant", unit: "text" },
      { head: "mean", unit: "ms", scale: "parts" },
      ...met.map((part) => ({ head: PARTS[part], unit: "ms" as const, scale: "parts" })),
      { head: "requests", unit: "count" },
    ],
    rows: own.map(({ label, mean, parts, requests }) => ({
      cells: [label, mean, ...met.map((part) => parts[part]), requests],
    })),
    notes: ["Parts sum to the mean."],
  };
}
