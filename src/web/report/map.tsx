/** Who is served where, step by step: a map where places have coordinates, else a plan. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { clock, humanise } from "../../report/numbers.ts";
import type { FlowsModel, PageModel } from "../../report/page/page-model.ts";
import type { Table } from "../../report/report-model.ts";
import { scaleColour, scaleGradient } from "../shared/colours.ts";
import { DataBehind } from "../shared/data-table.tsx";
import { LAND } from "./land.ts";
import { layoutOf } from "./map-layout.ts";
import type { MapLayout, Spot } from "./map-layout.ts";
import { Section, VariantChoice } from "./parts.tsx";
import type { PageState } from "./state.ts";

const COLOURINGS = ["latency", "spillover"] as const;
type Colouring = (typeof COLOURINGS)[number];

type Flow = FlowsModel["flows"][number];

/** A step takes so long when the run is played. */
const STEP_MS = 350;

export function MapSection({ state }: { state: PageState }) {
  const { model, variant, marks } = state;
  const { flows: own, label } = model.variants[variant];
  const steps = own.edgesMs.length - 1;
  const [wanted, setStep] = useState(() => firstStep(model));
  const [colouring, setColouring] = useState<Colouring>("latency");
  const step = Math.min(wanted, steps - 1);
  const layout = useMemo(() => layoutOf(model.map), [model]);
  const scales = useMemo(() => scalesOf(model), [model]);
  const [fromMs, toMs] = [own.edgesMs[step], own.edgesMs[step + 1]];
  const happening = marks.filter(({ at }) => at >= fromMs && at < toMs);
  return (
    <Section id="map" title={layout.isMap ? "Map" : "Who serves whom"} look={model.look.map}>
      <div class="tools no-print">
        <VariantChoice state={state} />
        <label class="choice">
          Colour by{" "}
          <select
            value={colouring}
            onChange={({ currentTarget }) => setColouring(COLOURINGS[currentTarget.selectedIndex])}
          >
            <option value="latency">latency</option>
            <option value="spillover">spillover</option>
          </select>
        </label>
      </div>
      <figure>
        <Picture {...{ model, layout, flows: own, step, colouring, scales, label }} />
        <Player {...{ step, steps, setStep }}>
          {clock(fromMs)} – {clock(toMs)}
          {happening.map(({ sign, label: text }) => (
            <span key={sign} class="flag" title={text}>
              {sign}
            </span>
          ))}
        </Player>
        <Legend colouring={colouring} scales={scales} />
        <DataBehind label={`flows, ${label}`} table={() => flowsTable(model, variant)} />
      </figure>
    </Section>
  );
}

/** Just after the first event, where most is to be seen; else in the middle. */
function firstStep({ events, variants }: PageModel): number {
  const { edgesMs } = variants[0].flows;
  const steps = edgesMs.length - 1;
  const [event] = events;
  if (event === undefined) return Math.floor(steps / 2);
  return Math.max(
    0,
    edgesMs.findLastIndex((edge, at) => at < steps && edge <= event.atMs),
  );
}

interface Scales {
  readonly rate: number;
  readonly leastMs: number;
  readonly mostMs: number;
}

/** The same for all steps and variants, so that pictures can be compared. */
function scalesOf({ variants }: PageModel): Scales {
  const flows = variants.flatMap(({ flows: own }) => own.flows);
  const latencies = flows.flatMap(({ latencyMs }) => latencyMs.filter((ms) => ms !== null));
  return {
    rate: Math.max(1e-9, ...flows.flatMap(({ rate }) => rate)),
    leastMs: Math.min(...latencies, 1e9),
    mostMs: Math.max(...latencies, 0),
  };
}

interface PictureProps {
  readonly model: PageModel;
  readonly layout: MapLayout;
  readonly flows: FlowsModel;
  readonly step: number;
  readonly colouring: Colouring;
  readonly scales: Scales;
  readonly label: string;
}

const WIDEST = 11;

