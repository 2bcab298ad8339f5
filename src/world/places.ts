/**
 * Where datacenters and clients can stand, and how far apart that is in time. Ten cloud regions
 * with measured round trips, for everything else the great circle.
 *
 * Both tables: IBM Cloud documentation (ibm-cloud-docs/vpc, "network latency"), measured means in
 * ms. Between regions: 27 July to 25 August 2024; between the three zones of a region: 3 February
 * to 3 March 2024. They are kept as measured, so a few differ by direction by 1 to 2 ms (Dallas–São
 * Paulo 146, back 144).
 */
import { assert } from "../assert.ts";

export interface Coordinates {
  /** Degrees north, −90 .. 90. */
  readonly latitude: number;
  /** Degrees east, −180 .. 180. */
  readonly longitude: number;
}

interface Region extends Coordinates {
  readonly name: string;
  /** To each region in the order of `REGIONS`; 0 on the diagonal, which nobody measured. */
  readonly roundTripsMs: readonly number[];
  /** Zones 1–2, 1–3, 2–3. */
  readonly zoneRoundTripsMs: readonly [number, number, number];
}

const region = (
  name: string,
  latitude: number,
  longitude: number,
  zoneRoundTripsMs: readonly [number, number, number],
  roundTripsMs: readonly number[],
): Region => ({ name, latitude, longitude, zoneRoundTripsMs, roundTripsMs });

// Coordinates are the cities' own, to a hundredth of a degree (about a kilometre): where in the
// city a datacenter stands is not published, and is lost in the path factor.
// prettier-ignore
const REGIONS: readonly Region[] = [
  region("dallas", 32.78, -96.8, [1.91, 2.02, 1.94],
    [0, 34, 31, 123, 113, 119, 150, 186, 143, 146]),
  region("toronto", 43.65, -79.38, [1.72, 1.9, 1.86],
    [34, 0, 19, 93, 82, 108, 168, 215, 162, 129]),
  region("washington-dc", 38.9, -77.04, [0.85, 0.89, 0.81],
    [31, 19, 0, 91, 75, 87, 172, 214, 164, 118]),
  region("frankfurt", 50.11, 8.68, [0.89, 0.81, 0.8],
    [123, 93, 91, 0, 13, 29, 232, 250, 233, 198]),
  region("london", 51.51, -0.13, [2.38, 1.87, 2.0],
    [113, 83, 75, 13, 0, 27, 244, 261, 243, 188]),
  region("madrid", 40.42, -3.7, [0.68, 0.63, 0.8],
    [122, 106, 88, 29, 27, 0, 257, 275, 258, 209]),
  region("osaka", 34.69, 135.5, [1.68, 1.67, 1.68],
    [150, 169, 172, 231, 243, 257, 0, 122, 9, 293]),
  region("sydney", -33.87, 151.21, [1.91, 1.31, 2.02],
    [186, 214, 214, 249, 261, 275, 122, 0, 115, 328]),
  region("tokyo", 35.68, 139.69, [1.75, 1.54, 1.97],
    [143, 162, 166, 233, 244, 256, 9, 115, 0, 284]),
  region("sao-paulo", -23.55, -46.63, [1.97, 2.83, 2.13],
    [144, 128, 119, 196, 187, 208, 291, 328, 283, 0]),
];
const ZONES = 3;

interface Found {
  readonly region: number;
  /** 0 .. 2; −1 for the region as a whole. */
  readonly zone: number;
}

const byName = new Map<string, Found>();
REGIONS.forEach(({ name }, index) => byName.set(name, { region: index, zone: -1 }));
REGIONS.forEach(({ name }, index) => {
  for (let zone = 0; zone < ZONES; zone++) {
    byName.set(`${name}-az${zone + 1}`, { region: index, zone });
  }
});

/**
 * The names of all measured places: ten regions, then their zones (`frankfurt-az1` ..
 * `frankfurt-az3`).
 */
export const measuredPlaces: readonly string[] = [...byName.keys()];

/** Where a measured place is (a zone: where its region is); null for any other name. */
export function coordinatesOf(name: string): Coordinates | null {
  const found = byName.get(name);
  if (found === undefined) return null;
  const { latitude, longitude } = REGIONS[found.region];
  return { latitude, longitude };
}

