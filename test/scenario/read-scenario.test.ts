import { describe, expect, it } from "vitest";
import { EXAMPLE } from "./example.ts";
import { problemsOf, readWell, scenarioOf, smallest } from "./helpers.ts";

describe("the design's example", () => {
  it("is valid as it is, without a warning", () => {
    expect(problemsOf(EXAMPLE)).toEqual([]);
  });

  it("comes out with every default written out", () => {
    const { scenario } = readWell(EXAMPLE);
    expect(scenario).toMatchObject({
      format: 1,
      name: "s",
      seed: 7,
      durationMs: 600_000,
      requestLimit: null,
      warmupMs: 120_000,
      windowMs: 10_000,
      starvation: { share: 0.5, windowMs: 10_000, fairRequests: 20, waitMs: 1_000 },
      compare: [{ path: "fra.strategy", values: ["mod-n", "ring-hash", "maglev", "rendezvous"] }],
    });
    expect(scenario.places.map(({ name }) => name)).toEqual(["frankfurt", "sao-paulo"]);
    expect(scenario.clients.map(({ name, place, users }) => [name, place, users])).toEqual([
      ["europe", 0, 400_000],
      ["brazil", 1, 90_000],
    ]);
    expect(scenario.clients[0].arrivals).toEqual({ kind: "poisson", settings: { rate: 8 } });
    const [only] = scenario.classes;
    expect(only).toMatchObject({
      name: "all",
      share: 1,
      objects: {
        count: 1_000_000,
        popularity: { kind: "zipf", settings: { exponent: 1 } },
        perUser: null,
        hot: null,
      },
      affinity: "object",
      demand: { kind: "exponential" },
      missHolds: "nothing",
      size: null,
      timeoutMs: 2_000,
      afterTimeout: "run-on",
    });
    expect(scenario.root).toMatchObject({
      name: "global",
      path: "global",
      place: null,
      panic: 0.5,
    });
    // geo needs reports, so they travel; a ring does not.
    expect(scenario.root.reportIntervalMs).toBe(1_000);
    const [fra, gru] = scenario.root.targets;
    expect(fra).toMatchObject({
      path: "global/fra",
      place: 0,
      replicas: 2,
      reportIntervalMs: null,
      health: { intervalMs: 2_000, timeoutMs: 1_000, rise: 2, fall: 3 },
    });
    expect(fra.kind === "balancer" && fra.targets[0]).toEqual({
      kind: "machines",
      count: 16,
      first: 1,
      place: 0,
      weight: 1,
      cores: 4,
      speed: 1,
      queueLimit: 1_000,
      discipline: "fifo",
      cache: { kind: "lru", settings: { entries: 20_000, bytes: null, ttl: null } },
      warm: true,
    });
    expect(gru).toMatchObject({
      path: "global/gru",
      place: 1,
      strategy: { kind: "least-connections" },
    });
  });

  it("resolves its events and expectations", () => {
    const { events, expect: expected } = scenarioOf(EXAMPLE);
    expect(events).toMatchObject([
      {
        kind: "add",
        atMs: 300_000,
        to: "global/fra",
        where: "s.yaml:40",
        machines: { count: 1, first: 17, cores: 4, warm: false, queueLimit: 1_000 },
      },
      {
        kind: "fail",
        atMs: 420_000,
        nodes: ["global/fra/3"],
        manner: "crash",
        forMs: 60_000,
        where: "s.yaml:41",
      },
    ]);
    expect(expected).toEqual([
      {
        metric: "miss-rate",
        of: "global/fra",
        duringMs: [300_000, 360_000],
        above: null,
        below: 0.2,
        where: "s.yaml:47",
      },
      { metric: "p99", of: null, duringMs: null, above: null, below: 250, where: "s.yaml:48" },
    ]);
  });

  it("is plain JSON", () => {
    const { scenario } = readWell(EXAMPLE);
    expect(JSON.parse(JSON.stringify(scenario))).toEqual(scenario);
  });
});

describe("a scenario without geography", () => {
  it("has one place and no delay", () => {
    const scenario = scenarioOf(smallest());
    expect(scenario.places).toEqual([{ name: "here", latitude: null, longitude: null }]);
    expect(scenario.roundTripMs).toEqual([[0]]);
    expect(scenario.root.place).toBeNull();
    expect(scenario.root.targets).toMatchObject([{ place: 0 }]);
  });

  it("takes sensible times from the run's length", () => {
    expect(scenarioOf(smallest())).toMatchObject({ warmupMs: 5_000, windowMs: 1_000 });
    // 6,000 requests at 10/s are 10 minutes.
    const limited = smallest().replace("duration: 1min", "stop-after: 6_000 requests");
    expect(scenarioOf(limited)).toMatchObject({
      durationMs: null,
      requestLimit: 6_000,
      warmupMs: 60_000,
      windowMs: 10_000,
    });
  });
});

describe("sessions", () => {
  const sessionIn = (requests: string) =>
    scenarioOf(smallest().replace("demand: 5ms", `demand: 5ms, ${requests}`)).classes.map(
      ({ session }) => session,
    );
  const size = (value: number) => ({ kind: "constant", settings: { value } });

  it("are not there unless written, and may be written short", () => {
    expect(sessionIn("affinity: user")).toEqual([undefined]);
    expect(sessionIn("session: none")).toEqual([undefined]);
    const [short] = sessionIn("session: 64KiB");
    expect(short).toEqual({ state: size(65_536), saveMs: 5, openMs: 20, bandwidth: 1_073_741.824 });
    expect(sessionIn("session: { state: 64KiB }")).toEqual([short]);
  });

  it("are inherited by classes, which may do without", () => {
    const [a, b] = sessionIn("session: 1kB, classes: { a: {}, b: { session: none } }");
    expect(a?.state).toEqual(size(1_000));
    expect(b).toBeUndefined();
  });

  it("have states of any distribution, and costs of their own", () => {
    const written =
      "{ state: { uniform: { min: 1kB, max: 3kB } }, save: 0, open: 1ms, bandwidth: 1Gbit/s }";
    expect(sessionIn(`session: ${written}`)).toEqual([
      {
        state: { kind: "uniform", settings: { min: 1_000, max: 3_000 } },
        saveMs: 0,
        openMs: 1,
        bandwidth: 125_000,
      },
    ]);
  });
});
