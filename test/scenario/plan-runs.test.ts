import { describe, expect, it } from "vitest";
import type { PlanOptions, RunPlan } from "../../src/scenario/plan-runs.ts";
import { parseSet, parseVary, planRuns } from "../../src/scenario/plan-runs.ts";
import { formatProblem } from "../../src/scenario/problem.ts";
import { EXAMPLE } from "./example.ts";
import { loaderOf, smallest } from "./helpers.ts";

function plan(text: string, options: PlanOptions = {}): RunPlan {
  const planned = planRuns("s.yaml", loaderOf({ "s.yaml": text }), options);
  if ("problems" in planned) throw new Error(planned.problems.map(formatProblem).join("\n"));
  return planned;
}

describe("the plan of runs", () => {
  it("is every variant with every seed, variants first", () => {
    const { runs, labels, seeds } = plan(EXAMPLE);
    expect(labels).toEqual(["mod-n", "ring-hash", "maglev", "rendezvous"]);
    expect(seeds).toEqual([7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
    expect(runs).toHaveLength(40);
    expect(runs[11]).toMatchObject({
      label: "ring-hash",
      settings: [["fra.strategy", "ring-hash"]],
      seed: 8,
      scenario: { seed: 8 },
    });
    expect(runs[20].scenario.root.targets[0]).toMatchObject({ strategy: { kind: "maglev" } });
  });

  it("is one variant where nothing is compared", () => {
    const { runs, labels } = plan(smallest(), { seeds: [3, 5] });
    expect(labels).toEqual(["s"]);
    expect(runs.map(({ seed }) => seed)).toEqual([3, 5]);
  });

  it("takes seeds from the file", () => {
    expect(plan(smallest("seeds: 1..3\n")).seeds).toEqual([1, 2, 3]);
    expect(plan(smallest("seeds: 2\nseed: 5\n")).seeds).toEqual([5, 6]);
  });

  it("multiplies variations, and tells equal copies apart", () => {
    const vary = [
      { path: "web.strategy", values: ["random", "{ power-of-d: 3 }"] },
      { path: "web.machines", values: ["2", "3"] },
    ];
    expect(plan(smallest(), { vary, seeds: [1] }).labels).toEqual([
      "strategy=random machines=2",
      "strategy=random machines=3",
      "strategy={ power-of-d: 3 } machines=2",
      "strategy={ power-of-d: 3 } machines=3",
    ]);
    const bare = [{ path: "web.machines", values: ["2", "3"] }];
    expect(plan(smallest(), { vary: bare, seeds: [1] }).labels).toEqual([
      "machines=2",
      "machines=3",
    ]);
    const alike = [
      { path: "web.health.interval", values: ["1s"] },
      { path: "web.reports.interval", values: ["2s"] },
    ];
    expect(plan(smallest(), { vary: alike, seeds: [1] }).labels).toEqual([
      "health.interval=1s reports.interval=2s",
    ]);
    const twice = [{ path: "web.strategy", values: ["random", "random"] }];
    expect(plan(smallest(), { vary: twice, seeds: [1] }).labels).toEqual(["random", "random (2)"]);
  });

  it("tells problems of a variant by its setting", () => {
    const vary = [{ path: "web.strategy", values: ["random", "radnom"] }];
    const planned = planRuns("s.yaml", loaderOf({ "s.yaml": smallest() }), { vary });
    expect("problems" in planned && planned.problems.map(formatProblem)).toEqual([
      '--vary web.strategy=radnom: strategy: no strategy is called "radnom", did you mean "random"?',
    ]);
  });

  it("refuses more variants than anybody reads", () => {
    const values = Array.from({ length: 40 }, (_, i) => `${i + 1}`);
    const vary = [
      { path: "seed", values },
      { path: "web.replicas", values },
    ];
    const planned = planRuns("s.yaml", loaderOf({ "s.yaml": smallest() }), { vary });
    expect("problems" in planned && planned.problems.map(formatProblem)).toEqual([
      "--vary: 1600 variants are more than 1000, vary fewer settings at once",
    ]);
  });
});

describe("options of the command line", () => {
  it("--set", () => {
    expect(parseSet("fra.strategy = maglev")).toEqual({ path: "fra.strategy", value: "maglev" });
    expect(parseSet("a=b=c")).toEqual({ path: "a", value: "b=c" });
    expect(parseSet("seed")).toEqual({ problem: '--set "seed" has no value, write path=value' });
  });

  it("--vary", () => {
    expect(parseVary("fra.strategy=mod-n,{ geo: { latency: 1, health: 2 } },maglev")).toEqual({
      path: "fra.strategy",
      values: ["mod-n", "{ geo: { latency: 1, health: 2 } }", "maglev"],
    });
    expect(parseVary("a=")).toEqual({
      problem: '--vary "a=" has no list of values, write path=a,b,c',
    });
  });
});
