/**
 * Small runs by hand in which every class of misses occurs, and caches that are warmed as traffic
 * would.
 */
import { describe, expect, it } from "vitest";
import type { Chosen } from "../../src/definition.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { build } from "../../src/simulator/build.ts";
import { NO_INPUTS, simulate } from "../../src/simulator/run.ts";
import type { RunRecord } from "../../src/statistics/run-record.ts";
import { keyOf } from "../../src/world/source.ts";
import { counterOf, latencyOf, missesOf } from "./observing.ts";
import {
  balancer,
  cache,
  client,
  constant,
  type EventGiven,
  everyMs,
  lru,
  machines,
  objects,
  type Recorded,
  recorded,
  replay,
  requestClass,
  scenario,
  strategy,
  zipf,
} from "./scenario-builder.ts";

interface Case {
  readonly asked: readonly number[];
  readonly machines?: number;
  readonly cache?: Chosen;
  readonly strategy?: string;
  readonly events?: readonly EventGiven[];
  readonly missHolds?: "core" | "nothing";
}

/** One request each 10 ms, for these objects. */
function asking(given: Case): RunRecord {
  const requests = given.asked.map((object, i): Recorded => [10 * i, object]);
  return simulate(
    scenario({
      durationMs: 10 * requests.length + 100,
      windowMs: 10,
      classes: [
        requestClass({
          objects: objects(20),
          affinity: "object",
          onMiss: constant(3),
          missHolds: given.missHolds ?? "nothing",
        }),
      ],
      clients: [client("people", { arrivals: replay })],
      root: balancer("lb", { strategy: strategy(given.strategy ?? "round-robin") }, [
        machines(given.machines ?? 1, { cache: given.cache ?? lru(20) }),
      ]),
      events: given.events ?? [],
    }),
    recorded(requests),
  );
}

const twice = (n: number): number[] => [...Array(n).keys(), ...Array(n).keys()];

describe("a miss is", () => {
  it("compulsory where nobody of the tier ever had the object", () => {
    const record = asking({ asked: [1, 2, 1, 2, 3] });
    expect(missesOf(record)).toEqual({ compulsory: 3 });
    expect(counterOf(record, "lb/1", "hits")).toBe(2);
  });

  it("one of capacity where this machine had it and let it go", () => {
    expect(missesOf(asking({ asked: [1, 2, 1], cache: lru(1) }))).toEqual({
      compulsory: 2,
      capacity: 1,
    });
  });

  it("scattered where another machine has it and nobody's keys moved", () => {
    expect(missesOf(asking({ asked: [1, 1, 1, 1], machines: 2 }))).toEqual({
      compulsory: 1,
      scatter: 1,
    });
  });

  it("remapped where its owner changed", () => {
    // mod-n from 1 to 2 machines: the keys that are odd by hash go to the new one.
    const record = asking({
      asked: twice(20),
      strategy: "mod-n",
      events: [
        { kind: "add", atMs: 195, to: "lb", machines: machines(1, { first: 2, cache: lru(20) }) },
      ],
    });
    const moved = counterOf(record, "lb/2", "received");
    expect(missesOf(record)).toEqual({ compulsory: 20, remap: moved });
    expect(moved).toBeGreaterThan(3);
    expect(counterOf(record, "lb/1", "hits")).toBe(20 - moved);
  });

  it("one of expiry where it had become too old", () => {
    const record = asking({ asked: [1, 1, 1, 1], cache: cache("lru", 20, { ttl: 15 }) });
    // Stored at 0, asked at 10 (fresh), 20 (too old, stored anew), 30.
    expect(missesOf(record)).toEqual({ compulsory: 1, expiry: 1 });
  });

  it("one of restart where its machine lost it", () => {
    for (const manner of ["crash", "silence"] as const) {
      const record = asking({
        asked: [1, 2, 1, 2, 1],
        events: [{ kind: "fail", atMs: 15, nodes: ["lb/1"], manner, forMs: 1 }],
      });
      expect(missesOf(record)).toEqual({ compulsory: 2, restart: 2 });
    }
  });

  it("paid for without a core, or on one; the parts of the latency say how much", () => {
    for (const missHolds of ["nothing", "core"] as const) {
      const record = asking({ asked: [1, 1], missHolds });
      expect(latencyOf(record)).toEqual({ miss: 3, service: 2, whole: 5 });
      expect(counterOf(record, "lb/1", "busyMs")).toBe(missHolds === "core" ? 5 : 2);
    }
  });
});

describe("warm caches", () => {
  const world = (chosen: string, given: Partial<Scenario> = {}, warm = true): Scenario => ({
    ...scenario({
      durationMs: 2000,
      classes: [requestClass({ objects: objects(200, zipf(0.8)), affinity: "object" })],
      clients: [client("people", { arrivals: everyMs(1) })],
      root: balancer("lb", { strategy: strategy(chosen) }, [machines(4, { cache: lru(25), warm })]),
    }),
    ...given,
  });
  /** By machine, the objects in its cache. */
  const held = (given: Scenario): number[][] => {
    const { parts } = build(given, NO_INPUTS, 1);
    return [0, 1, 2, 3].map((machine) => {
      const found = parts.machines.all[machine].memory!.cache;
      return Array.from({ length: 200 }, (_, object) => object).filter((object) =>
        found.has(object),
      );
    });
  };

  it("hold the most popular objects everywhere where requests are spread", () => {
    const top = Array.from({ length: 25 }, (_, object) => object);
    expect(held(world("round-robin"))).toEqual([top, top, top, top]);
  });

  it("hold each its own objects, from the most popular down, where keys are placed", () => {
    const { parts } = build(world("ring-hash"), NO_INPUTS, 1);
    const { pool } = parts.replicas[0];
    const owner = (object: number) => pool.owner(keyOf(object, parts.salts.key), object);
    const caches = held(world("ring-hash"));
    for (const [machine, found] of caches.entries()) {
      const own = Array.from({ length: 200 }, (_, object) => object).filter(
        (o) => owner(o) === machine,
      );
      expect(found).toEqual(own.slice(0, found.length));
    }
    // 1.25 × 100 objects are offered: enough to fill machines with shares from 20 % up.
    expect(caches.flat().length).toBeGreaterThan(85);
  });

  it("spare a run its compulsory misses for what they hold, and count nothing themselves", () => {
    const cold = missesOf(simulate(world("ring-hash", {}, false)));
    const warm = missesOf(simulate(world("ring-hash")));
    expect(warm["compulsory"]).toBeLessThan(cold["compulsory"] - 80);
    expect(missesOf(simulate(world("ring-hash", { durationMs: null, requestLimit: 1 })))).toEqual(
      {},
    );
  });

  it("of a machine that joins are filled with what will be its own", () => {
    const joining = (warm: boolean): RunRecord =>
      simulate(
        world("ring-hash", {
          events: scenario({
            root: balancer("lb", {}, [machines(1)]),
            events: [
              {
                kind: "add",
                atMs: 1000,
                to: "lb",
                machines: machines(1, { first: 5, cache: lru(25), warm }),
              },
            ],
          }).events,
        }),
      );
    const rate = (record: RunRecord) =>
      counterOf(record, "lb/5", "hits") / counterOf(record, "lb/5", "received");
    const first = (record: RunRecord) => missesOf(record, [1000, 2000])["remap"] ?? 0;
    expect(rate(joining(true))).toBeGreaterThan(rate(joining(false)));
    expect(first(joining(false))).toBeGreaterThan(15);
    // What it will ask for and has: only objects beyond those that fit are fetched.
    expect(first(joining(true))).toBeLessThan(first(joining(false)) / 3);
  });
});
