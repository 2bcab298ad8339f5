/**
 * uPlot as a component: series with colours and dashes of their own, marked events, a cursor shared
 * by all charts of one key, and a range that its owner keeps (by brush, key or button).
 */
import { useEffect, useMemo, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { clock, humanise } from "../../report/numbers.ts";
import type { Unit } from "../../report/report-model.ts";
import { drawMarks } from "./chart-marks.ts";
import type { ChartMark } from "./chart-marks.ts";
import {
  CLOCK_STEPS,
  clockTicks,
  GUTTER,
  logTicks,
  rangeAfterKey,
  RIGHT,
  unitTicks,
} from "./chart-scale.ts";
import type { Range } from "./chart-scale.ts";
import { seriesColour, seriesDash } from "./colours.ts";
import { currentTheme, onTheme, token, useTheme } from "./theme.ts";
import "./chart.css";

export type { ChartMark, Range };

export interface ChartSeries {
  readonly label: string;
  /** Which colour and dashes: see colours.ts. */
  readonly index: number;
  /** One an x; null: no figure. */
  readonly values: readonly (number | null)[];
  /** Both or none: a band around the line, as of what a point stands for. */
  readonly low?: readonly (number | null)[] | null;
  readonly high?: readonly (number | null)[] | null;
}

export interface ChartProps {
  readonly title: string;
  /** Ascending. Simulated ms, unless `xTicks` says what they are. */
  readonly xs: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly unit: Unit;
  readonly height?: number;
  readonly marks?: readonly ChartMark[];
  /** Charts of one key share their cursor. */
  readonly syncKey?: string;
  readonly range?: Range;
  /** Without it the chart cannot be zoomed. */
  readonly onRange?: (range: Range) => void;
  readonly hidden?: ReadonlySet<string>;
  readonly onToggle?: (label: string) => void;
  readonly logarithmic?: boolean;
  /** Ticks of an x axis that is no time. */
  readonly xTicks?: readonly { readonly at: number; readonly text: string }[];
  /** What the cursor's x is called; default: simulated time. */
  readonly xText?: (x: number) => string;
  /** Beside the title. */
  readonly note?: string;
}

/** A piece of the series' line, for legends and tables. */
export function Swatch({ index }: { index: number }) {
  const theme = useTheme();
  return (
    <svg class="swatch" width="28" height="10" aria-hidden="true">
      <line
        x1="1"
        x2="27"
        y1="5"
        y2="5"
        stroke={seriesColour(index, theme)}
        stroke-width="2.5"
        stroke-dasharray={seriesDash(index).join(" ")}
      />
    </svg>
  );
}

interface Band {
  readonly label: string;
  readonly index: number;
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
}

/** A logarithmic axis has no place for 0. */
const shownOf = (values: readonly (number | null)[], logarithmic = false): (number | null)[] =>
  logarithmic ? values.map((value) => (value !== null && value > 0 ? value : null)) : [...values];

const bandsOf = (series: readonly ChartSeries[]): Band[] =>
  series.flatMap(({ label, index, low, high }) =>
    low == null || high == null ? [] : [{ label, index, low, high }],
  );

/** Where figures at the cursor are written: the x, then one a series. */
type Slots = (HTMLElement | null)[];

const wholeOf = (xs: readonly number[]): readonly [number, number] => [xs[0] ?? 0, xs.at(-1) ?? 1];
const noneHidden: ReadonlySet<string> = new Set();

/** Keeps one plot in `place` for as long as its shape stays, and hands it what changes. */
function usePlot(place: { readonly current: HTMLElement | null }, props: ChartProps, slots: Slots) {
  const { xs, series, unit, logarithmic, height, marks, hidden = noneHidden, range } = props;
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const data = useMemo(
    (): uPlot.AlignedData => [
      [...xs],
      ...series.map(({ values }) => shownOf(values, logarithmic)),
      // Behind the lines, so that a line's number is its place in `series`.
      ...bandsOf(series).flatMap(({ low, high }) => [
        shownOf(high, logarithmic),
        shownOf(low, logarithmic),
      ]),
    ],
    [xs, series, logarithmic],
  );
  const named = series.map(({ label, index, low }) => [label, index, low != null]);
  const shape = JSON.stringify([named, unit, logarithmic, height]);
  useEffect(() => {
    const at = place.current!;
    const told = (index: number | null): void => tell(slots, latest.current, index);
    const made = new uPlot(optionsOf(latest, at.clientWidth, told), data, at);
    plot.current = made;
    const resized = new ResizeObserver(([entry]) => {
      made.setSize({ width: entry.contentRect.width, height: made.height });
    });
    resized.observe(at);
    const end = onTheme(() => made.redraw(false));
    return () => {
      end();
      resized.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape]);
  const [from, to] = range ?? wholeOf(xs);
  useEffect(() => plot.current?.setData(data, false), [data]);
  useEffect(() => plot.current?.setScale("x", { min: from, max: to }), [data, from, to, shape]);
  useEffect(() => {
    for (const [index, { label }] of series.entries()) {
      plot.current?.setSeries(index + 1, { show: !hidden.has(label) });
    }
    for (const [index, { label }] of bandsOf(series).entries()) {
      const first = 1 + series.length + 2 * index;
      plot.current?.setSeries(first, { show: !hidden.has(label) });
      plot.current?.setSeries(first + 1, { show: !hidden.has(label) });
    }
  }, [shape, hidden]);
  useEffect(() => plot.current?.redraw(false), [marks]);
}

export function Chart(props: ChartProps) {
  const { title, note, xs, range = null, onRange } = props;
  const place = useRef<HTMLDivElement>(null);
  const slots = useRef<Slots>([]);
  usePlot(place, props, slots.current);
  const onKey = (event: KeyboardEvent): void => {
    if (onRange === undefined) return;
    const whole = wholeOf(xs);
    const wanted = rangeAfterKey(event.key, range, whole);
    if (wanted === null && event.key !== "Escape") return;
    event.preventDefault();
    onRange(wanted !== null && wanted[1] - wanted[0] < whole[1] - whole[0] ? wanted : null);
  };
  const keys = onRange === undefined ? "" : " Arrows move, plus and minus zoom, Escape shows all.";
  return (
    <div class="chart">
      <div class="chart-head">
        <h3>{title}</h3>
        {note !== undefined && <span class="note">{note}</span>}
        <span
          class="at"
          aria-hidden="true"
          ref={(slot) => {
            slots.current[0] = slot;
          }}
        />
        <Legend {...props} slots={slots.current} />
      </div>
      <div
        class="plot"
        ref={place}
        role="group"
        aria-label={`Chart: ${title}.${keys}`}
        tabIndex={0}
        onKeyDown={onKey}
      />
    </div>
  );
}

function Legend({ series, hidden, onToggle, slots }: ChartProps & { slots: Slots }) {
  return (
    <ul class="chart-legend">
      {series.map(({ label, index }, at) => (
        <li key={label}>
          <button
            type="button"
            aria-pressed={!(hidden?.has(label) ?? false)}
            disabled={onToggle === undefined}
            onClick={() => onToggle?.(label)}
          >
            <Swatch index={index} />
            {label}
          </button>
          <span
            class="at"
            aria-hidden="true"
            ref={(slot) => {
              slots[at + 1] = slot;
            }}
          />
        </li>
      ))}
    </ul>
  );
}

/** The figures at the cursor, written straight into the legend: nothing is drawn anew for them. */
function tell(slots: Slots, { series, unit, xs, xText = clock }: ChartProps, index: number | null) {
  const [x] = slots;
  if (x != null) x.textContent = index === null ? "" : xText(xs[index]);
  for (const [at, { values }] of series.entries()) {
    const slot = slots[at + 1];
    if (slot == null) continue;
    const value = index === null ? undefined : values[index];
    slot.textContent = value === undefined ? "" : humanise(value, unit);
  }
}

type Latest = { readonly current: ChartProps };

/** Handlers look into `latest`: the plot outlives many drawings of its component. */
function optionsOf(
  latest: Latest,
  width: number,
  told: (index: number | null) => void,
): uPlot.Options {
  const { series, unit, height = 190, logarithmic = false, syncKey, onRange } = latest.current;
  const bands = bandsOf(series);
  return {
    width,
    height,
    padding: [14, latest.current.xTicks === undefined ? RIGHT : 2.5 * RIGHT, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: false },
      y: logarithmic
        ? { distr: 3, range: (_, least, most) => [(least ?? 1) * 0.85, (most ?? 10) * 1.2] }
        : { range: (_, least, most) => fromZero(least, most) },
    },
    series: [
      {},
      ...series.map(({ label, index }): uPlot.Series => ({
        label,
        stroke: () => seriesColour(index, currentTheme()),
        width: 1.75,
        dash: [...seriesDash(index)],
        points: { show: true, size: 5, filter: alone },
      })),
      ...bands.flatMap(() => [EDGE, EDGE]),
    ],
    bands: bands.map(({ index }, at) => ({
      series: [1 + series.length + 2 * at, 2 + series.length + 2 * at],
      fill: () => `${seriesColour(index, currentTheme())}33`,
    })),
    axes: [
      xAxis(latest.current),
      {
        ...axis(),
        size: GUTTER,
        values: (_, at) => unitTicks(at, unit),
        // uPlot's own begin at the scale's end, which need be no power of ten here.
        ...(logarithmic
          ? { splits: (_, __, least, most) => logTicks(least, most), filter: (_, at) => at }
          : {}),
      },
    ],
    cursor: {
      y: false,
      drag: { x: onRange !== undefined, y: false, setScale: false },
      bind: { dblclick: () => () => onRangeOf(latest, null) },
      ...(syncKey === undefined
        ? {}
        : { sync: { key: syncKey, scales: ["x", null], filters: { pub: isMove } } }),
    },
    hooks: {
      setCursor: [(self) => told(self.cursor.idx ?? null)],
      setSelect: [(self) => selected(self, latest)],
      draw: [(self) => drawMarks(self, latest.current.marks ?? [])],
    },
  };
}

/** Points between two that are missing: no line goes through them. */
function alone(self: uPlot, series: number): number[] {
  const values = self.data[series];
  const isThere = (index: number): boolean => values[index] != null;
  return [...values.keys()].filter(
    (index) => isThere(index) && !isThere(index - 1) && !isThere(index + 1),
  );
}

/** The edge of a band: no line, no points, not in the legend. */
const EDGE: uPlot.Series = { width: 0, points: { show: false } };

/** Cursors are linked; a brush is its owner's affair, who tells all charts. */
const isMove = (type: string): boolean => type === "mousemove" || type === "mouseleave";

function onRangeOf(latest: Latest, range: Range): null {
  latest.current.onRange?.(range);
  return null;
}

function selected(self: uPlot, latest: Latest): void {
  const { left, width } = self.select;
  if (width < 4) return;
  const range: Range = [self.posToVal(left, "x"), self.posToVal(left + width, "x")];
  self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onRangeOf(latest, range);
}

/** From zero up, with a little air above: lengths can be compared. */
function fromZero(least: number | null, most: number | null): uPlot.Range.MinMax {
  const top = most === null || most <= 0 ? 1 : most * 1.06;
  return [Math.min(0, least ?? 0), top];
}

const axis = (): uPlot.Axis => ({
  stroke: () => token("--ink-soft"),
  font: "12px system-ui, sans-serif",
  grid: { stroke: () => token("--line-soft"), width: 1 },
  ticks: { stroke: () => token("--line"), width: 1, size: 4 },
});

function xAxis({ xTicks }: ChartProps): uPlot.Axis {
  if (xTicks === undefined) {
    return {
      ...axis(),
      space: 84,
      size: 32,
      incrs: [...CLOCK_STEPS],
      values: (_, at) => clockTicks(at),
    };
  }
  const texts = new Map(xTicks.map(({ at, text }) => [at, text]));
  return {
    ...axis(),
    size: 32,
    splits: () => xTicks.map(({ at }) => at),
    values: (_, at) => at.map((each) => texts.get(each) ?? ""),
  };
}
