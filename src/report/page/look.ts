/** What to look at in each picture: one sentence, made from the figures that the picture shows. */
import { PARTS } from "../../statistics/run-record.ts";
import { clock, humanise } from "../numbers.ts";
import { HEAT_UNIT, OUT_OF_SERVICE } from "./heat.ts";
import { QUANTILES } from "./latency.ts";
import type {
  Figure,
  HeatModel,
  MapModel,
  PageEvent,
  PageMetric,
  PageModel,
  PlacementModel,
  VariantModel,
} from "./page-model.ts";

type Look = PageModel["look"];

export interface Looked {
  readonly variants: readonly VariantModel[];
  readonly map: MapModel;
  readonly metrics: readonly PageMetric[];
  readonly events: readonly PageEvent[];
  /** What was before it is shown and not spoken of. */
  readonly warmupMs: number;
  /**
   * The root answers from a cache of responses, and has no machines: what it answers is no flow.
   */
  readonly isCachedBefore?: boolean;
}

export function lookAt(page: Looked): Look {
  return {
    map: mapLook(page),
    series: seriesLook(page),
    heat: heatLook(page),
    percentiles: percentilesLook(page.variants),
    parts: partsLook(page.variants),
    placement: placementLook(page.variants),
  };
}

/** ` with mod-n`; nothing where there is one variant only. */
const whose = (variants: readonly VariantModel[], label: string): string =>
  variants.length > 1 ? ` with ${label}` : "";

interface Found<T> {
  readonly what: T;
  readonly value: number;
}

