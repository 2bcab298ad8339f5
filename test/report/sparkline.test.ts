import { describe, expect, it } from "vitest";
import { bar, sparkline } from "../../src/report/sparkline.ts";

describe("a sparkline", () => {
  it("has a block for each value, in proportion to the greatest", () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7, 8], 20, 8)).toBe("▁▁▂▃▄▅▆▇█");
    expect(sparkline([1, 9], 20, 8)).toBe("▁█");
  });

  it("leaves a blank where nothing is known, and is flat where all is 0", () => {
    expect(sparkline([4, null, 8], 20, 8)).toBe("▄ █");
    expect(sparkline([0, 0], 20, 0)).toBe("▁▁");
    expect(sparkline([], 20, 1)).toBe("");
  });

  it("keeps every peak where there are more values than columns", () => {
    for (let peak = 0; peak < 100; peak++) {
      const values = Array.from({ length: 100 }, (_, i) => (i === peak ? 8 : 1));
      const line = sparkline(values, 7, 8);
      expect([line.length, line.split("█").length]).toEqual([7, 2]);
      expect(line.indexOf("█")).toBe(Math.ceil(((peak + 1) * 7) / 100) - 1);
    }
  });
});

it("a bar fills its part of the width, and never more", () => {
  expect([0, 0.5, 1, 3, NaN].map((share) => bar(share, 4))).toEqual([
    "░░░░",
    "██░░",
    "████",
    "████",
    "░░░░",
  ]);
});
