import { describe, expect, it } from "vitest";

import {
  clock,
  formatColumn,
  formatColumns,
  formatDifferences,
  grouped,
  humanise,
  significant,
} from "../../src/report/numbers.ts";

describe("one number for people", () => {
  it.each([
    [0, "0"],
    [0.01234, "0.0123"],
    [1.249, "1.25"],
    [9.996, "10.0"],
    [12.34, "12.3"],
    [99.96, "100"],
    [1234.5, "1230"],
    [-0.5, "-0.500"],
  ])("%d has three significant digits: %s", (value, text) => {
    expect(significant(value)).toBe(text);
  });

  it.each([
    [12.34, "ms", "12.3 ms"],
    [1250, "ms", "1.25 s"],
    [0.05, "ms", "50.0 µs"],
    [300_000, "ms", "5.00 min"],
    [0, "ms", "0 ms"],
    [-3.2, "ms", "−3.20 ms"],
    [0.1667, "share", "16.7 %"],
    [0.9998, "share", "99.98 %"],
    [1, "share", "100.0 %"],
    [0, "share", "0.0 %"],
    [0.00002, "share", "0.002 %"],
    [1_234_567, "count", "1.23 M"],
    [123_456, "count", "123,456"],
    [7, "count", "7"],
    [9500, "rate", "9,500/s"],
    [2_500_000, "rate", "2.50 M/s"],
    [1.0421, "ratio", "1.04"],
    [91_226_112, "bytes", "87.0 MiB"],
    [1_000, "bytes", "1000 B"],
    [0, "bytes", "0 B"],
    [null, "ms", "–"],
    [NaN, "share", "–"],
    [Infinity, "ms", "∞"],
    ["fra", "text", "fra"],
  ] as const)("%s as %s is %s", (value, unit, text) => {
    expect(humanise(value, unit)).toBe(text);
  });

  it("groups thousands", () => {
    expect([0, 999, 1000, 1_234_567].map(grouped)).toEqual(["0", "999", "1,000", "1,234,567"]);
  });

  it("tells times of a run exactly", () => {
    expect([0, 250, 1500, 330_000, 3_600_000, 5_400_000, 90.5].map(clock)).toEqual([
      "0 ms",
      "250 ms",
      "1.5 s",
      "5 min 30 s",
      "1 h",
      "1 h 30 min",
      "90.5 ms",
    ]);
  });
});

describe("differences", () => {
  it("have as many decimals as the widest interval makes sense of", () => {
    expect(formatDifferences([-12.345, 0.1], [0.456, 0.2], "ms")).toEqual({
      unit: "ms",
      texts: ["−12.35 ± 0.46", "+0.10 ± 0.20"],
    });
    expect(formatDifferences([-217.71], [23.9], "ms").texts).toEqual(["−217.7 ± 23.9"]);
    expect(formatDifferences([0.5, null], [0, null], "share")).toEqual({
      unit: "%",
      texts: ["+50.0 ± 0.0", null],
    });
    expect(formatDifferences([2], [null], "ratio").texts).toEqual(["+2.00"]);
  });
});

describe("the numbers of a column", () => {
  it("have one unit and equally many decimals", () => {
    expect(formatColumn([12.34, 250.1, null, 3], "ms")).toEqual({
      unit: "ms",
      texts: ["12.3", "250.1", "–", "3.0"],
    });
  });

  it("are seconds only where all are above one", () => {
    expect(formatColumn([1500, 2250], "ms")).toEqual({ unit: "s", texts: ["1.50", "2.25"] });
    expect(formatColumn([15, 2250], "ms")).toEqual({ unit: "ms", texts: ["15", "2250"] });
  });

  it("show what is short beside what is long, to the nanosecond, and never as nothing", () => {
    expect(formatColumn([105, 0.02, 0], "ms").texts).toEqual(["105.00", "0.02", "0.00"]);
    expect(formatColumn([105, 0.0002, 0], "ms").texts).toEqual(["105.000", "<0.001", "0.000"]);
    expect(formatColumn([1e-7], "ms")).toEqual({ unit: "µs", texts: ["<0.001"] });
    expect(formatColumn([0.0153, 0.000_5], "ms")).toEqual({ unit: "µs", texts: ["15.30", "0.50"] });
  });

  it("have the unit of the columns that they are compared with, and three digits of their own", () => {
    const part = { head: "part", unit: "ms", scale: "parts" } as const;
    const texts = formatColumns(
      [part, { ...part, head: "wait" }, { head: "other", unit: "ms" }],
      [
        [51.9, 0.0153, 0.0153],
        [4, 0.0001, 0.02],
      ],
    );
    expect(texts).toEqual([
      { unit: "ms", texts: ["51.9", "4.0"] },
      { unit: "ms", texts: ["0.0153", "0.0001"] },
      { unit: "µs", texts: ["15.3", "20.0"] },
    ]);
    // Those that are all short may well be told in microseconds.
    expect(formatColumns([part, part], [[0.02, 0.005]]).map(({ unit }) => unit)).toEqual([
      "µs",
      "µs",
    ]);
  });

  it("keep an availability apart from 100 %", () => {
    expect(formatColumn([1, 0.99972, 0.5], "share").texts).toEqual(["100.00", "99.97", "50.00"]);
  });

  it("tell apart what differs by a hundredth of a point", () => {
    expect(formatColumn([0.9991, 0.9994], "share").texts).toEqual(["99.91", "99.94"]);
    expect(formatColumn([0.5, 0.50001], "share").texts).toEqual(["50.0", "50.0"]);
  });

  it("carry a sign where they are differences, but not where nothing is left of them", () => {
    expect(formatColumn([12.34, -5, 0], "ms", true).texts).toEqual(["+12.34", "−5.00", "0.00"]);
    expect(formatColumn([0.3, -0.00001], "ratio", true).texts).toEqual(["+0.30", "0.00"]);
  });

  it("count in millions only where all do", () => {
    expect(formatColumn([12_000_000, 34_500_000], "count")).toEqual({
      unit: "M",
      texts: ["12.0", "34.5"],
    });
    expect(formatColumn([12, 34_500], "count")).toEqual({ unit: "", texts: ["12", "34,500"] });
  });
});
