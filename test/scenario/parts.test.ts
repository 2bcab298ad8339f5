import { describe, expect, it } from "vitest";
import type { BalancerSpec } from "../../src/scenario/scenario.ts";
import { loaderOf, problemsOf, readWell, scenarioOf, smallest } from "./helpers.ts";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import { niceAtMost, niceNear } from "../../src/scenario/read-times.ts";

const withRequests = (text: string): string => smallest().replace("demand: 5ms", text);

const strategyOf = (text: string): unknown =>
  scenarioOf(smallest().replace("name: web", `name: web, strategy: ${text}`)).root.strategy;
const groupWithCache = (text: string): unknown =>
  scenarioOf(smallest().replace("machines: 4", `machines: 4, cache: ${text}`)).root.targets[0];
const objectsOf = (text: string): unknown =>
  scenarioOf(withRequests(`demand: 5ms${text}`)).classes[0].objects;
const rootWith = (text: string): BalancerSpec =>
  scenarioOf(smallest().replace("name: web", `name: web, ${text}`)).root;
describe("choices", () => {
  it("are a name, a primary value or fields", () => {
    const written = { kind: "ring-hash", settings: { nodes: 100 } };
    expect(strategyOf("ring-hash")).toMatchObject(written);
    expect(strategyOf("{ ring-hash: 100 }")).toMatchObject(written);
    expect(strategyOf("{ ring-hash: { nodes: 100 } }")).toMatchObject(written);
    expect(strategyOf("{ ring-hash: }")).toMatchObject(written);
  });

  it("take the unit of their field, and a bare quantity is a constant", () => {
    const [only] = scenarioOf(withRequests("demand: 5ms, size: { exponential: 64KiB }")).classes;
    expect(only.demand).toMatchObject({ kind: "constant", settings: { value: 5 } });
    expect(only.size?.settings).toMatchObject({ mean: 65_536 });
  });

  it("a cache counts objects or bytes, as its unit says", () => {
    expect(groupWithCache("{ lru: 20_000 }")).toMatchObject({
      cache: { settings: { entries: 20_000, bytes: null } },
    });
    expect(groupWithCache("{ lru: 64MiB }")).toMatchObject({
      cache: { settings: { entries: null, bytes: 67_108_864 } },
    });
    expect(groupWithCache("{ sieve: { entries: 5, ttl: 1min } }")).toMatchObject({
      cache: { kind: "sieve", settings: { ttl: 60_000 } },
    });
    expect(groupWithCache("none")).toMatchObject({ cache: null });
  });
});

describe("requests", () => {
  it("classes inherit what stands beside them and replace choices whole", () => {
    const text = withRequests(
      "demand: { exponential: 5ms }, timeout: 2s, objects: { count: 10, zipf: 1 }, " +
        "classes: { browse: { share: 80% }, buy: { share: 20%, demand: { constant: 9ms }, objects: { uniform } } }",
    );
    expect(scenarioOf(text).classes).toMatchObject([
      { name: "browse", share: 0.8, demand: { kind: "exponential" }, timeoutMs: 2_000 },
      {
        name: "buy",
        share: 0.2,
        demand: { kind: "constant", settings: { value: 9 } },
        objects: { count: 10, popularity: { kind: "uniform", settings: {} } },
      },
    ]);
  });

  it("shares are equal where none is given; a region may have its own", () => {
    const text = withRequests("demand: 5ms, classes: { a: {}, b: {} }").replace(
      "all: {",
      "all: { classes: { b: 100% },",
    );
    const scenario = scenarioOf(text);
    expect(scenario.classes.map(({ share }) => share)).toEqual([0.5, 0.5]);
    expect(scenario.clients[0].shares).toEqual([0, 1]);
  });

  it("objects: working sets, hot sets, defaults", () => {
    expect(objectsOf("")).toMatchObject({
      count: 100_000,
      popularity: { kind: "zipf" },
      hot: null,
    });
    expect(objectsOf(", objects: { per-user: 12 }")).toMatchObject({ count: 0, perUser: 12 });
    expect(objectsOf(", objects: { count: 50, hot: { objects: 5, share: 80% } }")).toMatchObject({
      popularity: { kind: "uniform" },
      hot: { objects: 5, share: 0.8 },
    });
  });

  it("no timeout at all", () => {
    expect(scenarioOf(withRequests("demand: 5ms, timeout: none")).classes[0].timeoutMs).toBeNull();
    expect(scenarioOf(smallest()).classes[0].timeoutMs).toBe(60_000);
  });
});