/** Latencies lie between a ms and seconds: equal factors are equal steps of colour. */
function latencyShare(ms: number | null, { leastMs, mostMs }: Scales): number {
  if (ms === null) return 1;
  return mostMs > leastMs ? Math.log(ms / leastMs) / Math.log(mostMs / leastMs) : 0;
}

function Picture({ model, layout, flows, step, colouring, scales, label }: PictureProps) {
  const { regions, datacenters } = model.map;
  const widthOf = ({ rate }: Flow): number =>
    rate[step] === 0 ? 0 : Math.max(1.25, (rate[step] / scales.rate) * WIDEST);
  const colourOf = ({ latencyMs, spilled }: Flow): string => {
    const share =
      colouring === "spillover" ? (spilled[step] ?? 0) : latencyShare(latencyMs[step], scales);
    return scaleColour(share);
  };
  const drawn = flows.flows.filter(({ rate }) => rate[step] > 0);
  return (
    <svg
      class={layout.isMap ? "map" : "map is-plan"}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      role="img"
      aria-label={`Flows from ${regions.length} regions to ${datacenters.length} datacenters, ${label}. The table below has the figures.`}
    >
      {layout.isMap && <path class="land" d={layout.landPath(LAND)} />}
      {drawn.map((flow) => (
        <FlowLine
          key={`${flow.region} ${flow.datacenter}`}
          d={layout.flowPath(flow.region, flow.datacenter)}
          home={layout.datacenters[flow.datacenter]}
          width={widthOf(flow)}
          colour={colourOf(flow)}
          text={flowText(flow, step, model)}
        />
      ))}
      {layout.regions.map((spot, index) => (
        <circle key={regions[index].name} class="region" cx={spot.x} cy={spot.y} r={REGION}>
          <title>{regions[index].name}</title>
        </circle>
      ))}
      {layout.datacenters.map((spot, index) => (
        <Datacenter
          key={datacenters[index].name}
          spot={spot}
          name={datacenters[index].name}
          utilization={flows.utilization[index][step]}
        />
      ))}
      {layout.labels.map(({ x, y, anchor, text }) => (
        <text key={`${text} ${x} ${y}`} class="place" x={x} y={y} text-anchor={anchor}>
          {text}
        </text>
      ))}
    </svg>
  );
}

/** Radius of a region's circle: a datacenter of the same place stands inside. */
const REGION = 10;

interface FlowLineProps {
  readonly d: string | null;
  /** Where a flow stays that has no path: it lies around its place. */
  readonly home: Spot;
  readonly width: number;
  readonly colour: string;
  readonly text: string;
}

/** With a dark edge: the scale's light end is hard to see on light paper, its dark end on dark. */
function FlowLine({ d, home, width, colour, text }: FlowLineProps) {
  const circle = { cx: home.x, cy: home.y, r: REGION + 1 + width / 2 };
  return (
    <g>
      {d === null ? (
        <circle class="casing" {...circle} stroke-width={width + 1.2} />
      ) : (
        <path class="casing" d={d} stroke-width={width + 1.2} />
      )}
      {d === null ? (
        <circle class="flow" {...circle} stroke={colour} stroke-width={width} />
      ) : (
        <path class="flow" d={d} stroke={colour} stroke-width={width} />
      )}
      <title>{text}</title>
    </g>
  );
}

function flowText(
  { region, datacenter, rate, latencyMs, spilled }: Flow,
  step: number,
  model: PageModel,
) {
  const { regions, datacenters } = model.map;
  const away = (spilled[step] ?? 0) > 0 ? `, ${humanise(spilled[step], "share")} spilled` : "";
  return (
    `${regions[region].name} to ${datacenters[datacenter].name}: ${humanise(rate[step], "rate")}, ` +
    `${humanise(latencyMs[step], "ms")} on average${away}`
  );
}

interface DatacenterProps {
  readonly spot: Spot;
  readonly name: string;
  readonly utilization: number | null;
}

