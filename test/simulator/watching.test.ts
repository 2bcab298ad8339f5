/**
 * Looking on changes nothing; what is drawn for nobody changes nothing; a revised run is the run of
 * the revision.
 */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { Simulation } from "../../src/simulator/run.ts";
import { tallyOf } from "../../src/statistics/tally.ts";
import { EVERYTHING } from "../../src/statistics/selection.ts";
import { FIGURES } from "../../src/simulator/watching/live-figures.ts";

const names = readdirSync("scenarios").filter((name) => name.endsWith(".yaml"));

function gallery(name: string, ...overrides: { path: string; value: string }[]): Scenario {
  const loader = (path: string): string => readFileSync(`scenarios/${path}`, "utf8");
  const read = readScenario(name, loader, { overrides });
  if ("problems" in read) throw new Error(JSON.stringify(read.problems));
  return read.scenario;
}

describe("a run that is watched, with everything drawn", () => {
  it.each(names)("%s is the same to the bit", (name) => {
    const scenario = gallery(name);
    const toMs = 1_000;
    const alone = new Simulation(scenario);
    alone.runUntil(toMs);
    const watched = new Simulation(scenario, undefined, scenario.seed, { drawsAll: true });
    const watcher = watched.watch();
    const figures = watcher.figures(100);
    const follower = watcher.follow({ nextAt: 0 });
    while (figures.nextMs <= toMs) {
      while (watched.step(figures.nextMs) !== null) follower.look();
      figures.close();
      watcher.columns(figures);
      watcher.dots(50);
    }
    expect(watched.born).toBeGreaterThan(0);
    expect(watched.fingerprint).toBe(alone.fingerprint);
    expect(JSON.stringify(watched.finish())).toBe(JSON.stringify(alone.finish()));
  });
});

describe("live figures", () => {
  it("are those of the record", () => {
    const scenario = gallery("flagship.yaml", { path: "window", value: "1s" });
    const simulation = new Simulation(scenario);
    const figures = simulation.watch().figures(1_000);
    for (let i = 0; i < 8; i++) {
      simulation.runUntil(figures.nextMs);
      figures.close();
    }
    const record = simulation.finish();
    const column = (name: (typeof FIGURES)[number]): number[] =>
      figures.columns[FIGURES.indexOf(name)];
    for (let i = 0; i < 8; i++) {
      const tally = tallyOf(record, EVERYTHING, i * 1_000, (i + 1) * 1_000);
      expect(column("born")[i]).toBe(tally.born);
      expect(column("completed")[i]).toBe(tally.latency.count);
      expect(column("p99")[i]).toBeCloseTo(tally.latency.quantile(0.99), 9);
      expect(column("miss-rate")[i] * (tally.hits + total(tally.misses))).toBeCloseTo(
        total(tally.misses),
        6,
      );
      const { busyMs, inServiceMs } = tally.span.machines;
      expect(column("utilization")[i]).toBeCloseTo(total(busyMs) / total(inServiceMs), 9);
    }
  });
});

const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

describe("a run that is revised", () => {
  const revised = (): Scenario => gallery("flagship.yaml", EARLIER);
  // One second earlier than the file's first event, which stands behind it from then on.
  const EARLIER = {
    path: "events",
    value:
      "[{ at: 5s, add: 1 machine, to: fra }, { at: 7s, fail: fra/17 }, { at: 8s, add: 2 machines, to: fra }]",
  };
  const original = (): Scenario =>
    gallery("flagship.yaml", {
      path: "events",
      value: "[{ at: 5s, add: 1 machine, to: fra }, { at: 8s, fail: fra/1 }]",
    });

  it("goes on as the run with the new events, those that have begun apart", () => {
    const whole = new Simulation(revised());
    whole.runUntil(10_000);
    const simulation = new Simulation(original());
    simulation.runUntil(6_000);
    expect(simulation.eventsBegun).toBe(1);
    simulation.revise(revised().events);
    simulation.runUntil(10_000);
    expect(simulation.fingerprint).toBe(whole.fingerprint);
    expect(JSON.stringify(simulation.finish())).toBe(JSON.stringify(whole.finish()));
  });

  it("takes no event into its past", () => {
    const simulation = new Simulation(original());
    simulation.runUntil(7_500);
    expect(() => simulation.revise(revised().events)).toThrow("not yet past");
  });
});