/** The item of the greatest value; null where none has one. */
function greatest<T>(items: Iterable<T>, valueOf: (item: T) => Figure): Found<T> | null {
  let found: Found<T> | null = null;
  for (const what of items) {
    const value = valueOf(what);
    if (value !== null && (found === null || value > found.value)) found = { what, value };
  }
  return found;
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

const windowAt = (atMs: number): string =>
  atMs === 0 ? "in the first window" : `in the window from ${clock(atMs)}`;

function mapLook({ variants, map, isCachedBefore }: Looked): string {
  const shares = variants.flatMap(({ label, flows }) => {
    const all = sum(flows.flows.map(({ rate }) => sum(rate)));
    if (all === 0) return [];
    const spilled = flows.flows.map(({ rate, spilled: shareOf }) =>
      sum(rate.map((each, step) => each * (shareOf[step] ?? 0))),
    );
    return [{ label, spilled: sum(spilled) / all }];
  });
  const flows = variants.flatMap(({ label, flows: { flows: all } }) =>
    all.map((flow) => ({ ...flow, label })),
  );
  const top = greatest(flows, ({ rate }) => sum(rate) / rate.length);
  if (top === null) return "No request reached a datacenter.";
  const { region, datacenter, label } = top.what;
  const past = isCachedBefore === true ? " that no cache in front answers" : "";
  if (map.datacenters.length === 1) {
    return `All requests${past} are served in ${map.datacenters[0].name}, ${humanise(top.value, "rate")} on average from ${map.regions[region].name}.`;
  }
  const thickest =
    `The thickest flow is ${map.regions[region].name} to ${map.datacenters[datacenter].name}` +
    `${whose(variants, label)}, ${humanise(top.value, "rate")} on average`;
  const most = greatest(shares, ({ spilled }) => spilled);
  if (most === null || most.value === 0)
    return `${thickest}; every request${past} is served by the nearest datacenter still there.`;
  const away = `${humanise(most.value, "share")} of the requests${past}${whose(variants, most.what.label)}`;
  return `${thickest}; ${away} are served farther away than the nearest datacenter still there.`;
}

function seriesLook({ variants, metrics, events, warmupMs }: Looked): string {
  const p99 = metrics.findIndex(({ name }) => name === "p99");
  const points = variants.flatMap(({ label, series: { edgesMs, of } }) =>
    (of[0].values[p99] ?? []).flatMap((value, point) =>
      edgesMs[point] < warmupMs ? [] : [{ label, value, atMs: edgesMs[point] }],
    ),
  );
  const peak = greatest(points, ({ value }) => value);
  if (peak === null) return "No request was answered.";
  const own = points.flatMap(({ label, value }) =>
    label === peak.what.label && value !== null ? [value] : [],
  );
  const usual = own.toSorted((a, b) => a - b)[Math.floor(own.length / 2)];
  const { atMs, label } = peak.what;
  const event = events.findLast((one) => one.atMs <= atMs);
  const sinceMs = atMs - (event?.atMs ?? 0);
  const after =
    event === undefined
      ? ""
      : sinceMs === 0
        ? `, right after event ${event.sign}`
        : `, ${clock(sinceMs)} after event ${event.sign}`;
  return (
    `p99 is highest${whose(variants, label)} ${windowAt(atMs)}${after}: ` +
    `${humanise(peak.value, "ms")}, where half of its windows stay below ${humanise(usual, "ms")}.`
  );
}

function heatLook({ variants, warmupMs }: Looked): string {
  const maps = variants.flatMap(({ label, heat }) => (heat === null ? [] : [{ label, heat }]));
  if (maps.length === 0) return "There are more machines than a page can show one by one.";
  const spots = maps.map(({ label, heat }) => ({ label, heat, ...hottest(heat, warmupMs) }));
  const top = greatest(spots, ({ value }) => value)!.what;
  const columns = top.heat.edgesMs.length - 1;
  const others = top.heat.machines.flatMap((_, row) => {
    const value = top.heat.values[row * columns + top.column];
    return value === OUT_OF_SERVICE ? [] : [value / HEAT_UNIT];
  });
  const mean = sum(others) / others.length;
  return (
    `The hottest cell is ${top.heat.machines[top.row]} ` +
    `${windowAt(top.heat.edgesMs[top.column])}${whose(variants, top.label)}, busy for ` +
    `${humanise(top.value, "share")} of it, while the machines' mean was ${humanise(mean, "share")}.`
  );
}

interface Spot {
  readonly row: number;
  readonly column: number;
  readonly value: number;
}

function hottest({ values, edgesMs }: HeatModel, warmupMs: number): Spot {
  const columns = edgesMs.length - 1;
  const found = greatest(values.keys(), (index) =>
    edgesMs[index % columns] < warmupMs ? null : values[index],
  );
  const at = found?.what ?? 0;
  const value = (found?.value ?? 0) / HEAT_UNIT;
  return { row: Math.floor(at / columns), column: at % columns, value };
}

function percentilesLook(variants: readonly VariantModel[]): string {
  const at = (q: number): number => QUANTILES.indexOf(q);
  const told = [0.999, 0.99, 0.9, 0.5].find((q) =>
    variants.some(({ latency }) => latency.of[0].quantiles[at(q)] !== null),
  );
  if (told === undefined) return "Too few requests were answered for a percentile.";
  const name = `p${Number((told * 100).toPrecision(6))}`;
  const figures = variants.flatMap(({ label, latency: { of } }) => {
    const tail = of[0].quantiles[at(told)];
    const middle = of[0].quantiles[at(0.5)];
    return tail === null || middle === null ? [] : [{ label, tail, middle }];
  });
  const sorted = figures.toSorted((a, b) => a.tail - b.tail);
  const say = ({ label, tail, middle }: (typeof sorted)[number]): string =>
    `${humanise(tail, "ms")}${whose(variants, label)} (its p50: ${humanise(middle, "ms")})`;
  if (sorted.length === 1)
    return `Far out on the right the tail begins: ${name} is ${say(sorted[0])}.`;
  const most = sorted[sorted.length - 1];
  if (most.tail === sorted[0].tail) {
    return `The lines do not part in the tail: ${name} is ${humanise(most.tail, "ms")} in all variants.`;
  }
  return `The lines part in the tail: ${name} goes from ${say(sorted[0])} to ${say(most)}.`;
}

function partsLook(variants: readonly VariantModel[]): string {
  const parts = variants.flatMap(({ label, latency: { of } }) =>
    of[0].parts.map((value, part) => ({ label, part, value, mean: of[0].mean })),
  );
  const top = greatest(parts, ({ value }) => value);
  if (top === null) return "No request was answered.";
  const { part, label, mean } = top.what;
  return (
    `The longest part is ${PARTS[part]}${whose(variants, label)}: ${humanise(top.value, "ms")} of ` +
    `${humanise(mean, "ms")} on average.`
  );
}

/**
 * Of 16,384 sampled keys a target then has a hundred, and its share a standard error of a tenth.
 */
const MOST_TOLD = 160;

function placementLook(variants: readonly VariantModel[]): string {
  const placements = variants.flatMap(({ label, placements: all }) =>
    all.map((placement) => ({ label, placement })),
  );
  if (placements.length === 0) return "";
  const moves = placements.flatMap(({ label, placement: { balancer, states } }) =>
    states.slice(1, 2).map((state) => ({ label, balancer, ...state })),
  );
  const known = moves.filter(({ moved }) => moved !== null);
  const sorted = known.toSorted((a, b) => (a.moved ?? 0) - (b.moved ?? 0));
  if (sorted.length === 0) {
    const { label, placement } = placements[0];
    const targets = placement.names.length;
    if (targets > MOST_TOLD) {
      return `Nothing changes here; ${targets} targets are too many to tell their shares apart by samples.`;
    }
    const { name, ratio } = greatestShare(placement);
    const owner = `${name} of ${placement.balancer}${whose(variants, label)}`;
    return `Nothing changes here; ${owner} owns most keys, ${humanise(ratio, "factor")} times its fair share.`;
  }
  const [least] = sorted;
  const most = sorted[sorted.length - 1];
  const what = `When ${least.what} (${clock(least.atMs)})`;
  const bound = `${humanise(least.least, "share")} would have to`;
  const say = ({ moved }: typeof least): string => humanise(moved, "share");
  if (least === most) {
    return `${what}${whose(variants, least.label)}, ${say(least)} of the keys get another owner; ${bound}.`;
  }
  return (
    `${what}, from ${say(least)} (${least.label}) to ${say(most)} (${most.label}) of the keys get ` +
    `another owner; ${bound}.`
  );
}

function greatestShare({ names, states }: PlacementModel): { name: string; ratio: number } {
  const [{ shares, fair }] = states;
  const found = greatest(names.keys(), (index) =>
    fair[index] > 0 ? shares[index] / fair[index] : null,
  );
  return { name: names[found?.what ?? 0], ratio: found?.value ?? 1 };
}
