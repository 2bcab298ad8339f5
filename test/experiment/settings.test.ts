import { describe, expect, it } from "vitest";
import { settingsOf } from "../../src/experiment/settings.ts";
import type { BalancerSpec, ClientRegion, Scenario } from "../../src/scenario/scenario.ts";
import { millis } from "../../src/units.ts";
import { NODES, STARVATION } from "../statistics/sample-record.ts";

const random = { kind: "random", settings: {} };

const balancer = (
  path: string,
  place: number | null,
  targets: BalancerSpec["targets"] = [],
): BalancerSpec => ({
  kind: "balancer",
  name: path.slice(path.lastIndexOf("/") + 1),
  path,
  place,
  weight: 1,
  replicas: 1,
  strategy: random,
  health: null,
  reportIntervalMs: null,
  panic: 0,
  targets,
});

const region = (name: string, place: number): ClientRegion => ({
  name,
  place,
  users: 10,
  shares: [1],
  arrivals: { kind: "poisson", settings: { rate: 1 } },
});

const scenario: Scenario = {
  format: 1,
  name: "sample",
  question: "?",
  expectation: "!",
  reason: "",
  seed: 1,
  durationMs: millis(1000),
  requestLimit: null,
  warmupMs: millis(100),
  windowMs: millis(50),
  starvation: { ...STARVATION, windowMs: millis(1000), waitMs: millis(100) },
  places: [
    { name: "frankfurt", latitude: null, longitude: null },
    { name: "sao-paulo", latitude: null, longitude: null },
    { name: "paris", latitude: null, longitude: null },
  ],
  roundTripMs: [
    [1, 200, 10],
    [200, 1, 210],
    [10, 210, 1],
  ],
  classes: [],
  clients: [region("europe", 2), region("brazil", 1)],
  root: balancer("global", null, [balancer("global/fra", 0), balancer("global/gru", 1)]),
  events: [],
  expect: [],
  origin: null,
  compare: [],
};

describe("what the statistics need of a scenario", () => {
  it("names each region's nearest target by its node", () => {
    expect(settingsOf(scenario, NODES)).toEqual({
      overloaded: [],
      name: "sample",
      question: "?",
      expectation: "!",
      windowMs: 50,
      warmupMs: 100,
      starvation: scenario.starvation,
      preferred: [1, 2],
    });
  });

  it("has no preferred target where the root's targets stand nowhere", () => {
    const root = balancer("global", null, [balancer("global/fra", null)]);
    expect(settingsOf({ ...scenario, root }, NODES).preferred).toEqual([-1, -1]);
  });
});
