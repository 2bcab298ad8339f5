/** Runs as wholes: equal however they are carried on, closed books, latency parts, ends. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { networkShape } from "../../src/scenario/shapes-tree.ts";
import { simulate, Simulation } from "../../src/simulator/run.ts";
import { scenarioOf } from "../scenario/helpers.ts";
import { bornOf, countsOf, latencyOf, leftOver, outcomesOf } from "./observing.ts";
import {
  arrivals,
  balancer,
  client,
  constant,
  event,
  type EventGiven,
  everyMs,
  exponential,
  lru,
  machines,
  objects,
  poisson,
  recorded,
  replay,
  requestClass,
  scenario,
  strategy,
  zipf,
} from "./scenario-builder.ts";

const EVENTS: readonly EventGiven[] = [
  { kind: "fail", atMs: 300, nodes: ["top/a/2"], manner: "silence", forMs: 200 },
  { kind: "fail-randomly", atMs: 0, nodes: ["top/b/1"], mtbfMs: 200, mttrMs: 50 },
  { kind: "cut", atMs: 400, between: [0, 2], forMs: 100 },
  { kind: "delay", atMs: 450, between: [0, 1], byMs: 7, forMs: 100 },
  { kind: "rate", atMs: 500, clients: ["west"], times: 3, forMs: 100 },
  { kind: "add", atMs: 550, to: "top/a", machines: machines(1, { first: 4, cache: lru(20) }) },
  { kind: "drain", atMs: 600, nodes: ["top/a/1"] },
  { kind: "weight", atMs: 650, nodes: ["top/b/2"], weight: 3 },
  { kind: "strategy", atMs: 700, nodes: ["top/b"], strategy: strategy("maglev") },
  { kind: "slow", atMs: 750, nodes: ["top/b/3"], factor: 4, forMs: 100 },
];

/** Something of everything. */
const world = (events: readonly EventGiven[] = EVENTS, seed = 5): Scenario =>
  scenario({
    seed,
    durationMs: 1000,
    warmupMs: 150,
    windowMs: 100,
    roundTripMs: [
      [0, 4, 12],
      [4, 1, 10],
      [12, 10, 0],
    ],
    classes: [
      requestClass({
        name: "browse",
        share: 0.7,
        objects: objects(100, zipf(1)),
        affinity: "object",
        demand: exponential(2),
        onMiss: constant(5),
        timeoutMs: 60,
      }),
      requestClass({
        name: "work",
        share: 0.3,
        affinity: "user",
        demand: exponential(5),
        timeoutMs: 100,
        afterTimeout: "run-on",
      }),
    ],
    clients: [
      client("west", { arrivals: poisson(1) }),
      client("east", {
        place: 1,
        arrivals: arrivals("closed", { think: exponential(40) }),
        users: 20,
      }),
    ],
    root: balancer(
      "top",
      {
        strategy: strategy("geo"),
        reportIntervalMs: 20,
        health: { intervalMs: 20, timeoutMs: 15, rise: 2, fall: 2 },
      },
      [
        balancer("a", { place: 1, replicas: 2, strategy: strategy("ring-hash") }, [
          machines(3, { cores: 2, cache: lru(20), queueLimit: 30 }),
        ]),
        balancer("b", { place: 2, strategy: strategy("power-of-d") }, [
          machines(3, { discipline: "processor-sharing" }),
        ]),
      ],
    ),
    events,
  });

