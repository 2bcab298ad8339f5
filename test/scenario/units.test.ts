import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { QuantityKind } from "../../src/scenario/units.ts";
import { formatDuration, parseQuantity, parseSeeds, parseSpan } from "../../src/scenario/units.ts";
import { MOST_MS } from "../../src/units.ts";

const valueOf = (text: string, kind: QuantityKind): number | string => {
  const parsed = parseQuantity(text, kind);
  return parsed.ok ? parsed.value : `${parsed.what}, ${parsed.would}`;
};

describe("quantities", () => {
  it.each([
    ["5ms", "duration", 5],
    ["1.5s", "duration", 1_500],
    ["10min", "duration", 600_000],
    ["24h", "duration", 86_400_000],
    ["7d", "duration", 604_800_000],
    ["50us", "duration", 0.05],
    ["50_000d", "duration", MOST_MS],
    ["1_200_000h", "duration", MOST_MS],
    ["50µs", "duration", 0.05],
    ["3ns", "duration", 0.000003],
    ["10 s", "duration", 10_000],
    ["0", "duration", 0],
    ["1e3ms", "duration", 1_000],
    ["8_000/s", "rate", 8],
    ["8k/s", "rate", 8],
    ["2/ms", "rate", 2],
    ["60/min", "rate", 0.001],
    ["3_600/h", "rate", 0.001],
    ["64KiB", "size", 65_536],
    ["2GiB", "size", 2_147_483_648],
    ["1.5kB", "size", 1_500],
    // Per ms, and a bit is an eighth of a byte.
    ["1GiB/s", "bandwidth", 1_073_741.824],
    ["1GB/s", "bandwidth", 1_000_000],
    ["10Gbit/s", "bandwidth", 1_250_000],
    ["20%", "share", 0.2],
    ["0.2", "share", 0.2],
    ["40_000", "count", 40_000],
    ["40k", "count", 40_000],
    ["1.5k", "count", 1_500],
    ["2M", "count", 2_000_000],
    ["-1.5", "number", -1.5],
  ] as const)("%s as a %s", (text, kind, value) => {
    expect(valueOf(text, kind)).toBe(value);
  });

  // What other parsers read as 2, 20000 and 10000.
  it.each([
    ["2GB", "duration", '"2GB" is a size, a duration is wanted here, such as 5ms'],
    ["20mss", "duration", '"mss" is not a unit of duration, write 20ms'],
    [
      "10 s later",
      "duration",
      '"s later" is not a unit of duration, known are ns, us, ms, s, min, h, d',
    ],
    ["8000", "rate", "8000 has no unit, write 8000/s"],
    ["5", "duration", "5 has no unit, write 5ms or 5s"],
    ["5", "size", "5 has no unit, write 5B or 5KiB"],
    ["5", "bandwidth", "5 has no unit, write 5MiB/s or 5GiB/s"],
    ["5GiB", "bandwidth", '"5GiB" is a size, a bandwidth is wanted here, such as 1GiB/s'],
    ["5MB/s", "rate", '"5MB/s" is a bandwidth, a rate is wanted here, such as 8_000/s'],
    ["5m", "duration", '"m" is not a unit of duration, write 5min'],
    ["5hours", "duration", '"hours" is not a unit of duration, write 5h'],
    ["100rps", "rate", '"rps" is not a unit of rate, write 100/s'],
    ["5kb", "size", '"kb" is not a unit of size, write 5kB'],
    ["1.5", "count", '"1.5" is not a whole number, write for example 40_000 or 40k'],
    ["4_", "count", '"_" is not a unit of count, known are k, M, G'],
    ["50_000.000_001d", "duration", '"50_000.000_001d" is too long, it must be at most 50000d'],
    ["1e999s", "duration", '"1e999s" is too long, it must be at most 50000d'],
    ["many", "count", '"many" is not a count, write for example 40_000 or 40k'],
    ["1e999", "number", '"1e999" is too large, write for example 1.5'],
    ["5ms", "number", '"5ms" is a duration, a number is wanted here, such as 1.5'],
    ["", "duration", '"" is not a duration, write for example 5ms'],
  ] as const)("%s is no %s", (text, kind, problem) => {
    expect(valueOf(text, kind)).toBe(problem);
  });

  it("never throws and never gives what is not finite", () => {
    const kinds = ["duration", "rate", "size", "bandwidth", "share", "count", "number"] as const;
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...kinds), (text, kind) => {
        const parsed = parseQuantity(text, kind);
        expect(parsed.ok ? Number.isFinite(parsed.value) : parsed.what !== "").toBe(true);
      }),
    );
  });

  it("durations come back as they were written", () => {
    const units = fc.constantFrom("us", "ms", "s", "min", "h");
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), units, (n, unit) => {
        const ms = valueOf(`${n}${unit}`, "duration");
        const again = valueOf(formatDuration(Number(ms)), "duration");
        // formatDuration keeps 12 digits.
        expect(Math.abs(Number(again) - Number(ms))).toBeLessThanOrEqual(Number(ms) * 1e-11);
      }),
    );
  });
});

describe("spans and seeds", () => {
  it("reads spans", () => {
    expect(parseSpan("5min..6min")).toEqual({ ok: true, value: [300_000, 360_000] });
    expect(parseSpan("5min..end")).toEqual({ ok: true, value: [300_000, Infinity] });
    expect(parseSpan("6min..5min")).toMatchObject({
      ok: false,
      what: 'the span "6min..5min" is empty',
    });
    expect(parseSpan("5min")).toMatchObject({ ok: false, would: "write for example 5min..6min" });
    expect(parseSpan("5min..50_001d")).toMatchObject({ what: '"50_001d" is too long' });
    expect(parseSpan("5..6min")).toMatchObject({ ok: false, what: "5 has no unit" });
  });

  it("reads seeds", () => {
    expect(parseSeeds("3", 7)).toEqual({ ok: true, value: [7, 8, 9] });
    expect(parseSeeds("1..4", 7)).toEqual({ ok: true, value: [1, 2, 3, 4] });
    expect(parseSeeds("4..1", 7)).toMatchObject({ ok: false, what: '"4..1" holds no seed' });
    expect(parseSeeds("1..1_000_000", 7)).toMatchObject({ ok: false });
  });
});