describe("balancers", () => {
  it("number their machines through all groups, and to any depth", () => {
    const { root } = scenarioOf(
      smallest().replace(
        "[{ machines: 4 }]",
        "[{ machines: 3 }, { machines: 2, cores: 8 }, { name: zone, targets: [{ name: rack, targets: [{ machines: 1 }] }] }]",
      ),
    );
    expect(root.targets).toMatchObject([
      { first: 1, count: 3 },
      { first: 4, count: 2 },
      { path: "web/zone", targets: [{ path: "web/zone/rack", targets: [{ first: 1 }] }] },
    ]);
  });

  it("health and reports may be switched off or given short", () => {
    expect(rootWith("health: none").health).toBeNull();
    expect(rootWith("reports: 5s").reportIntervalMs).toBe(5_000);
    expect(rootWith("reports: { interval: 2s }").reportIntervalMs).toBe(2_000);
    expect(rootWith("strategy: { power-of-d: { by: report } }").reportIntervalMs).toBe(1_000);
    expect(rootWith("strategy: power-of-d").reportIntervalMs).toBeNull();
  });

  it("users are kept and targets start slowly only where that is written", () => {
    const plain = rootWith("layer: 7");
    for (const off of ["persistence: none", "slow-start: 0s", "slow-start: none"]) {
      expect(rootWith(off)).toStrictEqual(plain);
    }
    const cookie = (lifetime: number | null) => ({ kind: "cookie", settings: { lifetime } });
    expect(rootWith("persistence: cookie").persistence).toEqual(cookie(null));
    expect(rootWith("persistence: { cookie: 30min }").persistence).toEqual(cookie(1_800_000));
    expect(rootWith("persistence: { cookie: { lifetime: 5s } }").persistence).toEqual(
      cookie(5_000),
    );
    expect(rootWith("strategy: maglev, slow-start: 30s").slowStart).toEqual({
      windowMs: 30_000,
      from: 0.1,
    });
    const slowly = rootWith("strategy: maglev, slow-start: { window: 1s, from: 20% }");
    expect(slowly.slowStart).toEqual({
      windowMs: 1_000,
      from: 0.2,
    });
  });

  it("reports travel from the start where an event needs them", () => {
    const { root } = scenarioOf(smallest("events: [{ at: 5s, set: web.strategy, to: geo }]\n"));
    expect(root.reportIntervalMs).toBe(1_000);
  });
});

describe("events", () => {
  it("all verbs, in order of time", () => {
    const lines = [
      "{ at: 9s, set: web/1.weight, to: 2 }",
      "{ at: 1s, add: 2 machines, to: web, cores: 3, queue: none }",
      "{ at: 2s, drain: web/5, deadline: 3s }",
      "{ at: 3s, remove: web/5 }",
      "{ at: 4s, fail: [web/1, web/2], manner: silence }",
      "{ at: 5s, recover: web/* }",
      "{ fail: web/3, mtbf: 10min, mttr: 30s }",
      "{ at: 6s, slow: web, by: 10, for: 2s }",
      '{ at: 7s, rate: "*", times: 5, for: 1s }',
      "{ at: 8s, set: web.strategy, to: { power-of-d: 3 } }",
    ];
    const text = smallest(`events:\n${lines.map((line) => `  - ${line}\n`).join("")}`);
    const { events } = scenarioOf(text);
    expect(events).toMatchObject([
      {
        kind: "fail-randomly",
        atMs: 0,
        mtbfMs: 600_000,
        mttrMs: 30_000,
        untilMs: null,
        where: "s.yaml:12",
      },
      {
        kind: "add",
        to: "web",
        machines: { first: 5, count: 2, cores: 3, queueLimit: null, warm: false },
      },
      { kind: "drain", nodes: ["web/5"], deadlineMs: 3_000 },
      { kind: "remove", nodes: ["web/5"] },
      { kind: "fail", nodes: ["web/1", "web/2"], manner: "silence", forMs: null },
      { kind: "recover", nodes: ["web/1", "web/2", "web/3", "web/4", "web/6"] },
      {
        kind: "slow",
        nodes: ["web/1", "web/2", "web/3", "web/4", "web/6"],
        factor: 10,
        forMs: 2_000,
      },
      { kind: "rate", clients: ["all"], times: 5, forMs: 1_000 },
      { kind: "strategy", nodes: ["web"], strategy: { kind: "power-of-d" } },
      { kind: "weight", nodes: ["web/1"], weight: 2 },
    ]);
  });

  it("cut and delay name places in use; a star fails machines, not everything twice", () => {
    const text = smallest(
      'events: [{ at: 1s, cut: [london, frankfurt], for: 1s }, { at: 2s, delay: [frankfurt, london], by: 50ms }, { at: 3s, fail: "*" }]\n',
    )
      .replace("{ arrivals", "{ at: frankfurt, arrivals")
      .replace("name: web", "name: web, at: london");
    expect(scenarioOf(text).events).toMatchObject([
      { kind: "cut", between: [1, 0], forMs: 1_000 },
      { kind: "delay", between: [0, 1], byMs: 50, forMs: null },
      { kind: "fail", nodes: ["web/1", "web/2", "web/3", "web/4"] },
    ]);
  });
});

