/** The figures of all lanes over each other, window by window, with events and touches marked. */
import { useMemo, useState } from "preact/hooks";
import type { Unit } from "../../../report/report-model.ts";
import { Chart, type ChartMark, type ChartSeries, type Range } from "../../shared/chart.tsx";
import type { Conductor } from "../conductor.ts";
import type { FigureName, Opened } from "../engine/protocol.ts";
import { useStore } from "../state.ts";

interface Shown {
  readonly figure: FigureName;
  readonly title: string;
  readonly unit: Unit;
}

const SHOWN: readonly Shown[] = [
  { figure: "p99", title: "p99 latency", unit: "ms" },
  { figure: "miss-rate", title: "Miss rate", unit: "share" },
  { figure: "utilization", title: "Utilization", unit: "share" },
  { figure: "errors", title: "Errors", unit: "rate" },
];
/** Where nothing is cached: how uneven the machines are is worth more than an empty chart. */
const UNCACHED: Shown = {
  figure: "utilization-max",
  title: "Busiest machine's utilization",
  unit: "share",
};
const HEIGHT = 128;
const POINTS_MOST = 40;
/** An axis of at least so many windows, so that the first points do not race across. */
const WINDOWS_LEAST = 12;

export function Figures({ conductor }: { conductor: Conductor }) {
  const opened = useStore(conductor.page, (page) => page.opened);
  const trees = useStore(conductor.page, (page) => page.trees);
  if (opened === null) return <section class="figures" aria-label="Figures" />;
  const cached = trees.some((nodes) => nodes.some((node) => node.cached));
  const shown = SHOWN.map((each) => (each.figure === "miss-rate" && !cached ? UNCACHED : each));
  return (
    <section class="figures" aria-label="Figures">
      {shown.map((each) => (
        <FigureChart key={each.figure} conductor={conductor} opened={opened} {...each} />
      ))}
    </section>
  );
}

function FigureChart(props: Shown & { conductor: Conductor; opened: Opened }) {
  const { conductor, opened, figure, title, unit } = props;
  const events = useStore(conductor.page, (page) => page.events);
  // Drawn anew when a window has closed, not with every frame.
  const turn = useStore(conductor.live, () => turnsOf(conductor));
  const [zoom, setZoom] = useState<Range>(null);
  const { windowMs } = opened;
  const { xs, series } = useMemo(() => {
    const { histories } = conductor;
    const length = Math.max(0, ...histories.map((history) => history.length));
    return {
      xs: Array.from({ length }, (_, i) => (i + 1) * windowMs),
      series: histories.map((history, index): ChartSeries => {
        const column = history.column(figure);
        const label = opened.lanes[index].label;
        const values = Array.from({ length }, (_, i) => finite(column[i]));
        return { label, index, values };
      }),
    };
  }, [turn, opened]);
  const marks = useMemo(
    () =>
      events.map(({ atMs, sentence }, i): ChartMark => ({
        at: atMs,
        sign: String(i + 1),
        label: sentence,
      })),
    [events],
  );
  const wholeMs = Math.max(xs.at(-1) ?? 0, WINDOWS_LEAST * windowMs);
  // A little more than all: the last tick's text needs room.
  const range: Range = zoom ?? [0, wholeMs * 1.06];
  return (
    <Chart
      // Points are drawn while they are few; that is settled when a plot is made.
      key={xs.length > POINTS_MOST ? "line" : "points"}
      title={title}
      xs={xs}
      series={series}
      unit={unit}
      height={HEIGHT}
      marks={marks}
      syncKey="playground"
      range={range}
      onRange={setZoom}
    />
  );
}

const turnsOf = ({ histories }: Conductor): number => {
  let sum = 0;
  for (const { turn } of histories) sum += turn;
  return sum;
};

const finite = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : value;
