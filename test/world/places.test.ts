import { describe, expect, it } from "vitest";
import {
  coordinatesOf,
  greatCircleKm,
  measuredPlaces,
  roundTripBetween,
  roundTripByDistance,
} from "../../src/world/places.ts";

const regions = measuredPlaces.slice(0, 10);

describe("measured places", () => {
  it("are ten regions and three zones of each", () => {
    expect(measuredPlaces.length).toBe(40);
    expect(regions).toContain("sao-paulo");
    expect(measuredPlaces).toContain("frankfurt-az3");
    expect(coordinatesOf("frankfurt-az3")).toEqual(coordinatesOf("frankfurt"));
    expect(coordinatesOf("atlantis")).toBeNull();
  });

  it("keep the published round trips, in each direction as measured", () => {
    expect(roundTripBetween("frankfurt", "london")).toBe(13);
    expect(roundTripBetween("dallas", "sao-paulo")).toBe(146);
    expect(roundTripBetween("sao-paulo", "dallas")).toBe(144);
    expect(roundTripBetween("sydney", "sao-paulo")).toBe(328);
    expect(roundTripBetween("tokyo-az2", "osaka-az1")).toBe(9);
    expect(roundTripBetween("sao-paulo-az1", "sao-paulo-az3")).toBe(2.83);
    expect(roundTripBetween("london-az3", "london-az2")).toBe(2);
    expect(roundTripBetween("london-az2", "london-az2")).toBe(0);
    // (0.89 + 0.81 + 0.8) / 3, to whole microseconds.
    expect(roundTripBetween("frankfurt", "frankfurt")).toBe(0.833);
    expect(roundTripBetween("frankfurt", "frankfurt-az1")).toBe(0.833);
    expect(roundTripBetween("frankfurt", "atlantis")).toBeNull();
  });

  it("are nearly symmetric, and never faster than light in fibre", () => {
    for (const a of regions) {
      for (const b of regions) {
        if (a === b) continue;
        const measured = roundTripBetween(a, b)!;
        expect(Math.abs(measured - roundTripBetween(b, a)!)).toBeLessThanOrEqual(3);
        const least = roundTripByDistance(coordinatesOf(a)!, coordinatesOf(b)!, 1);
        expect(measured).toBeGreaterThan(least);
        expect(measured).toBeLessThan(3 * least + 5);
      }
    }
  });
});

const radians = (degrees: number) => (degrees * Math.PI) / 180;
const at = (latitude: number, longitude: number) => ({ latitude, longitude });

const native = (a: number[], b: number[]) => {
  const [p, q, l] = [radians(a[0]), radians(b[0]), radians(b[1] - a[1])];
  const east = Math.cos(q) * Math.sin(l);
  const north = Math.cos(p) * Math.sin(q) - Math.sin(p) * Math.cos(q) * Math.cos(l);
  const along = Math.sin(p) * Math.sin(q) + Math.cos(p) * Math.cos(q) * Math.cos(l);
  return 6371.0088 * Math.atan2(Math.sqrt(east * east + north * north), along);
};

describe("great circles", () => {
  it("agree with the native functions", () => {
    let state = 1;
    const draw = (range: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return (state / 2 ** 32 - 0.5) * range;
    };
    let worst = 0;
    for (let i = 0; i < 50_000; i++) {
      const a = [draw(180), draw(360)];
      const b = i % 3 === 0 ? [a[0] + draw(0.01), a[1] + draw(0.01)] : [draw(180), draw(360)];
      const [from, to] = [a, b].map(([latitude, longitude]) => ({ latitude, longitude }));
      worst = Math.max(worst, Math.abs(greatCircleKm(from, to) - native(a, b)));
    }
    // A dozen roundings of 1e−16 each over 20,000 km, 2e−11 km.
    expect(worst).toBeLessThan(1e-10);
  });

  it("know the poles, the equator, the antipodes and the date line", () => {
    const quarter = (6371.0088 * Math.PI) / 2;
    expect(greatCircleKm(at(90, 0), at(0, 77))).toBeCloseTo(quarter, 9);
    expect(greatCircleKm(at(90, 0), at(-90, 0))).toBeCloseTo(2 * quarter, 9);
    expect(greatCircleKm(at(10, 20), at(-10, -160))).toBeCloseTo(2 * quarter, 9);
    expect(greatCircleKm(at(0, 179.5), at(0, -179.5))).toBeCloseTo(quarter / 90, 9);
    expect(greatCircleKm(at(12, 34), at(12, 34))).toBeCloseTo(0, 9);
  });

  it("become round trips in whole microseconds", () => {
    // A quarter of the Earth is 10,007.557 km: 2 × 10,007.557 / 199.861639 = 100.14 ms.
    const pole = { latitude: 90, longitude: 0 };
    const equator = { latitude: 0, longitude: 0 };
    expect(roundTripByDistance(pole, equator, 1)).toBe(100.145);
    expect(roundTripByDistance(pole, equator, 2)).toBe(200.29);
    expect(roundTripByDistance(pole, pole, 2)).toBe(0);
  });
});