describe("places", () => {
  it("a matrix of one's own, the way back the same unless given", () => {
    const text = smallest("network: { round-trips: { r: { d: 10ms }, d: { d: 1ms } } }\n")
      .replace("{ arrivals", "{ at: r, arrivals")
      .replace("name: web", "name: web, at: d");
    expect(scenarioOf(text)).toMatchObject({
      places: [{ name: "r" }, { name: "d" }],
      roundTripMs: [
        [0, 10],
        [10, 1],
      ],
    });
  });

  it("coordinates: twice the distance over 2/3 of light's speed, times the path factor", () => {
    const text = smallest(
      "places: { a: { latitude: 0, longitude: 0 }, b: { latitude: 0, longitude: 90 } }\nnetwork: { path-factor: 1.0 }\n",
    )
      .replace("{ arrivals", "{ at: a, arrivals")
      .replace("name: web", "name: web, at: b");
    const { roundTripMs } = scenarioOf(text);
    // A quarter of the equator is 10,000 km and some; 2 × 10,000 km / 200,000 km/s = 100 ms. The
    // earth's radius is taken as 6,371 km or 6,378 km by different people: 10,007 to 10,019 km, and
    // c/1.5 is 199,862 km/s.
    expect(roundTripMs[0][1]).toBeGreaterThan(100.1);
    expect(roundTripMs[0][1]).toBeLessThan(100.3);
    expect(roundTripMs[0][0]).toBe(0.5);
  });

  it("measured ones, with zones", () => {
    const text = smallest()
      .replace("{ arrivals", "{ at: london, arrivals")
      .replace("name: web", "name: web, at: frankfurt-az1");
    // Of the measured table: London to Frankfurt.
    expect(scenarioOf(text).roundTripMs[0][1]).toBe(13);
  });
});

describe("includes", () => {
  it("maps merge, own keys win, lists and choices are replaced", () => {
    const files = {
      "dir/s.yaml":
        "include: [base/one.yaml, base/two.yaml]\nbalancer: { strategy: { maglev: 101 } }\nrequests: { objects: { uniform: } }\n",
      "dir/base/one.yaml": smallest("seed: 4\n")
        .replace("name: web", "name: web, strategy: { ring-hash: 7 }, replicas: 3")
        .replace(
          "demand: 5ms",
          "demand: { empirical: { file: n.csv } }, objects: { count: 9, zipf: 1 }",
        ),
      "dir/base/two.yaml": "seed: 5\n",
    };
    const result = readScenario("dir/s.yaml", loaderOf(files));
    if ("problems" in result) throw new Error(JSON.stringify(result.problems));
    expect(result.scenario).toMatchObject({
      name: "s",
      seed: 5,
      root: { replicas: 3, strategy: { kind: "maglev", settings: { table: 101 } } },
      classes: [{ objects: { count: 9, popularity: { kind: "uniform" } } }],
    });
    // Named as seen from the scenario's own folder.
    expect(result.scenario.classes[0].demand.settings).toMatchObject({ file: "base/n.csv" });
    expect(result.files).toMatchObject([
      { name: "base/n.csv", path: "dir/base/n.csv", kind: "numbers" },
    ]);
  });
});

describe("times", () => {
  it("are rounded to what people count in", () => {
    expect([10_000, 12_499, 24_000, 240_000, 1_440_000, 3e8].map(niceNear)).toEqual([
      10_000, 10_000, 20_000, 300_000, 1_200_000, 259_200_000,
    ]);
    expect([0.7, 3, 999, 60_001, 9e4].map(niceAtMost)).toEqual([0.5, 2.5, 500, 60_000, 60_000]);
  });

  it("a trace is named as a file, and the run's length is not guessed", () => {
    const text = smallest()
      .replace("{ poisson: 10/s }", "{ trace: { file: t.csv } }")
      .replace("duration: 1min", "stop-after: 100");
    const { files, scenario } = readWell(text);
    expect(files).toMatchObject([{ name: "t.csv", path: "t.csv", kind: "trace" }]);
    expect(scenario).toMatchObject({ warmupMs: 0, windowMs: 1_000, requestLimit: 100 });
  });
});

it("expectations may name regions, classes and machines that join", () => {
  const text = smallest(
    "events: [{ at: 5s, add: 1, to: web }]\nexpect: [{ metric: p99, of: region:all, below: 1s }, { metric: utilization, of: web/5, below: 90% }, { metric: rate, above: 5/s }]\n",
  );
  expect(scenarioOf(text).expect).toMatchObject([
    { of: "region:all", below: 1_000 },
    { of: "web/5", below: 0.9 },
    { of: null, above: 0.005 },
  ]);
  expect(problemsOf(text)).toEqual([]);
});
