import { randomLcg, randomNormal } from "d3-random";
import { describe, expect, it } from "vitest";
import { acrossRuns, verdictOf } from "../../src/statistics/across-runs.ts";
import type { VariantRuns } from "../../src/statistics/across-runs.ts";

const COLUMNS = [
  { name: "p99", better: "lower" },
  { name: "availability", better: "higher" },
  { name: "requests", better: null },
] as const;

const variant = (
  label: string,
  rows: readonly (readonly number[])[],
  fingerprint = label,
): VariantRuns => ({
  label,
  runs: rows.map((values, index) => ({
    seed: index + 1,
    fingerprint: `${fingerprint}${index}`,
    values,
  })),
});

describe("verdicts", () => {
  it("need an interval without zero", () => {
    const wide = { count: 10, mean: 1, half: 2 };
    const narrow = { count: 10, mean: 1, half: 0.5 };
    expect(verdictOf(wide, "lower", false)).toBe("none shown");
    expect(verdictOf(narrow, "lower", false)).toBe("worse");
    expect(verdictOf(narrow, "higher", false)).toBe("better");
    expect(verdictOf({ ...narrow, mean: -1 }, "lower", false)).toBe("better");
    expect(verdictOf(narrow, null, false)).toBe("higher");
    expect(verdictOf({ ...narrow, mean: -1 }, null, false)).toBe("lower");
    expect(verdictOf({ count: 10, mean: 0, half: 0 }, "lower", true)).toBe("equal");
    expect(verdictOf({ count: 0, mean: NaN, half: NaN }, "lower", true)).toBe("equal");
    expect(verdictOf(narrow, "lower", true)).toBe("worse");
    expect(verdictOf({ count: 1, mean: 1, half: NaN }, "lower", false)).toBe("unknown");
    expect(verdictOf({ ...narrow, count: 2 }, "lower", false)).toBe("unknown");
    expect(verdictOf({ ...narrow, count: 3 }, "lower", false)).toBe("worse");
  });
});

describe("variants across runs", () => {
  const slow = variant("slow", [
    [100, 1, 50],
    [300, 1, 60],
    [200, 1, 70],
  ]);
  const fast = variant("fast", [
    [90, 1, 50],
    [291, 1, 60],
    [189, 1, 70],
  ]);

  it("are compared pair by pair, which shows what unpaired runs would hide", () => {
    const [first, second] = acrossRuns(COLUMNS, [slow, fast]);
    expect(first.differences).toBeNull();
    expect(second.estimates[0]).toMatchObject({ count: 3, mean: 190 });
    // Unpaired, ± 250 each; paired: −10, −9, −11, so −10 ± 4.303 / √3 = 2.48.
    expect(second.estimates[0].half).toBeGreaterThan(200);
    expect(second.differences?.[0]).toMatchObject({ count: 3, mean: -10, verdict: "better" });
    expect(second.differences?.[0].half).toBeCloseTo(4.302653 / Math.sqrt(3), 5);
    expect(second.differences?.[1].verdict).toBe("none shown");
    expect([first.best, second.best]).toEqual([[], [0]]);
  });

  it("do not depend on the order in which runs arrive, and pair by seed alone", () => {
    const mixed = { ...fast, runs: fast.runs.toReversed() };
    expect(acrossRuns(COLUMNS, [slow, mixed])).toEqual(acrossRuns(COLUMNS, [slow, fast]));
    const partial = { ...fast, runs: fast.runs.slice(1) };
    const [, second] = acrossRuns(COLUMNS, [slow, partial]);
    expect(second.seeds).toEqual([2, 3]);
    expect(second.differences?.[0]).toMatchObject({ count: 2, mean: -10 });
  });

  it("are equal to the byte when all fingerprints agree, and not when one does not", () => {
    const copy = { ...slow, label: "copy" };
    const [, second] = acrossRuns(COLUMNS, [slow, copy]);
    expect(second.equalToFirst).toBe(true);
    for (const difference of second.differences ?? []) {
      expect(difference).toMatchObject({ mean: 0, half: 0, verdict: "equal" });
    }
    const almost = {
      ...copy,
      runs: copy.runs.map((run) => (run.seed === 2 ? { ...run, fingerprint: "other" } : run)),
    };
    expect(acrossRuns(COLUMNS, [slow, almost])[1].equalToFirst).toBe(false);
  });

  it("say nothing where there is no figure", () => {
    const none = variant("none", [
      [NaN, 1, 1],
      [NaN, 1, 1],
    ]);
    const [, second] = acrossRuns(COLUMNS, [slow, none]);
    expect(second.estimates[0]).toMatchObject({ count: 0, mean: NaN });
    expect(second.differences?.[0].verdict).toBe("unknown");
    expect(acrossRuns(COLUMNS, [{ label: "empty", runs: [] }, slow])[1].equalToFirst).toBe(false);
  });

  it("mark all of the best where several are", () => {
    const results = acrossRuns(COLUMNS, [fast, slow, { ...fast, label: "twin" }]);
    expect(results.map(({ best }) => best)).toEqual([[0], [], [0]]);
  });

  for (const [seed, studies] of [
    [5, 200],
    [6, 4000],
  ] as const) {
    it(`call chance a real difference in about 5 % of ${studies} studies`, () => {
      const normal = randomNormal.source(randomLcg(seed))(100, 15);
      const runs = () => Array.from({ length: 10 }, () => [normal(), 1, 1]);
      let real = 0;
      for (let study = 0; study < studies; study++) {
        const [, second] = acrossRuns(COLUMNS, [variant("a", runs()), variant("b", runs())]);
        const verdict = second.differences?.[0].verdict;
        if (verdict === "better" || verdict === "worse") real++;
      }
      // Binomial: 200 studies give 10 ± 3.1, 4000 give 200 ± 13.8. We allow 3 σ; the seed is fixed.
      const sigma = Math.sqrt(studies * 0.05 * 0.95);
      expect(Math.abs(real - studies * 0.05)).toBeLessThan(3 * sigma);
    });
  }
});
