/** Where regions and datacenters stand in the picture, and how flows go between them. */
import { geoNaturalEarth1, geoPath } from "d3-geo";
import type { GeoPermissibleObjects } from "d3-geo";
import type { MapModel } from "../../report/page/page-model.ts";

export interface Spot {
  readonly x: number;
  readonly y: number;
}

export interface Label extends Spot {
  readonly anchor: "start" | "middle" | "end";
  readonly text: string;
}

export interface MapLayout {
  /** False: some place has no coordinates, or all stand in one. */
  readonly isMap: boolean;
  readonly width: number;
  readonly height: number;
  readonly regions: readonly Spot[];
  readonly datacenters: readonly Spot[];
  readonly labels: readonly Label[];
  landPath(land: GeoPermissibleObjects): string;
  /** null: it stays in its place. */
  flowPath(region: number, datacenter: number): string | null;
}

const WIDTH = 1000;
const MAP_HEIGHT = 500;
const PADDING = 60;
/** Of the whole world: closer than this, the coast at 1:110m is no more than a few corners. */
const CLOSEST = 4;

export function layoutOf(map: MapModel): MapLayout {
  const located = pointsOf(map);
  const distinct = new Set(located?.map((point) => point.join(" ")));
  return located !== null && distinct.size > 1 ? mapLayout(map, located) : planLayout(map);
}

type Point = readonly [longitude: number, latitude: number];

/** By place id; null where one that is used has no coordinates. */
function pointsOf({ places, regions, datacenters }: MapModel): Point[] | null {
  const used = [...regions, ...datacenters].map(({ place }) => place);
  const points: Point[] = [];
  for (const place of used) {
    const { latitude, longitude } = places[place ?? -1] ?? { latitude: null, longitude: null };
    if (latitude === null || longitude === null) return null;
    points.push([longitude, latitude]);
  }
  return points;
}

function mapLayout(map: MapModel, points: readonly Point[]): MapLayout {
  const world = geoNaturalEarth1().fitExtent(
    [
      [10, 10],
      [WIDTH - 10, MAP_HEIGHT - 10],
    ],
    { type: "Sphere" },
  );
  const projection = geoNaturalEarth1().fitExtent(
    [
      [PADDING * 2, PADDING],
      [WIDTH - PADDING * 2, MAP_HEIGHT - PADDING],
    ],
    { type: "MultiPoint", coordinates: points.map((point) => [...point]) },
  );
  const centre = projection.invert?.([WIDTH / 2, MAP_HEIGHT / 2]);
  const close = world.scale() * CLOSEST;
  if (projection.scale() > close && centre != null) {
    projection.scale(close).translate([0, 0]);
    const [x, y] = projection(centre) ?? [0, 0];
    projection.translate([WIDTH / 2 - x, MAP_HEIGHT / 2 - y]);
  }
  projection.clipExtent([
    [0, 0],
    [WIDTH, MAP_HEIGHT],
  ]);
  const path = geoPath(projection).digits(1);
  const spots = points.map((point): Spot => {
    const [x, y] = projection([...point]) ?? [0, 0];
    return { x, y };
  });
  const regions = spots.slice(0, map.regions.length);
  const datacenters = spots.slice(map.regions.length);
  return {
    isMap: true,
    width: WIDTH,
    height: MAP_HEIGHT,
    regions,
    datacenters,
    labels: placedLabels(map, regions, datacenters),
    landPath: (land) => path(land) ?? "",
    flowPath: (region, datacenter) => curve(regions[region], datacenters[datacenter]),
  };
}

/** Pixels within which a region and a datacenter are one place. */
const CLOSE = 6;

/** Bent to the left of its direction, so that there and back again lie apart. */
function curve(from: Spot, to: Spot): string | null {
  if (Math.hypot(to.x - from.x, to.y - from.y) < CLOSE) return null;
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const bend = 0.18;
  const x = (from.x + to.x) / 2 + dy * bend;
  const y = (from.y + to.y) / 2 - dx * bend;
  return `M${coordinate(from.x)} ${coordinate(from.y)}Q${coordinate(x)} ${coordinate(y)} ${coordinate(to.x)} ${coordinate(to.y)}`;
}