/** A square that fills with its utilization. */
function Datacenter({ spot: { x, y }, name, utilization }: DatacenterProps) {
  const size = 11;
  const filled = size * Math.min(1, utilization ?? 0);
  return (
    <g class="datacenter">
      <rect class="case" x={x - size / 2} y={y - size / 2} width={size} height={size} rx="2" />
      <rect class="fill" x={x - size / 2} y={y + size / 2 - filled} width={size} height={filled} />
      <title>
        {name}: utilization {humanise(utilization, "share")}
      </title>
    </g>
  );
}

interface PlayerProps {
  readonly step: number;
  readonly steps: number;
  readonly setStep: (step: number) => void;
  readonly children: preact.ComponentChildren;
}

function Player({ step, steps, setStep, children }: PlayerProps) {
  const [playing, setPlaying] = useState(false);
  useEffect(() => {
    if (!playing) return undefined;
    const timer = setTimeout(() => {
      if (step + 1 >= steps) setPlaying(false);
      else setStep(step + 1);
    }, STEP_MS);
    return () => clearTimeout(timer);
  }, [playing, step]);
  const start = (): void => {
    if (!playing && step + 1 >= steps) setStep(0);
    setPlaying(!playing);
  };
  return (
    <div class="player">
      <button type="button" class="button no-print" onClick={start} disabled={steps < 2}>
        {playing ? "Pause" : "Play"}
      </button>
      <input
        type="range"
        class="no-print"
        min={0}
        max={Math.max(0, steps - 1)}
        value={step}
        aria-label="Time"
        onInput={({ currentTarget }) => setStep(currentTarget.valueAsNumber)}
      />
      <output>{children}</output>
    </div>
  );
}

function Legend({ colouring, scales }: { colouring: Colouring; scales: Scales }) {
  const [least, most] =
    colouring === "latency"
      ? [humanise(scales.leastMs, "ms"), humanise(scales.mostMs, "ms")]
      : ["all served nearest", "all served farther away"];
  return (
    <p class="map-legend">
      <span>
        <svg width="36" height="14" aria-hidden="true">
          <line class="sample" x1="2" x2="34" y1="7" y2="7" stroke-width={WIDEST} />
        </svg>{" "}
        width: rate, at most {humanise(scales.rate, "rate")}
      </span>
      <span>
        colour: {least} <span class="ramp" style={{ background: scaleGradient() }} /> {most}
      </span>
      <span>
        <svg width="16" height="16" aria-hidden="true">
          <circle class="region" cx="8" cy="8" r="7" />
        </svg>{" "}
        region{" "}
        <svg width="15" height="15" aria-hidden="true" class="datacenter">
          <rect class="case" x="1" y="1" width="13" height="13" rx="2" />
          <rect class="fill" x="1" y="7" width="13" height="7" />
        </svg>{" "}
        datacenter, filled by its utilization
      </span>
    </p>
  );
}

/** One row a step and flow. */
function flowsTable({ map, variants }: PageModel, variant: number): Table {
  const { flows, label } = variants[variant];
  const steps = flows.edgesMs.length - 1;
  const rows = Array.from({ length: steps }, (_, step) =>
    flows.flows
      .filter(({ rate }) => rate[step] > 0)
      .map(({ region, datacenter, rate, latencyMs, spilled }) => ({
        cells: [
          flows.edgesMs[step],
          map.regions[region].name,
          map.datacenters[datacenter].name,
          rate[step],
          latencyMs[step],
          spilled[step],
        ],
      })),
  ).flat();
  return {
    title: `Flows by time, ${label}`,
    columns: [
      { head: "from", unit: "ms" },
      { head: "region", unit: "text" },
      { head: "datacenter", unit: "text" },
      { head: "rate", unit: "rate" },
      { head: "mean latency", unit: "ms" },
      { head: "spilled", unit: "share" },
    ],
    rows,
    notes: [],
  };
}