describe("a run", () => {
  const whole = simulate(world());

  it("closes its books: every request born has one end or is in flight", () => {
    expect(leftOver(whole)).toBe(0);
    expect(bornOf(whole)).toBe(whole.bornTotal);
    expect(whole.slices[0].startMs).toBe(0);
    expect(whole.slices.at(-1)!.endMs).toBe(1000);
    for (const [i, slice] of whole.slices.entries()) {
      if (i > 0) expect(slice.startMs).toBe(whole.slices[i - 1].endMs);
    }
    expect(Object.values(countsOf(whole)).filter((n) => n > 0).length).toBeGreaterThan(2);
  });

  it("is the same again, in one process, with another run between its steps", () => {
    expect(simulate(world())).toEqual(whole);
    const first = new Simulation(world());
    const other = new Simulation(world(EVENTS, 6));
    for (let timeMs = 0; timeMs <= 1000; timeMs += 50) {
      first.runUntil(timeMs);
      other.runUntil(timeMs);
    }
    expect(first.finish()).toEqual(whole);
    expect(other.finish().fingerprint).not.toBe(whole.fingerprint);
  });

  it("is the same however it is carried on: at any times, by any numbers of requests", () => {
    const step = fc.oneof(
      fc.record({ untilMs: fc.integer({ min: 0, max: 1000 }) }),
      fc.record({ requests: fc.integer({ min: 1, max: 300 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        const simulation = new Simulation(world());
        for (const each of steps) {
          if ("requests" in each) {
            const before = simulation.born;
            simulation.runSome(each.requests);
            expect(simulation.finished || simulation.born === before + each.requests).toBe(true);
          } else {
            const before = simulation.nowMs;
            simulation.runUntil(each.untilMs);
            expect(simulation.nowMs).toBe(Math.max(before, each.untilMs));
          }
        }
        simulation.runUntil(Infinity);
        expect(simulation.finished).toBe(true);
        const record = simulation.finish();
        expect(record.fingerprint).toBe(whole.fingerprint);
        expect(record.slices).toEqual(whole.slices);
      }),
      { numRuns: 12, seed: 30 },
    );
  });

  it("may be finished at any time, with its books closed", () => {
    for (const stopMs of [0, 0.5, 150, 333, 700]) {
      const simulation = new Simulation(world());
      simulation.runUntil(stopMs);
      const record = simulation.finish();
      expect([record.endMs, leftOver(record)]).toEqual([stopMs, 0]);
    }
  });

  it("takes a touch from outside as it takes the same event from its scenario", () => {
    for (const [index, given] of EVENTS.entries()) {
      // Random failures draw from a stream named after their number: the same one here.
      const touch = event(given, 0);
      const ordered = simulate(world([given]));
      const simulation = new Simulation(world([]));
      simulation.runUntil(Math.max(0, touch.atMs - 1));
      simulation.schedule(touch);
      simulation.runUntil(Infinity);
      expect([index, simulation.finish().fingerprint]).toEqual([index, ordered.fingerprint]);
    }
  });

  it("takes a touch as the same event also where it meets another's end, and cuts the run alike", () => {
    const first: EventGiven = { kind: "fail", atMs: 200, nodes: ["top/a/2"], forMs: 100 };
    for (const given of [
      { kind: "fail", atMs: 300, nodes: ["top/a/2"], forMs: 55 },
      { kind: "recover", atMs: 250, nodes: ["top/a/2"] },
      { kind: "fail", atMs: 155, nodes: ["top/a"], forMs: 145 },
    ] as const satisfies readonly EventGiven[]) {
      const ordered = simulate(world([first, given]));
      const simulation = new Simulation(world([first]));
      simulation.runUntil(given.atMs);
      simulation.schedule(event(given));
      simulation.runUntil(Infinity);
      const touched = simulation.finish();
      expect(touched.notices).toEqual(ordered.notices);
      expect(touched.slices).toEqual(ordered.slices);
    }
  });

  it("refuses a touch in the past, or at no time at all", () => {
    const simulation = new Simulation(world([]));
    simulation.runUntil(100);
    for (const atMs of [99, NaN]) {
      const touch = event({ kind: "recover", atMs, nodes: ["top/a"] });
      expect(() => simulation.schedule(touch)).toThrow("not yet past");
    }
  });

  it("has another fingerprint with another seed, strategy or event", () => {
    const prints = [world(), world(EVENTS, 6), world([]), world(EVENTS.slice(1))].map(
      (each) => simulate(each).fingerprint,
    );
    expect(new Set(prints).size).toBe(4);
    expect(simulate(world(EVENTS, 6), undefined, 5).fingerprint).toBe(prints[0]);
  });

  it("has the same open-loop traffic whatever balancers do", () => {
    const born = (chosen: string) =>
      simulate(
        scenario({
          durationMs: 500,
          windowMs: 10,
          classes: [0.5, 0.5].map((share, i) => requestClass({ name: `c${i}`, share })),
          clients: [client("a", { arrivals: poisson(1) }), client("b", { arrivals: poisson(2) })],
          root: balancer("lb", { strategy: strategy(chosen), replicas: 2 }, [machines(8)]),
        }),
      ).slices.map((slice) => slice.born);
    expect(born("random")).toEqual(born("ring-hash"));
  });
});

describe("the end of a run", () => {
  const limited = (limit: number, windowMs = 10): Scenario =>
    scenario({
      requestLimit: limit,
      windowMs,
      clients: [client("people", { arrivals: everyMs(1) })],
      root: balancer("lb", {}, [machines(1)]),
    });

  it("by a limit of requests comes when the last one born is answered", () => {
    const record = simulate(limited(25));
    expect([record.bornTotal, record.endMs, countsOf(record).completed]).toEqual([25, 26, 25]);
  });

  it("on the edge of a window loses nothing", () => {
    // Born at 29, answered at 30: where a slice has just ended.
    const record = simulate(limited(29));
    expect([record.endMs, leftOver(record)]).toEqual([30, 0]);
    expect(outcomesOf(record).length).toBe(29);
    expect(record.slices.length).toBe(3);
  });

  it("does not wait for requests that nobody will ever answer", () => {
    const record = simulate({
      ...limited(25),
      events: [event({ kind: "fail", atMs: 20, nodes: ["lb/1"], manner: "silence" })],
    });
    // The failure comes before the completion that is due at 20: those born at 19 to 25 hang.
    expect([record.bornTotal, record.inFlightAtEnd, leftOver(record)]).toEqual([25, 7, 0]);
  });

  it("comes when a trace is over before the limit is reached", () => {
    const record = simulate(
      scenario({
        requestLimit: 1000,
        windowMs: 10,
        clients: [client("people", { arrivals: replay })],
        root: balancer("lb", {}, [machines(1)]),
        events: [{ kind: "slow", atMs: 55, nodes: ["lb/1"], factor: 2, forMs: 10 }],
      }),
      recorded([1, 2, 3]),
    );
    // What brings no arrivals is not waited for.
    expect([record.bornTotal, countsOf(record).completed, record.endMs]).toEqual([3, 3, 10]);
  });

  it("comes when clients are silenced for good, whatever chance goes on doing", () => {
    const silenced = (events: readonly EventGiven[]) =>
      simulate(
        scenario({
          requestLimit: 1000,
          windowMs: 10,
          clients: [client("people", { arrivals: everyMs(2) })],
          root: balancer("lb", {}, [machines(1)]),
          events: [
            { kind: "fail-randomly", atMs: 0, nodes: ["lb/1"], mtbfMs: 100, mttrMs: 1 },
            { kind: "rate", atMs: 51, clients: ["people"], times: 0 },
            ...events,
          ],
        }),
      );
    expect(silenced([]).endMs).toBe(60);
    // Silence that ends later is waited for: 25 born by 51, and the others after 275.
    const waited = silenced([
      { kind: "rate", atMs: 20, clients: ["people"], times: 0, forMs: 255 },
    ]);
    expect(waited.endMs).toBeGreaterThan(270);
  });

  it("by a limit does not wait for work that nobody waits for", () => {
    const record = simulate({
      ...limited(3),
      classes: [requestClass({ demand: constant(1000), timeoutMs: 20, afterTimeout: "run-on" })],
    });
    expect([countsOf(record)["timed-out"], record.endMs, leftOver(record)]).toEqual([3, 23, 0]);
  });

  it("by a limit is over with its last answer, whatever is due in the same window", () => {
    // The last one's patience ends at 23; the work goes on until 1001 at least.
    const record = simulate({
      ...limited(3, 10_000),
      classes: [requestClass({ demand: constant(1000), timeoutMs: 20, afterTimeout: "run-on" })],
    });
    expect([countsOf(record)["timed-out"], record.endMs]).toEqual([3, 23]);
  });

  it("in time leaves out what is due at that very time", () => {
    const record = simulate(
      scenario({
        durationMs: 10,
        clients: [client("people", { arrivals: everyMs(1) })],
        root: balancer("lb", {}, [machines(1)]),
      }),
    );
    expect([record.bornTotal, countsOf(record).completed, record.inFlightAtEnd]).toEqual([9, 8, 1]);
  });
});

describe("latency", () => {
  it("is the sum of its parts, each what it is by hand", () => {
    // 3 ms to the root, 5 ms to the machine's place, and back: 16. The second waits 9 of the
    // first's 10 ms.
    const record = simulate(
      scenario({
        durationMs: 200,
        roundTripMs: [
          [0, 6, 0],
          [6, 2, 10],
          [0, 10, 0],
        ],
        classes: [requestClass({ demand: constant(10) })],
        clients: [client("people", { arrivals: replay })],
        root: balancer("lb", { place: 1 }, [balancer("in", { place: 2 }, [machines(1)])]),
      }),
      recorded([0, 1]),
    );
    expect(latencyOf(record)).toEqual({ network: 32, wait: 9, service: 20, whole: 61 });
  });

  it("has a door between a client and a balancer of one place, and none inside", () => {
    const record = simulate(
      scenario({
        durationMs: 200,
        roundTripMs: [[4]],
        clients: [client("people", { arrivals: replay })],
        root: balancer("lb", { place: 0 }, [balancer("in", {}, [machines(1)])]),
      }),
      recorded([0]),
    );
    expect(latencyOf(record)).toEqual({ network: 4, service: 1, whole: 5 });
  });

  it("sums up in every cell of a run with everything in it", () => {
    for (const { cells } of simulate(world()).slices) {
      for (const { parts, latency } of cells) {
        const sum = parts.reduce((a, b) => a + b, 0);
        // Sums of fewer than 1000 doubles: rounding below 1000 · 2^-53 of the sum.
        expect(Math.abs(sum - latency.sum)).toBeLessThanOrEqual(1e-12 * latency.sum);
        expect(parts.every((part) => part >= -1e-9)).toBe(true);
      }
    }
  });
});

it("time goes on where users who do not think are refused at no distance", () => {
  const record = simulate(
    scenario({
      durationMs: 2,
      clients: [
        client("people", { users: 4, arrivals: arrivals("closed", { think: constant(0) }) }),
      ],
      root: balancer("lb", {}, [machines(1)]),
      events: [{ kind: "fail", atMs: 1, nodes: ["lb/1"], manner: "crash", forMs: null }],
    }),
  );
  expect(record.endMs).toBe(2);
  // Each asks every microsecond of the second half, give or take rounding; those of before are five
  // at most.
  const failed = outcomesOf(record).filter((outcome) => outcome.startsWith("failed"));
  expect(Math.abs(failed.length - 4 * 1_000)).toBeLessThan(10);
});

it("same-place counts between clients and their place, not inside the tree, and says so", () => {
  const text = `
duration: 1s
warmup: 0s
network: { same-place: 4ms, round-trips: { near: { far: 10ms } } }
clients: { all: { at: near, arrivals: { constant: 10/s } } }
requests: { demand: 5ms }
balancer: { name: top, at: near, targets: [{ name: web, at: near, targets: [{ machines: 2 }] }] }
`;
  const record = simulate(scenarioOf(text));
  const { completed } = countsOf(record);
  // Two tiers and a machine at one place: the only distance is the door's, 4 ms beside 5 of work.
  expect(latencyOf(record)["whole"]).toBeCloseTo((4 + 5) * completed, 6);
  expect(networkShape["same-place"].doc).toMatch(
    /of clients .* between a balancer and its targets/,
  );
});
