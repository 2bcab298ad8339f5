import { describe, expect, it } from "vitest";
import { AssertionError } from "../../src/assert.ts";
import {
  evaluateExpectations,
  judge,
  judgedAcross,
  timesAsked,
} from "../../src/experiment/expectations.ts";
import type { Expectation } from "../../src/scenario/scenario.ts";
import { SETTINGS, record, seconds } from "../statistics/sample-record.ts";

const run = record(
  seconds(10, (second) => ({
    cells: [
      { latencies: [second < 5 ? 10 : 100] },
      { region: 1, balancer: 2, latencies: [20], outcomes: { failed: second === 2 ? 1 : 0 } },
    ],
    machines: { hits: [9], misses: { capacity: [second < 5 ? 1 : 0] } },
  })),
);

const expectation = (more: Partial<Expectation>): Expectation => ({
  metric: "p99",
  of: null,
  duringMs: null,
  above: null,
  below: null,
  where: "file.yaml:1",
  ...more,
});
const evaluate = (...expectations: Partial<Expectation>[]) =>
  evaluateExpectations(run, expectations.map(expectation), SETTINGS);

describe("expectations", () => {
  it("hold a metric against a bound, for a part of the run and of the tree", () => {
    const [whole] = evaluate({ below: 250 });
    expect(whole).toMatchObject({ metric: "p99", unit: "ms", of: "all", passed: true });
    expect([whole.fromMs, whole.toMs]).toEqual([0, 10_000]);
    const [early] = evaluate({ of: "fra", duringMs: [0, 5000], below: 11 });
    expect(early).toMatchObject({ of: "global/fra", fromMs: 0, toMs: 5000, passed: true });
    const [late] = evaluate({ of: "global/fra", duringMs: [5000, 10_000], below: 11 });
    expect(late.passed).toBe(false);
    expect(Math.abs(late.observed! - 100) / 100).toBeLessThan(1 / 128);
    expect(evaluate({ metric: "error-rate", of: "region:brazil", above: 0.09 })[0]).toMatchObject({
      observed: 0.0909091, // 1 − 10/11, rounded as all that is written
      passed: true,
    });
  });

  it("bounds are exclusive and may be two", () => {
    const rate = { metric: "miss-rate", of: "fra", duringMs: [0, 5000] as const };
    expect(evaluate({ ...rate, below: 0.1 })[0].passed).toBe(false);
    expect(evaluate({ ...rate, above: 0.1 })[0].passed).toBe(false);
    expect(evaluate({ ...rate, above: 0.05, below: 0.15 })[0].passed).toBe(true);
    expect(evaluate({ ...rate, above: 0.11, below: 0.15 })[0].passed).toBe(false);
  });

  it("what was not observed is not as expected", () => {
    expect(evaluate({ metric: "miss-rate", of: "gru", below: 1 })[0]).toMatchObject({
      observed: null,
      passed: false,
    });
    expect(evaluate({ duringMs: [20_000, 30_000], below: 1e9 })[0].passed).toBe(false);
  });

  it("failed ones come first, each group in the scenario's order", () => {
    const results = evaluate(
      { below: 1000, where: "a" },
      { below: 1, where: "b" },
      { below: 2000, where: "c" },
      { below: 2, where: "d" },
    );
    expect(results.map(({ where }) => where)).toEqual(["b", "d", "a", "c"]);
  });

  it("leave out the warm-up unless they say when", () => {
    const settings = { ...SETTINGS, warmupMs: 5000 };
    const [result] = evaluateExpectations(
      run,
      [expectation({ metric: "miss-rate", below: 0.01 })],
      settings,
    );
    expect(result).toMatchObject({ fromMs: 5000, observed: 0, passed: true });
  });

  it("ask for slices to be cut where they look", () => {
    expect(
      timesAsked([
        expectation({ duringMs: [300, 360] }),
        expectation({}),
        expectation({ duringMs: [1, 2] }),
      ]),
    ).toEqual([300, 360, 1, 2]);
  });

  it("names that the reader should have refused are our mistake", () => {
    expect(() => evaluate({ metric: "p98" })).toThrow(AssertionError);
    expect(() => evaluate({ of: "mars" })).toThrow(AssertionError);
  });
});

describe("expectations of several runs", () => {
  const judged = (...expectations: Partial<Expectation>[]) =>
    judge(run, expectations.map(expectation), SETTINGS);

  it("are judged in the scenario's order, whatever fails", () => {
    const two = [{ below: 250 }, { below: 1 }, { of: "fra", above: 1 }];
    expect(judged(...two).map(({ passed }) => passed)).toEqual([true, false, true]);
    expect(judged({ of: "fra", duringMs: [0, 5000], below: 11 })).toEqual([
      {
        metric: "p99",
        unit: "ms",
        of: "fra",
        duringMs: [0, 5000],
        above: null,
        below: 11,
        passed: true,
      },
    ]);
  });

  it("are counted by variant: the same once a run, and none where it is not expected", () => {
    const good = judged({ below: 250 });
    const bad = good.map((one) => ({ ...one, passed: false }));
    const other = judged({ below: 999 });
    const across = judgedAcross([[good, bad, good], [[...bad, ...bad]], [other], []]);
    expect(across.map(({ below, held }) => [below, held])).toEqual([
      [250, [2, 0, null, null]],
      [999, [null, null, 1, null]],
    ]);
    expect(judgedAcross([[[], []], []])).toEqual([]);
  });
});
