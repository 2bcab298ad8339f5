/**
 * Whether differences are called real as often as chance makes them look so, by runs of the
 * simulator itself.
 */
import { describe, expect, it } from "vitest";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { simulate } from "../../src/simulator/run.ts";
import { acrossRuns } from "../../src/statistics/across-runs.ts";
import type { RunValues, Verdict } from "../../src/statistics/across-runs.ts";
import { EVERYTHING } from "../../src/statistics/selection.ts";
import { tallyOf } from "../../src/statistics/tally.ts";
import { scenarioOf } from "../scenario/helpers.ts";

const STUDIES = 200;
const PAIRS = 8;
const COLUMNS = [{ name: "mean latency", better: "lower" }] as const;

/** Some 150 requests each; a strategy that draws, so that its own stream counts too. */
const scenario = scenarioOf(`
duration: 100ms
window: 100ms
warmup: 0ms
clients: { all: { arrivals: { poisson: 1_500/s } } }
requests: { demand: { exponential: 1ms }, timeout: none }
balancer:
  { name: web, strategy: { power-of-d: 2 }, health: none, targets: [{ machines: 3 }] }
`);

/** One run, filed under `pair`, whatever seed it was run with. */
function runOf(one: Scenario, pair: number, seed: number): RunValues {
  const record = simulate(one, undefined, seed);
  const meanMs = tallyOf(record, EVERYTHING, 0, record.endMs).latency.mean();
  return { seed: pair, fingerprint: record.fingerprint, values: [meanMs] };
}

/** Two copies of one strategy; `seedOf` gives a run's seed by copy and pair. */
function verdictOf(seedOf: (copy: number, pair: number) => number): Verdict {
  const variants = ["first", "second"].map((label, copy) => ({
    label,
    runs: Array.from({ length: PAIRS }, (_, pair) => runOf(scenario, pair, seedOf(copy, pair))),
  }));
  return acrossRuns(COLUMNS, variants)[1].differences![0].verdict;
}

describe("two copies of one strategy", () => {
  it("are equal to the byte on the same traffic", () => {
    for (let study = 0; study < 5; study++) {
      expect(verdictOf((_, pair) => study * PAIRS + pair)).toBe("equal");
    }
    const [one, same, other] = [3, 3, 4].map((seed) =>
      JSON.stringify(simulate(scenario, undefined, seed)),
    );
    expect(one).toBe(same);
    expect(one).not.toBe(other);
  });

  it("differ really on independent traffic in about 5 % of 200 studies", () => {
    const verdicts = Array.from({ length: STUDIES }, (_, study) =>
      verdictOf((copy, pair) => 1 + (study * 2 + copy) * PAIRS + pair),
    );
    expect(verdicts).not.toContain("equal");
    const real = verdicts.filter((verdict) => verdict === "better" || verdict === "worse");
    // Binomial of 200 at 5 %: mean 10, σ = √(200 × 0.05 × 0.95) = 3.1. P(fewer than 3) = 0.2 %,
    // P(more than 20) = 0.1 %. The difference of two equally distributed means is symmetric, so
    // that Student's t holds well for eight pairs.
    expect(real.length).toBeGreaterThanOrEqual(3);
    expect(real.length).toBeLessThanOrEqual(20);
    // Neither copy is the better one by habit: a fair coin, 4σ of √n / 2 allowed.
    const better = real.filter((verdict) => verdict === "better").length;
    expect(Math.abs(better - real.length / 2)).toBeLessThan(2 * Math.sqrt(real.length));
  });
});