/**
 * Round trip in ms from measured place `a` to `b`; null where one of them is none. Between regions,
 * and between zones of different regions: the regions' figure in that direction. Between two zones
 * of a region: theirs. Within a region named as a whole (also between it and one of its zones): the
 * mean of its three zone figures. Within one zone: 0, since nobody measured it.
 */
export function roundTripBetween(a: string, b: string): number | null {
  const from = byName.get(a);
  const to = byName.get(b);
  if (from === undefined || to === undefined) return null;
  if (from.region !== to.region) return REGIONS[from.region].roundTripsMs[to.region];
  const [zones12, zones13, zones23] = REGIONS[from.region].zoneRoundTripsMs;
  if (from.zone < 0 || to.zone < 0) {
    return wholeMicroseconds((zones12 + zones13 + zones23) / ZONES);
  }
  if (from.zone === to.zone) return 0;
  return [zones12, zones13, zones23][from.zone + to.zone - 1];
}

/** km a ms. */
const LIGHT = 299.792458;
/** In glass: refractive index about 1.5. */
const IN_FIBRE = (2 / 3) * LIGHT;
/** Mean radius R₁ of GRS 80, km (Moritz, Geodetic Reference System 1980). */
const EARTH_RADIUS = 6371.0088;

/**
 * 2 × great circle ÷ (2/3 c) × `pathFactor`, in ms, rounded to whole microseconds. A path factor of
 * 1 is a straight fibre; real paths take about 1.5 to 2.
 */
export function roundTripByDistance(a: Coordinates, b: Coordinates, pathFactor: number): number {
  return wholeMicroseconds(((2 * greatCircleKm(a, b)) / IN_FIBRE) * pathFactor);
}

const wholeMicroseconds = (ms: number): number => Math.round(ms * 1000) / 1000;

/**
 * Distance in km along a sphere of the Earth's mean radius, by the angle between two vectors, good
 * at every distance.
 */
export function greatCircleKm(a: Coordinates, b: Coordinates): number {
  const [sinA, cosA] = [sinDegrees(a.latitude), sinDegrees(90 - a.latitude)];
  const [sinB, cosB] = [sinDegrees(b.latitude), sinDegrees(90 - b.latitude)];
  const between = b.longitude - a.longitude;
  const [sinL, cosL] = [sinDegrees(between), sinDegrees(90 - between)];
  const east = cosB * sinL;
  const north = cosA * sinB - sinA * cosB * cosL;
  const along = sinA * sinB + cosA * cosB * cosL;
  return EARTH_RADIUS * angleOf(Math.sqrt(east * east + north * north), along);
}

// Math.sin and its kin differ between engines in the last bit, which rounding hides nearly always
// but not always. These use + − × ÷ and sqrt alone; series are cut where the next term is below
// half a unit in the last place.

const RADIANS = Math.PI / 180;

/** Sine of an angle in degrees, |degrees| ≤ 720; the reduction to −90 .. 90 is exact. */
function sinDegrees(degrees: number): number {
  assert(degrees >= -720 && degrees <= 720, "an angle in degrees");
  let angle = degrees;
  while (angle > 180) angle -= 360;
  while (angle < -180) angle += 360;
  if (angle > 90) angle = 180 - angle;
  if (angle < -90) angle = -180 - angle;
  const x = angle * RADIANS;
  const square = x * x;
  // Taylor to x²³: (π/2)²⁵ / 25! = 5e−21.
  let sum = 0;
  for (let n = 22; n >= 2; n -= 2) sum = (-square / (n * (n + 1))) * (1 + sum);
  return x * (1 + sum);
}

/** Angle in radians, 0 .. π, of the vector (x, y), y ≥ 0; 0 for no vector at all. */
function angleOf(y: number, x: number): number {
  if (y === 0) return x < 0 ? Math.PI : 0;
  // tan of half the angle, then of an eighth of that: at most tan(π/16) = 0.199 remains.
  const half = y / (Math.sqrt(x * x + y * y) + Math.abs(x));
  let t = half;
  for (let i = 0; i < 2; i++) t /= 1 + Math.sqrt(1 + t * t);
  const square = t * t;
  // arctan's series to t²³: 0.199²⁵ / 25 = 1e−19.
  let sum = 0;
  for (let n = 23; n >= 1; n -= 2) sum = 1 / n - square * sum;
  const angle = 8 * t * sum;
  return x < 0 ? Math.PI - angle : angle;
}