const coordinate = (value: number): number => Math.round(value * 10) / 10;

const LETTER = 7;
const LINE = 15;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Each name once, on the side where it covers least: greedy, in the order given. */
function placedLabels(
  map: MapModel,
  regions: readonly Spot[],
  datacenters: readonly Spot[],
): Label[] {
  const taken: Box[] = [...regions, ...datacenters].map(({ x, y }) => boxAround(x, y, 14, 12));
  const wanted = [
    ...map.datacenters.map(({ name }, index) => ({ text: name, spot: datacenters[index] })),
    ...map.regions.map(({ name }, index) => ({ text: name, spot: regions[index] })),
  ];
  const labels: Label[] = [];
  for (const { text, spot } of wanted) {
    const twin = labels.some(
      (label) => label.text === text && Math.hypot(label.x - spot.x, label.y - spot.y) < 60,
    );
    if (twin) continue;
    const best = candidates(text, spot)
      .map((one) => ({ ...one, covers: overlapOf(one.box, taken) }))
      .reduce((least, one) => (one.covers < least.covers ? one : least));
    taken.push(best.box);
    labels.push(best.label);
  }
  return labels;
}

function candidates(text: string, { x, y }: Spot): { label: Label; box: Box }[] {
  const width = text.length * LETTER;
  const at = (label: Label, left: number): { label: Label; box: Box } => ({
    label,
    box: { left, right: left + width, top: label.y - LINE + 3, bottom: label.y + 3 },
  });
  return [
    at({ text, x: x + 17, y: y + 4, anchor: "start" }, x + 17),
    at({ text, x: x - 17, y: y + 4, anchor: "end" }, x - 17 - width),
    at({ text, x, y: y + 30, anchor: "middle" }, x - width / 2),
    at({ text, x, y: y - 18, anchor: "middle" }, x - width / 2),
    at({ text, x: x + 13, y: y + 22, anchor: "start" }, x + 13),
    at({ text, x: x + 13, y: y - 13, anchor: "start" }, x + 13),
    at({ text, x: x - 32, y: y + 4, anchor: "end" }, x - 32 - width),
  ];
}

const boxAround = (x: number, y: number, dx: number, dy: number): Box => ({
  left: x - dx,
  right: x + dx,
  top: y - dy,
  bottom: y + dy,
});

/** Area covered, with what hangs over the picture's edge counted too. */
function overlapOf(box: Box, taken: readonly Box[]): number {
  let area = 0;
  for (const other of taken) {
    const width = Math.min(box.right, other.right) - Math.max(box.left, other.left);
    const height = Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top);
    if (width > 0 && height > 0) area += width * height;
  }
  const outside = Math.max(0, -box.left) + Math.max(0, box.right - WIDTH);
  return area + outside * LINE;
}

const ROW = 44;

/** Regions on the left, datacenters on the right. */
function planLayout({ regions, datacenters }: MapModel): MapLayout {
  const rows = Math.max(regions.length, datacenters.length);
  const height = rows * ROW + 20;
  const column = (count: number, x: number): Spot[] =>
    Array.from({ length: count }, (_, index) => ({
      x,
      y: 10 + ((index + 0.5) * (rows * ROW)) / count,
    }));
  const left = column(regions.length, 260);
  const right = column(datacenters.length, WIDTH - 260);
  return {
    isMap: false,
    width: WIDTH,
    height,
    regions: left,
    datacenters: right,
    labels: [
      ...regions.map(({ name }, index): Label => ({
        text: name,
        x: left[index].x - 14,
        y: left[index].y + 5,
        anchor: "end",
      })),
      ...datacenters.map(({ name }, index): Label => ({
        text: name,
        x: right[index].x + 16,
        y: right[index].y + 5,
        anchor: "start",
      })),
    ],
    landPath: () => "",
    flowPath(region, datacenter) {
      const from = left[region];
      const to = right[datacenter];
      const middle = (from.x + to.x) / 2;
      return `M${from.x} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`;
    },
  };
}
